"""The FER+ rules: a vote table worked by hand, what must hold, and the real counts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mien.datasets.votes import FILE_NAME, read_votes
from mien.emotions import EMOTIONS, index
from mien.errors import DataError
from mien.ferplus import (
    NO_LABEL,
    ferplus_clean,
    ferplus_majority,
    ferplus_plurality,
    ferplus_top,
    soft_targets,
)

CHOICES = (*EMOTIONS, "unknown", "not_a_face")


def ballot(**votes: int) -> list[int]:
    assert votes.keys() <= set(CHOICES)
    return [votes.get(choice, 0) for choice in CHOICES]


def label(name: str | None) -> int:
    return NO_LABEL if name is None else index(name)


# (votes, majority label, plurality label)
BY_HAND = [
    (ballot(anger=6, fear=4), "anger", "anger"),
    (ballot(anger=5, fear=5), None, "anger"),
    (ballot(anger=5, fear=4, sadness=1), "anger", "anger"),  # 5 of the 9 that remain
    (ballot(happiness=5, unknown=5), None, "happiness"),  # half is not more than half
    (ballot(happiness=4, not_a_face=6), None, None),
    (ballot(happiness=4, unknown=3, not_a_face=3), None, "happiness"),
    (ballot(contempt=10), "contempt", "contempt"),
    (ballot(unknown=10), None, None),
    (ballot(anger=1, fear=1, neutral=1, unknown=7), None, None),
    (ballot(**dict.fromkeys(CHOICES, 1)), None, None),  # nothing remains
    (ballot(neutral=4, sadness=4, anger=2), None, "neutral"),  # tie: first of FER+'s columns
    (ballot(contempt=3, surprise=3, disgust=2, fear=2), None, "surprise"),
]


@pytest.mark.parametrize(("votes", "majority", "plurality"), BY_HAND)
def test_labels_by_hand(votes: list[int], majority: str | None, plurality: str | None) -> None:
    table = np.array([votes], np.int16)
    assert ferplus_majority(table).tolist() == [label(majority)]
    assert ferplus_plurality(table).tolist() == [label(plurality)]


def test_single_votes_are_dropped_and_the_table_is_left_alone() -> None:
    votes = np.array([ballot(anger=6, fear=1, sadness=2, not_a_face=1)])
    before = votes.copy()
    assert ferplus_clean(votes).tolist() == [ballot(anger=6, sadness=2)]
    assert (votes == before).all()


def test_soft_targets_by_hand() -> None:
    votes = np.array([ballot(anger=6, fear=1, sadness=2, unknown=1), ballot(not_a_face=9, fear=1)])
    expected = np.zeros((2, 8))
    expected[0, [index("anger"), index("sadness")]] = 0.75, 0.25
    assert soft_targets(votes).tolist() == expected.tolist()
    kept = soft_targets(votes, drop_single=False)
    assert kept[0, index("fear")] == pytest.approx(1 / 9)
    assert kept[1].tolist() == np.eye(8)[index("fear")].tolist()


tables = arrays(np.int16, st.tuples(st.integers(0, 6), st.just(10)), elements=st.integers(0, 10))


@given(tables)
def test_what_must_hold_for_any_votes(votes: Any) -> None:
    majority, plurality = ferplus_majority(votes), ferplus_plurality(votes)
    has = majority != NO_LABEL
    assert (majority[has] == plurality[has]).all()
    assert (majority[has] == ferplus_top(votes)[has]).all()
    targets = soft_targets(votes)
    sums = targets.sum(axis=1)
    assert ((np.abs(sums - 1) < 1e-12) | (sums == 0)).all()
    assert (sums[plurality != NO_LABEL] > 0).all()
    assert (targets.argmax(axis=1)[has] == majority[has]).all()


@pytest.mark.parametrize(
    "votes", [np.zeros((3, 8), int), np.zeros(10, int), np.zeros((2, 10)), np.full((1, 10), -1)]
)
def test_other_tables_are_refused(votes: Any) -> None:
    with pytest.raises(DataError, match=r"votes: expected counts int \[N, 10\].* found "):
        ferplus_majority(votes)


@pytest.mark.data
def test_counts_on_the_real_private_test(real_data: Path) -> None:
    table = read_votes(real_data / "fer2013" / FILE_NAME)
    votes = table.counts[table.usages == "PrivateTest"]
    majority, plurality = ferplus_majority(votes), ferplus_plurality(votes)
    assert len(votes) == 3589
    assert (majority != NO_LABEL).sum() == 3153
    assert ((majority != NO_LABEL) & (majority != index("contempt"))).sum() == 3137
    assert (plurality != NO_LABEL).sum() == 3546
    clean = ferplus_clean(votes)
    ties = (clean == clean.max(axis=1, keepdims=True)).sum(axis=1) > 1
    assert (ties & (plurality != NO_LABEL)).sum() == 170
