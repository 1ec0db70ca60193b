"""Bootstrap resamples as weights: how often each row is drawn, and what the results span.

Rows are drawn with replacement (Efron & Tibshirani 1993, An Introduction to the Bootstrap). Where
several rows are of one person, persons are drawn and bring all their rows along (the cluster
bootstrap: Davison & Hinkley 1997, Bootstrap Methods and their Application, section 3.8): faces of
one person are no independent trials, and drawing them apart gives intervals that are too narrow.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError

Values = npt.NDArray[np.float64]
Groups = npt.NDArray[Any]

RESAMPLES, SEED, CONFIDENCE = 1000, 0, 0.95
"""Of every interval, where nothing else is asked for."""
FEWEST = 5
"""People that scores are of at least, to have an interval."""
CELLS = 400_000
"""How many weights are held at once."""


def record(resamples: int = RESAMPLES, seed: int = SEED) -> dict[str, int | float]:
    """Return what a record of results tells of its bootstrap, as plain JSON values."""
    return {"resamples": resamples, "seed": seed, "confidence": CONFIDENCE}


def clusters(groups: Groups | None, n: int) -> tuple[npt.NDArray[np.int64], int]:
    """Return which cluster each row is of, ``int64 [n]``, and how many there are.

    Args:
        groups: text [n], equal for rows that are drawn together; a row with the empty text is a
            cluster of its own. None: each row is.
        n: rows.

    Raises:
        DataError: there are no rows, or another number of groups.
    """
    if n < 1 or (groups is not None and groups.shape != (n,)):
        found = "none" if groups is None else list(groups.shape)
        raise DataError(f"expected a group for each of at least one row ({n} rows), found {found}")
    if groups is None:
        return np.arange(n), n
    names, places = np.unique(groups.astype(str), return_inverse=True)
    alone = np.flatnonzero(groups.astype(str) == "")
    if not len(alone):
        return places.astype(np.int64), len(names)
    together = places.astype(np.int64) - 1  # the empty text comes first
    together[alone] = len(names) - 1 + np.arange(len(alone))
    return together, len(names) - 1 + len(alone)


def unit(groups: Groups | None) -> str:
    """Return what is drawn: ``subject`` where any row has one, else ``picture``."""
    return "picture" if groups is None or not (groups.astype(str) != "").any() else "subject"


def too_few(groups: Groups | None, n: int) -> bool:
    """Tell whether persons are drawn and there are fewer than ``FEWEST``.

    Resamples of so few say nothing of others: of one person they are all the same, and the
    interval has no width. Such scores have no interval.

    Args:
        groups: see ``clusters``.
        n: rows.

    Raises:
        DataError: see ``clusters``.
    """
    return unit(groups) == "subject" and clusters(groups, n)[1] < FEWEST


def weights(
    groups: Groups | None, n: int, resamples: int = RESAMPLES, seed: int = SEED
) -> Iterator[Values]:
    """Yield resamples in blocks, ``float64 [b, n]``: how often each row is drawn.

    The same groups, number of rows and seed give the same resamples, in whatever blocks.

    Args:
        groups: see ``clusters``.
        n: rows.
        resamples: how many resamples all blocks hold together.
        seed: of the random numbers.

    Raises:
        DataError: see ``clusters``; fewer than one resample.
    """
    places, count = clusters(groups, n)
    if resamples < 1:
        raise DataError(f"expected at least one resample, found {resamples}")
    rng = np.random.default_rng(seed)
    alone = count == n
    size = max(1, CELLS // n)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(0, count, (rows, count))
        drawn += np.arange(rows)[:, None] * count
        times = np.bincount(drawn.ravel(), minlength=rows * count).reshape(rows, count)
        yield (times if alone else times[:, places]).astype(np.float64)


def interval(values: Values, confidence: float = CONFIDENCE) -> list[float] | None:
    """Return the percentile interval of resampled values, ``[low, high]``.

    Args:
        values: float64 [B]; NaN where a resample leaves the value undefined: those do not count.
        confidence: share of the values between the two ends.

    Returns:
        None where no resample defines it.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return [float(low), float(high)]
