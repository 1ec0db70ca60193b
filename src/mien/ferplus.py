"""FER+ votes: from ten people's choices to one label, or to a share for each emotion.

Votes are ``int [N, 10]``: the eight of ``EMOTIONS`` in that order, then *unknown*, then
*not a face*. The rules are those of FER+ (Barsoum et al. 2016, arXiv:1608.01041), read as each
function says. On FER-2013's PrivateTest, 3,589 pictures, they give 3,153 majority labels (3,137
without contempt) and 3,546 plurality labels, of which 170 are ties.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import CODES, EMOTIONS, index
from mien.errors import DataError

Votes = npt.NDArray[np.integer[Any]]
Labels = npt.NDArray[np.int64]

NO_LABEL = -1
_E = len(EMOTIONS)
_FERPLUS_ORDER = np.array([index(name) for name in CODES["ferplus"].values()])


def ferplus_clean(votes: Votes) -> Votes:
    """Return the votes that count, ``int [N, 10]``: a choice with a single vote loses it."""
    check_votes(votes)
    return np.asarray(np.where(votes > 1, votes, 0))


def ferplus_top(votes: Votes) -> Labels:
    """Return the emotion with the most votes, ``int64 [N]``; unknown and not-a-face ignored.

    A tie goes to the first in the order of FER+'s own columns (neutral, happiness, surprise,
    sadness, anger, disgust, fear, contempt), which is what an argmax over its file gives.
    """
    check_votes(votes)
    return np.asarray(_FERPLUS_ORDER[votes[:, _FERPLUS_ORDER].argmax(axis=1)])


def ferplus_majority(votes: Votes) -> Labels:
    """Return the majority labels, ``int64 [N]``, ``NO_LABEL`` where there is none.

    A picture has one where an emotion has more than half of the votes left by ``ferplus_clean``;
    votes for unknown and not-a-face are among those left.
    """
    clean = ferplus_clean(votes)
    top = ferplus_top(clean)
    most = clean[:, :_E].max(axis=1, initial=0)
    return np.where(2 * most > clean.sum(axis=1), top, NO_LABEL)


def ferplus_plurality(votes: Votes) -> Labels:
    """Return the plurality labels, ``int64 [N]``, ``NO_LABEL`` where there is none.

    A picture has one where no choice has more of the votes left by ``ferplus_clean`` than the
    top emotion. Ties count: between emotions as in ``ferplus_top``, and an emotion that ties
    with unknown or not-a-face goes before it.
    """
    clean = ferplus_clean(votes)
    most = clean[:, :_E].max(axis=1, initial=0)
    keep = (most > 0) & (most >= clean[:, _E:].max(axis=1, initial=0))
    return np.where(keep, ferplus_top(clean), NO_LABEL)


def soft_targets(votes: Votes, drop_single: bool = True) -> npt.NDArray[np.float64]:
    """Return votes as probabilities of the eight emotions, ``float64 [N, 8]``.

    Unknown and not-a-face are left out before dividing by the sum. A row with no vote left for
    an emotion is all zero: give it no weight.
    """
    kept = (ferplus_clean(votes) if drop_single else check_votes(votes))[:, :_E]
    return np.asarray(kept / np.maximum(kept.sum(axis=1, keepdims=True), 1))


def check_votes(votes: Votes) -> Votes:
    """Return ``votes`` if they are such.

    Raises:
        DataError: another shape or type, or a negative count.
    """
    right = votes.ndim == 2 and votes.shape[1] == _E + 2 and np.issubdtype(votes.dtype, np.integer)
    if not right or votes.min(initial=0) < 0:
        raise DataError(
            f"votes: expected counts int [N, {_E + 2}] (eight emotions, unknown, not a face), "
            f"found {votes.dtype} {list(votes.shape)}, smallest {votes.min(initial=0)}"
        )
    return votes
