"""Scores as functions of weights: every number of a report for many resamples at once.

A row that counts w times counts as w rows. With all weights 1 each number is that of
``metrics.classification_report`` and ``ranking``. Almost all of them follow from weighted sums
over rows, so a block of resamples is one matrix product.

A resample that happens to draw no row of a class says nothing of that class, so macro means leave
it out there. Only a class that is undefined in all rows together counts as 0, in each resample as
in the report.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.case import Case
from mien.evaluation.metrics import SMALLEST, Floats, Ints
from mien.evaluation.ranking import in_top_k, orders

Values = npt.NDArray[np.float64]
Samples = dict[str, Values]


@dataclass(frozen=True, slots=True)
class Binned:
    """What the expected calibration error and its like are made of.

    The number is ``sum over bins of |sum of w · gap| / sum of w``, averaged over the columns.

    Attributes:
        bins: ``int64 [M]`` or ``[M, C]``, the bin of each row, 0 and up; fixed, not chosen anew.
        gaps: ``float64``, of the same shape: confidence minus (1 where it is right, else 0).
    """

    bins: npt.NDArray[np.int64]
    gaps: Values

    def features(self) -> Values:
        """Return ``float64 [M, C * bins]``: each row's gap in the column of its bin."""
        bins, gaps = self.bins.reshape(len(self.bins), -1), self.gaps.reshape(len(self.gaps), -1)
        count = int(bins.max()) + 1
        table = np.zeros((*bins.shape, count))
        np.put_along_axis(table, bins[:, :, None], gaps[:, :, None], axis=2)
        return table.reshape(len(bins), -1)

    @property
    def columns(self) -> int:
        """How many columns are averaged over."""
        return 1 if self.bins.ndim == 1 else self.bins.shape[1]


def counts(true: Ints, predicted: Ints, k: int) -> Values:
    """Return ``float64 [M, 3K]``: one-hot hits, answers and labels, the sums that scores need."""
    eye = np.eye(k)
    hits = eye[true] * (true == predicted)[:, None]
    return np.hstack([hits, eye[predicted], eye[true]])


def shares(sums: Values, whole: Values) -> Samples:
    """Return what follows from weighted counts.

    Args:
        sums: float64 ``[B, 3K]``, weights times ``counts``.
        whole: float64 ``[3K]``, the sum of ``counts`` over all rows, each once.

    Returns:
        ``accuracy``, ``balanced_accuracy``, ``macro_precision``, ``macro_recall``, ``macro_f1``,
        ``micro_f1``, ``weighted_f1``, each ``[B]``; and ``precision``, ``recall``, ``f1``, each
        ``[B, K]``, NaN where undefined. The macro means are those of ``macro``: with 0 for what
        is undefined in ``whole``, as in ``metrics``, and without what ``sums`` alone leaves so.
    """
    hits, _, support = np.split(sums, 3, axis=1)
    total = support.sum(axis=1)
    below, ever = denominators(sums), denominators(whole)
    each = {
        "precision": _ratio(hits, below["precision"]),
        "recall": _ratio(hits, below["recall"]),
        "f1": _ratio(2 * hits, below["f1"]),
    }
    accuracy = hits.sum(axis=1) / total
    return {
        "accuracy": accuracy,
        "balanced_accuracy": macro(each["recall"], np.zeros_like(support[0], bool)),
        **{f"macro_{name}": macro(values, ever[name] == 0) for name, values in each.items()},
        "micro_f1": accuracy,
        "weighted_f1": (np.nan_to_num(each["f1"], nan=0.0) * support).sum(axis=1) / total,
        **each,
    }


def denominators(sums: Values) -> Samples:
    """Return what each class's ``precision``, ``recall`` and ``f1`` is divided by.

    Args:
        sums: float64 ``[..., 3K]``, see ``shares``; each value is ``[..., K]``.
    """
    _, answers, support = np.split(sums, 3, axis=-1)
    return {"precision": answers, "recall": support, "f1": answers + support}


def macro(values: Values, absent: npt.NDArray[np.bool_]) -> Values:
    """Return the mean over classes, ``float64 [B]``.

    Args:
        values: float64 ``[B, K]``; NaN where a resample leaves the share of a class undefined:
            such a class does not count in the mean.
        absent: bool ``[K]``, classes whose share is undefined in all rows: they count as 0.
    """
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / (known | absent).sum(axis=1))


class Weighted:
    """The scores of a case for any weights of its rows.

    Args:
        case: what is scored against what; M rows, K classes.
        means: name → ``float [M]``: numbers of which the weighted mean is wanted.
        binned: name → ``Binned``.

    Raises:
        DataError: one of them has another number of rows.
    """

    def __init__(
        self,
        case: Case,
        means: Mapping[str, Floats] | None = None,
        binned: Mapping[str, Binned] | None = None,
    ) -> None:
        self.k = len(case.classes)
        self.means = {**_own_means(case), **(means or {})}
        self.binned = dict(binned or {})
        self.orders = orders(case.probabilities, case.true)
        self._check(len(case.true))
        self._parts = [
            counts(case.true, case.predicted, self.k),
            np.column_stack([values.astype(np.float64) for values in self.means.values()]),
            *(one.features() for one in self.binned.values()),
        ]
        self._features = np.hstack(self._parts)
        self._whole = self._parts[0].sum(axis=0)

    def _check(self, n: int) -> None:
        sizes = {name: len(values) for name, values in self.means.items()}
        sizes |= {name: len(one.bins) for name, one in self.binned.items()}
        if wrong := [f"{name}: {size}" for name, size in sizes.items() if size != n]:
            raise DataError(f"expected a number for each of {n} rows, found {', '.join(wrong)}")

    def __call__(self, weights: Values) -> Samples:
        """Return every score for each row of weights.

        Args:
            weights: float64 ``[B, M]``.

        Returns:
            What ``shares`` gives; ``auroc`` (macro, ``[B]``) and ``auroc_per_class`` (``[B, K]``);
            ``top2``, ``nll``, ``brier``, and the means and binned numbers asked for, ``[B]``.
        """
        ends = np.cumsum([part.shape[1] for part in self._parts])[:-1]
        first, rows, *bins = np.split(weights @ self._features, ends, axis=1)
        total = weights.sum(axis=1)
        curves = np.column_stack([order.auroc(weights) for order in self.orders])
        known = ~np.isnan(curves)
        found = {
            **shares(first, self._whole),
            "auroc": _ratio(
                np.where(known, curves, 0.0).sum(axis=1), known.sum(axis=1, dtype=np.float64)
            ),
            "auroc_per_class": curves,
            **dict(zip(self.means, (rows / total[:, None]).T, strict=True)),
        }
        for (name, one), values in zip(self.binned.items(), bins, strict=True):
            found[name] = np.abs(values).sum(axis=1) / total / one.columns
        return found


def _own_means(case: Case) -> dict[str, Floats]:
    """Return the numbers whose mean is a score of its own, a row each."""
    own = case.probabilities[np.arange(len(case.true)), case.true]
    truth = np.eye(len(case.classes))[case.true]
    found: dict[str, Floats] = {
        "top2": in_top_k(case.probabilities, case.true, 2).astype(np.float64),
        "nll": -np.log(np.maximum(own, SMALLEST)),
        "brier": ((case.probabilities - truth) ** 2).sum(axis=1),
    }
    return found | ({"unmasked": case.unmasked.astype(np.float64)} if case.masked else {})


def _ratio(part: Values, whole: Values) -> Values:
    """Return part / whole, NaN where the whole is 0."""
    found = np.full(part.shape, np.nan)
    np.divide(part, whole, out=found, where=whole > 0)
    return found
