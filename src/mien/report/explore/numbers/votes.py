"""Labels against votes, and how much voters disagree."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.ferplus import ferplus_majority

Votes = npt.NDArray[np.integer[Any]]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_MAJORITY = len(EMOTIONS)
"""Column of ``against`` for pictures without a majority."""


def entropy(votes: Votes) -> Floats:
    """Return the entropy of each picture's votes in bits, ``float64 [N]`` (Shannon 1948).

    Over all ten choices as they were cast, single votes too: 0 where all agree, log2(10) = 3.32
    where each choice has as many. NaN in rows without a vote.

    Args:
        votes: ``int [N, 10]``: eight emotions, unknown, not a face.
    """
    total = votes.sum(axis=1, keepdims=True)
    shares = votes / np.maximum(total, 1)
    bits = -np.where(shares > 0, shares * np.log2(np.where(shares > 0, shares, 1)), 0).sum(axis=1)
    return np.where(total[:, 0] > 0, bits + 0.0, np.nan)


def against(labels: Ints, votes: Votes) -> Ints:
    """Return how many pictures of each label have each majority of the votes, ``int64 [8, 9]``.

    The majority is that of FER+ (Barsoum et al. 2016, arXiv:1608.01041), as in
    ``mien.ferplus.ferplus_majority``. Pictures with no label or no vote do not count.

    Args:
        labels: ``int64 [N]``, index in ``EMOTIONS``, negative where there is none.
        votes: ``int [N, 10]``.
    """
    voted = (labels >= 0) & votes.any(axis=1)
    majority = ferplus_majority(votes[voted])
    column = np.where(majority < 0, NO_MAJORITY, majority)
    cells = labels[voted] * (NO_MAJORITY + 1) + column
    shape = (len(EMOTIONS), NO_MAJORITY + 1)
    return np.bincount(cells, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)
