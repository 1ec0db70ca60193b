"""Numbers about the order of a model's probabilities: top-k accuracy and AUROC.

Throughout, ``probabilities`` is float ``[N, K]`` and ``true`` is int ``[N]``, its columns that
are right.

The AUROC of a class is the chance that a picture of it gets a higher probability of that class
than a picture of another one, ties counted half: the Mann–Whitney statistic (Hanley & McNeil
1982, Radiology 143:29–36), one class against all others. ``macro`` is the mean over the classes
for which it is defined, each counted alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError, several
from mien.evaluation.metrics import Floats, Ints

Values = npt.NDArray[np.float64]


def top_k(probabilities: Floats, true: Ints, k: int = 2) -> float:
    """Return the share of rows whose true class is among the ``k`` most probable.

    Raises:
        DataError: shapes or positions do not fit, or ``k`` is below 1.
    """
    return float(in_top_k(probabilities, true, k).mean())


def in_top_k(probabilities: Floats, true: Ints, k: int = 2) -> npt.NDArray[np.bool_]:
    """Tell for each row, ``bool [N]``, whether its true class is among the ``k`` most probable.

    Of equal probabilities the one in the earlier column comes first, as in ``argmax``: so
    ``k = 1`` is whether the answer is right.

    Raises:
        DataError: see ``top_k``.
    """
    _check(probabilities, true)
    if k < 1:
        raise DataError(f"top-k: expected k of at least 1, found {k}")
    own = probabilities[np.arange(len(true)), true][:, None]
    earlier = np.arange(probabilities.shape[1]) < true[:, None]
    before = (probabilities > own) | ((probabilities == own) & earlier)
    return np.asarray(before.sum(axis=1) < k)


def auroc(probabilities: Floats, true: Ints, classes: Sequence[str]) -> dict[str, Any]:
    """Return ``macro`` and ``per_class`` (class → value), each 0 to 1, 0.5 for chance.

    None stands for a class without rows, or with all of them, and for the mean of none.

    Raises:
        DataError: shapes or positions do not fit.
    """
    _check(probabilities, true)
    if len(classes) != probabilities.shape[1]:
        raise DataError(f"expected {probabilities.shape[1]} names, found {len(classes)}")
    one = np.ones((1, len(true)))
    found = [order.auroc(one)[0] for order in orders(probabilities, true)]
    known = [float(value) for value in found if not np.isnan(value)]
    return {
        "macro": sum(known) / len(known) if known else None,
        "per_class": {
            name: None if np.isnan(value) else float(value)
            for name, value in zip(classes, found, strict=True)
        },
    }


@dataclass(frozen=True, slots=True)
class Order:
    """The order of the rows by the probability of one class, kept for many weights of the rows.

    Attributes:
        own: ``int64 [P]``, the rows of the class.
        others: ``int64 [N - P]``, the other rows, lowest probability first.
        below, upto: ``int64 [P]``, how many of the others are below each of ``own``, and how
            many are not above it.
    """

    own: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    below: npt.NDArray[np.int64]
    upto: npt.NDArray[np.int64]

    def auroc(self, weights: Values) -> Values:
        """Return the AUROC for each row of weights; NaN where a side weighs nothing.

        Args:
            weights: float64 ``[B, N]``, not negative; how often each row counts.

        Returns:
            float64 ``[B]``.
        """
        own = weights[:, self.own]
        passed = np.zeros((len(weights), len(self.others) + 1))
        np.cumsum(weights[:, self.others], axis=1, out=passed[:, 1:])
        halves = passed[:, self.below]
        halves += passed[:, self.upto]
        won = np.einsum("bp,bp->b", own, halves) / 2
        pairs = own.sum(axis=1) * passed[:, -1]
        found = np.full(len(weights), np.nan)
        np.divide(won, pairs, out=found, where=pairs > 0)
        return found


def orders(probabilities: Floats, true: Ints) -> list[Order]:
    """Return the order of the rows for each of the K classes, that class against all others."""
    return [_order(probabilities[:, k], true == k) for k in range(probabilities.shape[1])]


def _order(values: Floats, own: npt.NDArray[np.bool_]) -> Order:
    rows, others = np.flatnonzero(own), np.flatnonzero(~own)
    others = others[np.argsort(values[others], kind="stable")]
    ranked = values[others]
    below = np.searchsorted(ranked, values[rows], side="left")
    upto = np.searchsorted(ranked, values[rows], side="right")
    return Order(rows, others, below, upto)


def _check(probabilities: Floats, true: Ints) -> None:
    """Refuse arrays that do not belong together, with every reason."""
    problems = []
    if probabilities.ndim != 2 or true.ndim != 1 or len(probabilities) != len(true):
        problems.append(
            f"expected probabilities [N, K] and labels [N], found {list(probabilities.shape)} "
            f"and {list(true.shape)}"
        )
    elif len(true) == 0:
        problems.append("expected at least one row to score, found none; check what is left out")
    else:
        if not np.isfinite(probabilities).all():
            rows = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))
            problems.append(
                f"probabilities: {len(rows)} of {len(true)} rows are not numbers, first row "
                f"{rows[0]}"
            )
        k = probabilities.shape[1]
        if not np.issubdtype(true.dtype, np.integer) or true.min() < 0 or true.max() >= k:
            problems.append(
                f"labels: expected whole positions 0 to {k - 1}, found {true.dtype} from "
                f"{true.min()} to {true.max()}"
            )
    if problems:
        raise DataError(several(problems))
