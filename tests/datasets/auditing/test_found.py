"""Groups and traits, worked by hand.

picture  0  1  2  3  4  5  6  7
group    0  0  0  3  3  5  -  7
trait    0  0  2  1  0  1  1  -
"""

import numpy as np
import pytest

from mien.datasets.auditing.found import Found, alike, apart, found, nodes, together

GROUPS = np.array([0, 0, 0, 3, 3, 5, -1, 7])
TRAITS = np.array([0, 0, 2, 1, 0, 1, 1, -1])


def test_nodes_stand_by_group_and_highest_trait():
    pictures = nodes(GROUPS, TRAITS)
    assert pictures.group.tolist() == [0, 0, 3, 3, 5]
    assert pictures.trait.tolist() == [2, 0, 1, 0, 1]
    assert pictures.first.tolist() == [2, 0, 3, 4, 5]
    assert pictures.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert pictures.of.tolist() == [1, 1, 0, 2, 3, 4]


def test_alike_are_those_that_share_group_and_trait():
    one = alike(GROUPS, TRAITS)
    assert one.rows.tolist() == [0, 1]
    assert one.groups.tolist() == [0, 0]
    assert one.others.tolist() == [1, 0]


def test_apart_are_those_whose_group_has_another_trait():
    one = apart(GROUPS, TRAITS)
    assert one.rows.tolist() == [0, 1, 2, 3, 4]
    assert one.groups.tolist() == [0, 0, 0, 3, 3]
    assert one.others.tolist() == [2, 2, 0, 4, 3]


def test_the_other_has_the_highest_of_the_other_traits():
    one = apart(np.zeros(4, np.int64), np.array([1, 0, 2, 2]))
    assert one.others.tolist() == [2, 2, 0, 0]


@pytest.mark.parametrize("way", [alike, apart])
def test_nothing_gives_nothing(way):
    none = np.empty(0, np.int64)
    assert len(way(none, none)) == 0
    assert len(way(np.full(3, -1), np.zeros(3, np.int64))) == 0


@pytest.mark.parametrize("seed", range(5))
def test_both_agree_with_looking_at_every_pair(seed):
    rng = np.random.default_rng(seed)
    groups, traits = rng.integers(-1, 12, 40), rng.integers(-1, 3, 40)
    held = [n for n in range(40) if groups[n] >= 0 and traits[n] >= 0]
    for way, same in ((alike, True), (apart, False)):
        one = way(groups, traits)
        partners = {
            n: [
                m
                for m in held
                if m != n and groups[m] == groups[n] and (traits[m] == traits[n]) == same
            ]
            for n in held
        }
        assert one.rows.tolist() == [n for n in held if partners[n]]
        for row, other in zip(one.rows.tolist(), one.others.tolist(), strict=True):
            best = max(traits[m] for m in partners[row])
            assert other == min(m for m in partners[row] if traits[m] == best)


def test_findings_of_several_datasets_come_in_the_order_of_the_lines():
    parts = [found(np.array([1, 4]), number=1), found(np.array([0, 1]), number=2)]
    one = together(parts)
    assert one.rows.tolist() == [0, 1, 1, 4]
    assert one.sets.tolist() == [2, 1, 2, 1]
    assert isinstance(one, Found)
    assert len(together([])) == 0
