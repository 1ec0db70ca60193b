"""Copies between datasets: pictures of this one that another one holds too."""

from collections.abc import Callable

import numpy as np

from mien.datasets.auditing.found import Found, Ints, found
from mien.datasets.near import near_pairs
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS, Pixels, Progress


def split_codes(prepared: PreparedSet) -> Ints:
    """Return 0, 1, 2 for train, val, test, ``int64 [N]``; -1 for none."""
    codes = np.full(len(prepared), -1, np.int64)
    for code, name in enumerate(SPLITS):
        codes[prepared.split == name] = code
    return codes


def _held_out_first(prepared: PreparedSet) -> Ints:
    """Return the readable pictures, test before val before train."""
    rows = np.flatnonzero(~prepared.flags["unreadable"])
    return rows[np.argsort(-split_codes(prepared)[rows], kind="stable")]


def exact(prepared: PreparedSet, other: PreparedSet, groups: Ints, number: int) -> Found:
    """Find pictures whose pixels the ``number``-th other dataset has too.

    The other picture is the first of its test pictures, else of val, else of train.
    """
    theirs = _held_out_first(other)
    hashes, first = np.unique(other.manifest.hashes[theirs], return_index=True)
    mine = np.flatnonzero(~prepared.flags["unreadable"])
    place = np.searchsorted(hashes, prepared.manifest.hashes[mine])
    place = np.minimum(place, len(hashes) - 1)
    same = (
        hashes[place] == prepared.manifest.hashes[mine]
        if len(hashes)
        else np.zeros(len(mine), bool)
    )
    rows = mine[same]
    return found(rows, groups[rows], theirs[first[place[same]]], number=number)


def near(
    prepared: PreparedSet,
    other: PreparedSet,
    groups: Ints,
    number: int,
    progress: Progress,
) -> Found:
    """Find pictures of which the ``number``-th other dataset has a near copy.

    Exact copies are no near copies. The other picture is one of test, else of val, else of train;
    of these the one most alike.
    """
    mine = np.unique(groups[groups >= 0])
    theirs = _held_out_first(other)
    theirs = theirs[np.unique(other.manifest.hashes[theirs], return_index=True)[1]]
    pairs = near_pairs(
        len(mine) + len(theirs), _both(prepared, mine, other, theirs), progress=progress
    )
    taken = (pairs.first < len(mine)) & (pairs.second >= len(mine))
    one, two = mine[pairs.first[taken]], theirs[pairs.second[taken] - len(mine)]
    score = pairs.score[taken]
    differ = prepared.manifest.hashes[one] != other.manifest.hashes[two]
    one, two, score = one[differ], two[differ], score[differ]
    order = np.lexsort((two, -score, -split_codes(other)[two], one))
    group, begins = np.unique(one[order], return_index=True)
    rows = np.flatnonzero(np.isin(groups, group))
    best = order[begins][np.searchsorted(group, groups[rows])]
    return found(rows, groups[rows], two[best], score[best], number)


def _both(
    prepared: PreparedSet, mine: Ints, other: PreparedSet, theirs: Ints
) -> Callable[[int], Pixels]:
    def pixels(place: int) -> Pixels:
        if place < len(mine):
            return prepared.pixels(int(mine[place]))
        return other.pixels(int(theirs[place - len(mine)]))

    return pixels
