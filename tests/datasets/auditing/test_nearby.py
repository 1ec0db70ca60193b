"""Near copies by split and label, worked by hand.

picture  0  1  2  3  4  5
group    0  0  2  3  4  5
split    0  2  0  1  0  -
"""

import numpy as np
import pytest
from made_findings import blocks, brighter

from mien.datasets.auditing.nearby import linked, pairs_of
from mien.datasets.near import Pairs

GROUPS = np.array([0, 0, 2, 3, 4, 5])
SPLIT = np.array([0, 2, 0, 1, 0, -1])


def pairs(*rows):
    first, second, score = zip(*rows, strict=True) if rows else ((), (), ())
    return Pairs(np.array(first, np.int64), np.array(second, np.int64), np.array(score, np.float32))


NEAR = pairs((0, 2, 0.98), (0, 3, 0.99), (3, 4, 0.96), (4, 5, 1.0))


def test_near_copies_in_one_split():
    one = linked(NEAR, GROUPS, SPLIT, same=True)
    assert one.rows.tolist() == [0, 2]
    assert one.groups.tolist() == [0, 0]
    assert one.others.tolist() == [2, 0]
    assert one.values.round(2).tolist() == [0.98, 0.98]


def test_near_copies_across_splits_name_the_one_most_held_out():
    one = linked(NEAR, GROUPS, SPLIT, same=False)
    assert one.rows.tolist() == [0, 1, 2, 3, 4]
    assert one.groups.tolist() == [0, 0, 0, 0, 0]
    assert one.others.tolist() == [3, 3, 1, 1, 3]
    assert one.values.round(2).tolist() == [0.99, 0.99, 0.98, 0.99, 0.96]


def test_of_equally_held_out_ones_the_most_alike_is_named():
    near = pairs((0, 1, 0.96), (0, 2, 0.97))
    one = linked(near, np.arange(3), np.array([0, 1, 1]), same=False)
    assert one.others.tolist() == [2, 0, 0]


def test_what_no_pair_links_is_in_another_group():
    near = pairs((0, 1, 1), (2, 3, 1))
    assert linked(near, np.arange(4), np.zeros(4, int), same=True).groups.tolist() == [0, 0, 2, 2]


def test_a_group_of_one_split_is_not_linked_through_another_split():
    near = pairs((0, 1, 1), (2, 3, 1), (1, 4, 1), (3, 4, 1))
    one = linked(near, np.arange(5), np.array([0, 0, 0, 0, 1]), same=True)
    assert one.groups.tolist() == [0, 0, 2, 2]


def test_no_pairs_are_no_findings():
    assert len(linked(pairs(), GROUPS, SPLIT, same=True)) == 0
    assert len(linked(pairs(), GROUPS, SPLIT, same=False)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_rows_agree_with_looking_at_every_pair(seed):
    rng = np.random.default_rng(seed)
    groups, traits = rng.integers(-1, 9, 30), rng.integers(-1, 3, 30)
    links = {(a, b) for a, b in rng.integers(0, 9, (8, 2)).tolist() if a < b}
    near = pairs(*((a, b, 0.99) for a, b in sorted(links)))
    for same in (True, False):
        rows = [
            n
            for n in range(30)
            if groups[n] >= 0
            and traits[n] >= 0
            and any(
                tuple(sorted((groups[n], groups[m]))) in links and (traits[n] == traits[m]) == same
                for m in range(30)
                if traits[m] >= 0
            )
        ]
        assert linked(near, groups, traits, same=same).rows.tolist() == rows


def test_positions_become_lines_of_the_manifest():
    held = {3: blocks(1), 5: blocks(2), 9: brighter(blocks(1))}
    near = pairs_of(np.array([3, 5, 9]), held.__getitem__, lambda *_: None)
    assert (near.first.tolist(), near.second.tolist()) == ([3], [9])
