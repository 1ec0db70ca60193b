"""Near copies by split and label: from pairs of pictures to findings.

Pairs are found among pictures with different pixels; what holds for one picture holds for all
its exact copies.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mien.datasets.auditing.found import Found, Ints, Nodes, found, nodes
from mien.datasets.near import Pairs, groups_of, near_pairs
from mien.datasets.source import Pixels, Progress

Floats = npt.NDArray[np.floating]


def pairs_of(rows: Ints, pixels: Callable[[int], Pixels], progress: Progress) -> Pairs:
    """Return the near copies among some pictures; positions are lines of the manifest."""
    near = near_pairs(len(rows), lambda n: pixels(int(rows[n])), progress=progress)
    return Pairs(rows[near.first], rows[near.second], near.score)


def linked(pairs: Pairs, groups: Ints, traits: Ints, same: bool) -> Found:
    """Find pictures that are near copies of one with the same trait, or with another one.

    Args:
        pairs: near copies; ``first`` and ``second`` are groups of exact copies.
        groups: ``int64 [N]``, the group of exact copies of each picture.
        traits: ``int64 [N]``, split or label, -1 where unknown.
        same: whether the near copy has the same trait.

    Returns:
        Groups are what such pairs link. The other picture is the one with the highest trait, and
        of these the one most alike; ``values`` are their correlations.
    """
    near = np.isin(groups, np.concatenate([pairs.first, pairs.second]))
    pictures = nodes(np.where(near, groups, -1), traits)
    one, other, score = _edges(pairs, pictures)
    taken = (pictures.trait[one] == pictures.trait[other]) == same
    one, other, score = one[taken], other[taken], score[taken]
    best, most = _best(one, other, score, pictures)
    component = _components(one, other, pictures)
    held = best[pictures.of] >= 0
    rows, of = pictures.rows[held], pictures.of[held]
    return found(rows, component[of], pictures.first[best[of]], most[of])


def _edges(pairs: Pairs, pictures: Nodes) -> tuple[Ints, Ints, Floats]:
    """Return which nodes are near copies of which, ``int64 [E]`` twice, both ways, and scores."""
    group, count = np.unique(pictures.group, return_counts=True)
    start = np.cumsum(count) - count
    ends = [
        np.concatenate(way) for way in ((pairs.first, pairs.second), (pairs.second, pairs.first))
    ]
    known = np.isin(ends[0], group) & np.isin(ends[1], group)
    a, b = (np.searchsorted(group, end[known]) for end in ends)
    score = np.concatenate([pairs.score, pairs.score])[known]
    many = count[a] * count[b]
    edge = np.repeat(np.arange(len(a)), many)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many)
    wide = count[b][edge]
    return start[a][edge] + place // wide, start[b][edge] + place % wide, score[edge]


def _best(one: Ints, other: Ints, score: Floats, pictures: Nodes) -> tuple[Ints, Floats]:
    """Return each node's counterpart, -1 where it has none, and the score."""
    best = np.full(len(pictures.group), -1, np.int64)
    most = np.full(len(pictures.group), np.nan)
    order = np.lexsort((pictures.first[other], -score, -pictures.trait[other], one))
    who, begins = np.unique(one[order], return_index=True)
    best[who], most[who] = other[order][begins], score[order][begins]
    return best, most


def _components(one: Ints, other: Ints, pictures: Nodes) -> Ints:
    """Return for each node the first picture of all that are linked with it."""
    forward = one < other
    edges = np.unique(np.stack([one[forward], other[forward]], 1), axis=0)
    links = Pairs(edges[:, 0], edges[:, 1], np.ones(len(edges), np.float32))
    component = groups_of(links, len(pictures.group))
    least = pictures.first.copy()
    np.minimum.at(least, component, pictures.first)
    return least[component]
