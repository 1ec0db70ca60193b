"""Which pictures of a scored dataset a model has seen: copies and near copies.

A copy has the same pixels (the manifest's sha256); a near copy is the same photograph coded anew,
brighter, moved or scaled a little, see ``mien.datasets.near``, which also says what it misses.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mien.datasets.near import near_pairs
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels, Progress
from mien.evaluation.cross.learnt import Pictures

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

UNSEEN = 0
KINDS = MappingProxyType(
    {
        "copies_of_training": 1,
        "copies_of_validation": 2,
        "near_copies_of_training": 3,
        "near_copies_of_validation": 4,
    }
)
"""What a picture is to a model that has seen it → its code; the first that holds is taken."""


def seen(
    scored: PreparedSet, rows: Ints, learnt: Pictures, progress: Progress | None = None
) -> Codes:
    """Return what rows of a dataset are to a model, ``int8 [n]``: ``UNSEEN`` or one of ``KINDS``.

    Args:
        scored: the dataset.
        rows: int64 [n], readable rows of it.
        learnt: the pictures that the model has seen.
        progress: told what is being done.
    """
    found = np.zeros(len(rows), np.int8)
    hashes, theirs = scored.manifest.hashes[rows], learnt.prepared.manifest.hashes
    for kind, taken in (("validation", learnt.val), ("training", learnt.train)):
        found[np.isin(hashes, theirs[taken])] = KINDS[f"copies_of_{kind}"]
    left = np.flatnonzero(found == UNSEEN)
    single, inverse = _distinct(scored, rows[left])
    found[left] = _near(scored, single, learnt, progress)[inverse]
    return found


def together(each: Sequence[Codes]) -> Codes:
    """Return what rows are to a model that has seen several datasets, ``int8 [n]``.

    Args:
        each: what they are to one that has seen one of these, see ``seen``; one or more.
    """
    none = len(KINDS) + 1
    found = np.min([np.where(codes == UNSEEN, none, codes) for codes in each], axis=0)
    return np.asarray(np.where(found == none, UNSEEN, found), np.int8)


def counts(codes: Codes) -> dict[str, int]:
    """Return how many pictures are of each of ``KINDS``."""
    return {kind: int((codes == code).sum()) for kind, code in KINDS.items()}


def _near(scored: PreparedSet, mine: Ints, learnt: Pictures, progress: Progress | None) -> Codes:
    """Return which of some different pictures are near copies of seen ones, ``int8 [n]``."""
    found = np.zeros(len(mine), np.int8)
    if not len(mine):
        return found
    val, train = (_distinct(learnt.prepared, part)[0] for part in (learnt.val, learnt.train))
    theirs = np.concatenate([val, train])
    total = len(mine) + len(theirs)
    pairs = near_pairs(total, _both(scored, mine, learnt.prepared, theirs), progress=progress)
    across = (pairs.first < len(mine)) & (pairs.second >= len(mine))
    one, other = pairs.first[across], pairs.second[across] - len(mine)
    learning = other >= len(val)
    found[one[~learning]] = KINDS["near_copies_of_validation"]
    found[one[learning]] = KINDS["near_copies_of_training"]
    return found


def _distinct(prepared: PreparedSet, rows: Ints) -> tuple[Ints, Ints]:
    """Return one row for each different picture, and which of them each row is."""
    hashes = prepared.manifest.hashes[rows]
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return rows[first], inverse


def _both(
    scored: PreparedSet, mine: Ints, learnt: PreparedSet, theirs: Ints
) -> Callable[[int], Pixels]:
    def pixels(place: int) -> Pixels:
        if place < len(mine):
            return scored.pixels(int(mine[place]))
        return learnt.pixels(int(theirs[place - len(mine)]))

    return pixels
