"""Numbers about answers: confusion matrix, precision, recall, F1, intervals, two proper scores.

Throughout, ``true`` and ``predicted`` are ``int [N]``: positions in ``classes``, which names
the K classes of the label set, also those that no row happens to have.

A share whose denominator is 0 is 0 (a class never predicted has precision 0, a class without
rows has recall 0), and each ``macro`` mean is over all K classes, absent ones included: what
scikit-learn gives for ``labels=range(K), zero_division=0``. Balanced accuracy alone is the mean
recall of the classes that have rows, as in scikit-learn.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError, several

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]
SMALLEST = float(np.finfo(np.float64).eps)
"""What a probability of 0 counts as in a logarithm: the smallest step of a float64 at 1."""


def confusion_matrix(true: Ints, predicted: Ints, classes: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return counts ``int64 [K, K]``: row = true class, column = predicted class.

    Raises:
        DataError: the two differ in length, or hold something else than positions in ``classes``.
    """
    k = len(classes)
    problems = _problems("true", true, k) + _problems("predicted", predicted, k)
    if true.shape != predicted.shape:
        problems.append(
            f"expected one prediction a label, found {len(predicted)} for {len(true)} labels"
        )
    if problems:
        raise DataError(several(problems))
    cells = true.astype(np.int64) * k + predicted
    return np.bincount(cells, minlength=k * k).astype(np.int64).reshape(k, k)


def classification_report(true: Ints, predicted: Ints, classes: Sequence[str]) -> dict[str, Any]:
    """Return every count and share of one set of answers, as plain JSON values.

    Keys: ``n``, ``classes``, ``accuracy``, ``interval`` (95 %, Wilson), ``balanced_accuracy``,
    ``macro_precision``, ``macro_recall``, ``macro_f1``, ``micro_f1`` (equal to the accuracy where
    each row has one label and one answer, and given because others print it), ``weighted_f1``
    (F1 weighted by support), ``per_class`` (class → ``precision``, ``recall``, ``f1``,
    ``support``), ``confusion`` (rows true).

    Raises:
        DataError: there are no rows, or ``confusion_matrix`` refuses them.
    """
    matrix = confusion_matrix(true, predicted, classes)
    n, right = int(matrix.sum()), int(np.trace(matrix))
    if n == 0:
        raise DataError("expected at least one row to score, found none; check what is left out")
    hits, answers, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    shares = {
        "precision": _ratio(hits, answers),
        "recall": _ratio(hits, support),
        "f1": _ratio(2 * hits, answers + support),
    }
    return {
        "n": n,
        "classes": list(classes),
        "accuracy": right / n,
        "interval": list(wilson_interval(right, n)),
        "balanced_accuracy": float(shares["recall"][support > 0].mean()),
        **{f"macro_{name}": float(values.mean()) for name, values in shares.items()},
        "micro_f1": right / n,
        "weighted_f1": float(shares["f1"] @ support / n),
        "per_class": {
            name: {key: float(values[i]) for key, values in shares.items()}
            | {"support": int(support[i])}
            for i, name in enumerate(classes)
        },
        "confusion": matrix.tolist(),
    }


def wilson_interval(k: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share of ``k`` in ``n`` (Wilson 1927, JASA 22:209–212).

    No continuity correction. Nothing is known from no trials: ``n = 0`` gives (0, 1).

    Args:
        k: 0 to n; a mean over several runs need not be whole.
        n: trials.
        confidence: of the interval.

    Raises:
        DataError: ``k`` is not a count out of ``n``.
    """
    if not 0 <= k <= n:
        raise DataError(f"expected a count from 0 to n={n}, found {k}")
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, z2 = k / n, z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n * n)) ** 0.5
    low = 0.0 if k == 0 else centre - half  # exact ends, free of rounding
    high = 1.0 if k == n else centre + half
    return low, high


def negative_log_likelihood(probabilities: Floats, true: Ints) -> float:
    """Return the mean of -ln p(true class), in nats.

    Args:
        probabilities: float [N, K], rows that sum to 1. A 0 counts as 2.2e-16 (the smallest
            step of a float64 at 1), so that one impossible answer costs 36 nats, not infinity.
        true: int [N], the columns that are right.
    """
    chosen = _of_true(probabilities, true)
    return float(-np.log(np.maximum(chosen, SMALLEST)).mean())


def brier_score(probabilities: Floats, true: Ints) -> float:
    """Return the mean squared distance to the one-hot truth, 0 (best) to 2.

    Brier 1950 (Monthly Weather Review 78:1–3) as he wrote it: summed over the K classes, without
    the division by 2 of the two-class form.
    """
    _of_true(probabilities, true)
    truth = np.eye(probabilities.shape[1])[true]
    return float(((probabilities.astype(np.float64) - truth) ** 2).sum(axis=1).mean())


def _of_true(probabilities: Floats, true: Ints) -> npt.NDArray[np.float64]:
    """Return each row's probability of its true class, ``float64 [N]``."""
    if probabilities.ndim != 2 or len(probabilities) != len(true) or len(true) == 0:
        raise DataError(
            f"expected a row of probabilities for each of {len(true)} labels (at least one), "
            f"found the shape {list(probabilities.shape)}"
        )
    problems = _problems("true", true, probabilities.shape[1])
    if problems:
        raise DataError(several(problems))
    return probabilities[np.arange(len(true)), true].astype(np.float64)


def _ratio(counts: Ints, totals: Ints) -> npt.NDArray[np.float64]:
    """Return counts / totals, 0 where the total is 0."""
    return np.divide(counts, totals, out=np.zeros(len(counts)), where=totals > 0)


def _problems(what: str, values: Ints, k: int) -> list[str]:
    """Say what keeps ``values`` from being positions of K classes."""
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
        return [f"{what}: expected int [N], found {values.dtype} {list(values.shape)}"]
    outside = np.unique(values[(values < 0) | (values >= k)])
    if len(outside):
        return [f"{what}: expected positions 0 to {k - 1}, found {outside.tolist()[:5]}"]
    return []
