"""A number over seeds, and the scores of a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

from mien.report.compare.record import Report

COMMON = 50
"""Fewest pictures of a class that the second macro-F1 counts."""


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
        return self._of(lambda report: report.accuracy)

    @property
    def macro_f1(self) -> Measure:
        """Mean F1 over the classes of the labels."""
        return self._of(lambda report: report.macro_f1)

    @property
    def common_f1(self) -> Measure | None:
        """Mean F1 over the classes with ``COMMON`` pictures; None where that is all of them."""
        found = [_common(report) for report in self.reports]
        return None if None in found else Measure(tuple(f for f in found if f is not None))

    @property
    def unmasked(self) -> Measure | None:
        """Accuracy of answers with classes that the labels lack; None where there are none."""
        found = [report.unmasked.accuracy for report in self.reports if report.unmasked]
        return Measure(tuple(found)) if len(found) == len(self.reports) else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the (mean) accuracy that the number of pictures leaves open.

        Wilson 1927, JASA 22:209–212. Several seeds are scored on the same pictures, so n is
        that of one run.
        """
        return wilson(self.accuracy.mean, self.n)

    def _of(self, number: Callable[[Report], float]) -> Measure:
        return Measure(tuple(number(report) for report in self.reports))


def wilson(share: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share of n, which need not be a whole count of n."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = share + z * z / (2 * n)
    half = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    scale = 1 + z * z / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _common(report: Report) -> float | None:
    scores: Sequence[float] = [c.f1 for c in report.per_class.values() if c.support >= COMMON]
    return fmean(scores) if 0 < len(scores) < len(report.per_class) else None
