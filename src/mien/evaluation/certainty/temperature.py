"""One number that makes a model as sure as it is right (Guo et al. 2017, arXiv:1706.04599).

Logits are divided by a temperature T before the softmax: above 1 the model becomes less sure,
below 1 more. The order of a row's classes, and so each answer, stays the same. Probabilities
give their logarithms as logits: both differ by a constant a row, which the softmax drops. So
classes may also be masked out before or after (``case.mask_classes``), with one result.
"""

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.metrics import Floats, Ints, negative_log_likelihood

LEAST, MOST = 0.05, 20.0
"""Where the search ends. Answers that are all right would ask for a temperature of 0."""
STEPS = 60
SMALLEST = 1e-38
"""What a probability of 0 counts as: the smallest that float32 holds with all its digits."""


def fit(p: Floats, true: Ints) -> float:
    """Return the temperature of least negative log-likelihood, ``LEAST`` to ``MOST``.

    The likelihood is concave in 1/T, so its slope changes sign once, and halving finds the place
    to 17 digits.

    Args:
        p: float [N, K], probabilities of validation rows, not divided by a temperature yet.
        true: int [N], the columns that are right.

    Raises:
        DataError: the two do not belong together, or there are no rows.
    """
    negative_log_likelihood(p, true)  # refuses what cannot be scored
    if not np.isfinite(p).all():
        raise DataError("expected probabilities to fit a temperature to, found NaN or infinity")
    logits = _logits(p)
    low, high = np.log(1 / MOST), np.log(1 / LEAST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _slope(logits, true, float(np.exp(middle))) > 0:
            high = middle
        else:
            low = middle
    return float(np.exp(-(low + high) / 2))


def at_the_end(temperature: float) -> bool:
    """Tell whether a search ended at its limit: the rows were all right, or told nothing."""
    return not LEAST * 1.001 < temperature < MOST / 1.001


def apply(p: Floats, temperature: float) -> npt.NDArray[np.float64]:
    """Return ``float64 [N, K]``: the softmax of log p / temperature."""
    return _softmax(_logits(p) / temperature)


def _logits(p: Floats) -> npt.NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(p.astype(np.float64), SMALLEST)))


def _softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _slope(logits: npt.NDArray[np.float64], true: Ints, inverse: float) -> float:
    """Return the derivative of the negative log-likelihood by 1/T."""
    expected = (_softmax(inverse * logits) * logits).sum(axis=1)
    return float((expected - logits[np.arange(len(true)), true]).mean())
