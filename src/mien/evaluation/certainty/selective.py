"""Answers that are given only where the model is sure: what is answered, what of it is wrong.

A threshold on the confidence splits rows into answered ones and "uncertain" ones. *Coverage* is
the share that is answered, *risk* the share of the answered that is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.certainty.binomial import upper_bound
from mien.evaluation.metrics import Floats
from mien.evaluation.sampling.resampling import Groups
from mien.evaluation.sampling.share import share_interval

Flags = npt.NDArray[np.bool_]
POINTS = 101
"""How many points of a curve are kept for drawing."""
NOTHING = 1.0
"""The threshold of which no answer is sure, whatever its confidence."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk at every coverage, the surest rows first.

    Attributes:
        coverage: ``float64 [N]``: 1/N to 1.
        risk: ``float64 [N]``. Rows of equal confidence share their errors out evenly: that is
            the mean over all orders of them.
    """

    coverage: npt.NDArray[np.float64]
    risk: npt.NDArray[np.float64]

    @property
    def area(self) -> float:
        """AURC, the mean risk over all coverages (Geifman, Uziel and El-Yaniv 2019)."""
        return float(self.risk.mean())

    @property
    def excess(self) -> float:
        """E-AURC (arXiv:1805.08206): the area less that of an order with all errors last.

        The best area is summed exactly, not by their approximation for large N.
        """
        n = len(self.risk)
        wrong = round(float(self.risk[-1]) * n)
        k = np.arange(1, n + 1)
        return self.area - float((np.maximum(k - (n - wrong), 0) / k).mean())


def risk_coverage(confidence: Floats, right: Flags) -> Curve:
    """Return the curve of N rows.

    Args:
        confidence: float [N].
        right: bool [N].

    Raises:
        DataError: there are no rows, or not one of each for every row.
    """
    _check(confidence, right)
    _, place, count = np.unique(-confidence, return_inverse=True, return_counts=True)
    wrong = np.bincount(place, weights=~right) / count
    k = np.arange(1, len(right) + 1)
    return Curve(k / len(right), np.cumsum(np.repeat(wrong, count)) / k)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Below which confidence an answer is uncertain.

    Attributes:
        below: the threshold, 0 to 1; ``NOTHING`` where no share of the rows can be answered with
            so few errors: every answer is uncertain then.
        error: the wanted share of wrong answers among the answered, at most.
        answered: share of the rows that are answered.
        wrong: share of the answered that is wrong; None where nothing is answered.
        bound: the upper bound of that share; None where nothing is answered.
    """

    below: float
    error: float
    answered: float
    wrong: float | None
    bound: float | None


def threshold(
    confidence: Floats, right: Flags, error: float = 0.1, doubt: float = 0.05
) -> Threshold:
    """Return the threshold that answers most with at most a share ``error`` of it wrong.

    The rule is that of Geifman and El-Yaniv 2017 (arXiv:1705.08500, algorithm 1): the coverage is
    found by halving, and each step asks whether the upper bound of the risk (Clopper–Pearson, at
    1 - ``doubt`` / steps) is at most ``error``. So with a probability of 1 - ``doubt`` the wanted
    share holds for all pictures like these, not for these alone. Three deviations: full coverage
    is tried first, coverages too small for any bound are not tried, and rows of equal confidence
    stay together. Steps are ⌈log2 N⌉ + 1.

    Args:
        confidence: float [N], of validation rows.
        right: bool [N].
        error: wanted share of wrong answers, above 0 and below 1.
        doubt: the chance that the share does not hold, above 0 and below 1.

    Raises:
        DataError: as ``risk_coverage``, or a share out of range.
    """
    _check(confidence, right)
    if not (0 < error < 1 and 0 < doubt < 1):
        raise DataError(f"expected error and doubt between 0 and 1, found {error} and {doubt}")
    order, n = np.argsort(-confidence, kind="stable"), len(right)
    sure, wrong = confidence[order], np.cumsum(~right[order])
    certainty = 1 - doubt / (ceil(log2(n)) + 1)
    ends = np.flatnonzero(np.diff(sure, append=-1.0))  # the last row of each confidence
    ends = ends[ends + 1 >= log(1 - certainty) / log(1 - error)]  # fewer prove nothing

    def bound(place: int) -> float:
        return upper_bound(int(wrong[ends[place]]), int(ends[place]) + 1, certainty)

    found = _last(len(ends), lambda place: bound(place) <= error)
    if found < 0:
        return Threshold(NOTHING, error, 0.0, None, None)
    last = int(ends[found])
    below = 0.0 if last == n - 1 else float(sure[last] + sure[last + 1]) / 2
    rate = float(wrong[last] / (last + 1))
    return Threshold(below, error, (last + 1) / n, rate, bound(found))


def _last(count: int, holds: Callable[[int], bool]) -> int:
    """Return the last place below ``count`` that holds, -1 for none, if those that hold come first.

    The last is asked first, then halves: ⌈log2 count⌉ + 1 questions.
    """
    if count and holds(count - 1):
        return count - 1
    low, high = -1, count - 2
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def answered(
    confidence: Floats, right: Flags, below: float, subjects: Groups | None = None
) -> dict[str, Any]:
    """Return what a threshold does on rows that it was not chosen on, as plain JSON values.

    Keys: ``below``, ``n`` (rows), ``answered`` (share), ``wrong`` (share of the answered, None
    where nothing is answered) and ``interval`` (of ``wrong``, 95 %; by person where people are
    known, see ``share.share_interval``).

    Args:
        confidence: float [N].
        right: bool [N].
        below: the threshold.
        subjects: text [N], whose face each row is; empty, or None, where nobody knows.
    """
    _check(confidence, right)
    given = (confidence >= below) & (below < NOTHING)
    n, wrong = int(given.sum()), int((given & ~right).sum())
    return {
        "below": below,
        "n": len(right),
        "answered": n / len(right),
        "wrong": wrong / n if n else None,
        "interval": share_interval(~right[given], None if subjects is None else subjects[given]),
    }


def measured(confidence: Floats, right: Flags) -> dict[str, Any]:
    """Return ``aurc``, ``e_aurc``, and ``coverage`` and ``risk`` at ``POINTS`` places at most."""
    curve = risk_coverage(confidence, right)
    n = len(right)
    places = np.unique(np.linspace(0, n - 1, POINTS).round().astype(int))
    return {
        "aurc": curve.area,
        "e_aurc": curve.excess,
        "coverage": curve.coverage[places].tolist(),
        "risk": curve.risk[places].tolist(),
    }


def _check(confidence: Floats, right: Flags) -> None:
    if confidence.shape != right.shape or confidence.ndim != 1 or not len(right):
        raise DataError(
            "expected a confidence and a right or wrong for each row (at least one), found "
            f"{list(confidence.shape)} and {list(right.shape)}"
        )
