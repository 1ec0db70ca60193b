"""Numbers over seeds, the scores of a row, and how cells write them."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, stdev

from mien.evaluation.metrics import wilson_interval
from mien.report.compare.record import Report

COMMON = 50
"""Fewest pictures of a class that the second macro-F1 counts."""
NONE = "—"


@dataclass(frozen=True)
class Measure:
    """A number of each run of a row."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return fmean(self.values)

    @property
    def spread(self) -> float | None:
        """The sample standard deviation (divided by n - 1); None for a single run."""
        return stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class Score:
    """What the runs of a row scored on one set of rows."""

    reports: tuple[Report, ...]

    @property
    def n(self) -> int:
        """How many pictures each run was scored on; the same for all of them."""
        return self.reports[0].n

    @property
    def accuracy(self) -> Measure:
        """Share of right answers, 0 to 1."""
        return Measure(tuple(report.accuracy for report in self.reports))

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the (mean) accuracy that the choice of pictures leaves open.

        Of one run it is that of its evaluation: by person where people are known. Several seeds
        are scored on the same pictures, so theirs is the mean of their intervals, no narrower.
        None where there are too few people; Wilson's where a report of pictures has none.
        """
        ends = [report.interval for report in self.reports if report.interval]
        if len(ends) < len(self.reports):
            if any(report.unit == "subject" for report in self.reports):
                return None
            return wilson_interval(self.accuracy.mean * self.n, self.n)
        return fmean(low for low, _ in ends), fmean(high for _, high in ends)

    @property
    def macro_f1(self) -> Measure:
        """Mean F1 over the classes of the labels."""
        return Measure(tuple(report.macro_f1 for report in self.reports))

    @property
    def common_f1(self) -> Measure | None:
        """Mean F1 over the classes with ``COMMON`` pictures; None where that is all of them."""
        return self._known(_common)

    @property
    def unmasked(self) -> Measure | None:
        """Accuracy of answers with classes that the labels lack; None where there are none."""
        return self._known(lambda report: report.unmasked.accuracy if report.unmasked else None)

    def _known(self, number: Callable[[Report], float | None]) -> Measure | None:
        found = [number(report) for report in self.reports]
        known = tuple(value for value in found if value is not None)
        return Measure(known) if len(known) == len(found) else None


def _common(report: Report) -> float | None:
    scores = [one.f1 for one in report.per_class.values() if one.support >= COMMON]
    return fmean(scores) if 0 < len(scores) < len(report.per_class) else None


def percent(measure: Measure | None) -> str:
    """Return a share in percent: ``67.65``, or ``67.65 ± 0.31`` over seeds."""
    return decimals(measure, 2, 100)


def decimals(measure: Measure | None, digits: int, times: float = 1) -> str:
    """Return a mean, with the deviation over seeds where there are several."""
    if measure is None:
        return NONE
    text = f"{times * measure.mean:.{digits}f}"
    if measure.spread is None:
        return text
    return f"{text} ± {times * measure.spread:.{digits}f}"


def duration(hours: float) -> str:
    """Return a time in the unit that fits it: ``1.37 h``, ``12.3 min``, ``45 s``."""
    if hours >= 1:
        return f"{hours:.2f} h"
    minutes = 60 * hours
    return f"{minutes:.1f} min" if minutes >= 1 else f"{60 * minutes:.0f} s"


def millions(count: int, digits: int = 2) -> str:
    """Return ``1.02 M`` for 1,020,000; counts that would be 0 have more digits."""
    while 0 < count < 0.5e6 * 10**-digits and digits < 6:
        digits += 1
    return f"{count / 1e6:,.{digits}f} M"


def mac_words(count: int) -> str:
    """Return multiply-accumulates: ``54 M``, those below ten millions with a decimal."""
    return millions(count, 0 if count >= 9.95e6 else 1)
