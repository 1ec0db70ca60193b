"""Tests of a difference between two models that answered the same pictures.

Each asks the same: could a difference as large come about if it did not matter which of the two
models an answer is of? All are two-sided. None tells of another seed in training.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.sampling.resampling import interval

Values = npt.NDArray[np.float64]


def mcnemar(b: int, c: int) -> dict[str, Any]:
    """Return McNemar's test (1947, Psychometrika 12:153–157), from binomial probabilities.

    Pictures count as independent; where several are of one person, ``swap_test`` does not ask
    for that.

    Args:
        b: how many pictures only the first model answered rightly.
        c: how many only the second.

    Returns:
        ``b``, ``c``, ``p`` (exact) and ``p_mid`` (mid-p: half of the chance of the very result
        counts; less cautious, as Fagerland, Lydersen & Laake 2013 advise, BMC Medical Research
        Methodology 13:91). Both are 1 where the two never differ.

    Raises:
        DataError: a count below 0.
    """
    if b < 0 or c < 0:
        raise DataError(f"expected counts from 0, found b = {b}, c = {c}")
    n, fewer = b + c, min(b, c)
    ways, below = 1, 0
    for i in range(fewer):
        below += ways
        ways = ways * (n - i) // (i + 1)
    exact = 2 * (below + ways)
    whole = 2**n  # exact whole numbers, divided at the end
    return {"b": b, "c": c, "p": min(1.0, exact / whole), "p_mid": (exact - ways) / whole}


def swap_test(differences: npt.NDArray[np.int64]) -> float:
    """Return the exact p of a paired randomisation test (Fisher 1935, The Design of Experiments).

    Each difference could as well have had the other sign. With differences of -1, 0 and 1 this is
    McNemar's exact test. Where a difference sums over the pictures of a person, or over runs of
    several seeds, their answers are swapped together.

    Args:
        differences: int ``[C]``, how many more right answers the first model has in each unit
            that is swapped as a whole.
    """
    sizes = np.abs(differences[differences != 0])
    total = int(sizes.sum())
    chance = np.zeros(total + 1)  # of each sum of the sizes that fall to the first model
    chance[0], upto = 1.0, 0
    for size in np.sort(sizes).tolist():
        upto += size
        swapped = chance[: upto + 1 - size] / 2
        chance[: upto + 1] /= 2
        chance[size : upto + 1] += swapped
    off = np.abs(2 * np.arange(total + 1) - total)
    return float(min(1.0, chance[off >= abs(int(differences.sum()))].sum()))


def difference(first: float, second: float, drawn: Values) -> dict[str, Any]:
    """Return how far apart two scores are, and how sure that is.

    Args:
        first: a score.
        second: another model's.
        drawn: float64 [B], first minus second in each resample; NaN where it is not known.

    Returns:
        ``first``, ``second``, ``difference`` (first minus second), ``interval`` (95 %, percentile)
        and ``p``: twice the share of resamples on the other side of 0, 0 itself included on both,
        with one added above and below (Davison & Hinkley 1997, section 4.2). Both are None where
        all resamples are NaN.
    """
    known = drawn[~np.isnan(drawn)]
    tail = min(int((known <= 0).sum()), int((known >= 0).sum()))
    return {
        "first": first,
        "second": second,
        "difference": first - second,
        "interval": interval(drawn),
        "p": min(1.0, 2 * (tail + 1) / (len(known) + 1)) if len(known) else None,
    }


def holm(each: Sequence[float]) -> list[float]:
    """Return p values corrected for their number (Holm 1979, Scand. J. Statistics 6:65–70).

    Whoever calls those below 0.05 differences is wrong about any of them in at most 5 % of cases.
    """
    found, least = [1.0] * len(each), 0.0
    for place, i in enumerate(sorted(range(len(each)), key=lambda i: each[i])):
        least = max(least, min(1.0, (len(each) - place) * each[i]))
        found[i] = least
    return found
