"""The interval of one share: by picture, by person, or none."""

import numpy as np
import pytest

from mien.errors import DataError
from mien.evaluation.metrics import wilson_interval
from mien.evaluation.sampling.resampling import interval, weights
from mien.evaluation.sampling.share import FEW, SAME, share_interval, why_none

HITS = np.random.default_rng(0).random(200) < 0.2
PEOPLE = np.array([f"p{i // 20}" for i in range(200)])


@pytest.mark.parametrize("groups", [None, np.full(200, "")])
def test_pictures_of_nobody_known_have_wilsons(groups: np.ndarray | None) -> None:
    assert share_interval(HITS, groups) == list(wilson_interval(int(HITS.sum()), 200))
    assert share_interval(np.zeros(0, bool), None if groups is None else groups[:0]) == [0, 1]


def test_people_are_drawn_with_all_their_rows() -> None:
    drawn = np.concatenate(list(weights(PEOPLE, 200, 300, 4)))
    expected = interval(drawn @ HITS / drawn.sum(axis=1))
    assert share_interval(HITS, PEOPLE, resamples=300, seed=4) == pytest.approx(expected)


def test_rows_that_are_alike_within_a_person_count_for_few() -> None:
    alike = np.repeat(np.arange(10) < 3, 20)
    low, high = share_interval(alike, PEOPLE) or (0, 0)
    apart = share_interval(alike) or [0, 1]
    assert high - low > 3 * (apart[1] - apart[0])


def test_few_people_and_people_that_all_say_the_same_have_none() -> None:
    assert share_interval(HITS[:80], PEOPLE[:80]) is None
    assert share_interval(HITS[:100], PEOPLE[:100]) is not None
    assert share_interval(np.zeros(200, bool), PEOPLE) is None
    assert (why_none(4), why_none(5)) == (FEW, SAME)


def test_another_number_of_groups_is_refused() -> None:
    with pytest.raises(DataError, match="expected a group"):
        share_interval(HITS, PEOPLE[:9])
