"""How sure one share is: Wilson's interval by picture, the bootstrap's by person."""

import numpy as np
import numpy.typing as npt

from mien.evaluation.metrics import wilson_interval
from mien.evaluation.sampling.resampling import (
    FEWEST,
    RESAMPLES,
    SEED,
    Groups,
    clusters,
    interval,
    too_few,
    unit,
    weights,
)

FEW = f"no interval: fewer than {FEWEST} people"
SAME = "no interval: every resample of people gives the same"


def share_interval(
    hits: npt.NDArray[np.bool_],
    groups: Groups | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[float] | None:
    """Return the 95 % interval of the share of rows that are hits, ``[low, high]``.

    Wilson's where every row is a trial of its own; where rows are of persons the percentile
    interval of resampled persons, see ``resampling``.

    Args:
        hits: bool [n]. Nothing is known from no rows: (0, 1).
        groups: text [n], whose face each row is, see ``resampling.clusters``.
        resamples: how many resamples.
        seed: of the resamples.

    Returns:
        None for fewer than ``resampling.FEWEST`` persons, and where all resamples of them give
        the same: an interval without width would say that nothing is left open.

    Raises:
        DataError: there is another number of groups.
    """
    n = len(hits)
    if unit(groups) == "picture":
        return list(wilson_interval(int(hits.sum()), n))
    if too_few(groups, n):
        return None
    places, count = clusters(groups, n)
    of, found = np.bincount(places, minlength=count), np.bincount(places, hits, count)
    drawn = [(w @ found) / (w @ of) for w in weights(None, count, resamples, seed)]
    ends = interval(np.concatenate(drawn))
    return None if ends is None or ends[0] == ends[1] else ends


def why_none(people: int) -> str:
    """Say why a share of so many people has no interval."""
    return FEW if people < FEWEST else SAME
