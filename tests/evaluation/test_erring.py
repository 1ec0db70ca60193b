"""Which rows errors are about, and what is told of a picture."""

import numpy as np
import pytest
from made_errors import told
from made_sets import votes_for

from mien.emotions import EMOTIONS
from mien.errors import DataError, UnknownNameError
from mien.evaluation.errors.erring import (
    emotions_of,
    majority_of,
    pictures,
    surest,
    wrong_places,
)

FOUR = told(
    ("fear", "fear", 0.9, {"fear": 8, "surprise": 2}),
    ("fear", "sadness", 0.4, {"fear": 5, "sadness": 5}),
    ("sadness", "fear", 0.7, {"contempt": 9, "unknown": 1}),
    ("anger", "neutral", 0.7, {"neutral": 10}),
    copies=(3,),
)


def test_a_head_is_looked_at_by_its_own_labels_unless_others_are_named() -> None:
    assert FOUR.case("fer2013").protocol == "fer2013"
    case = FOUR.case("fer2013", "ferplus_majority_without_contempt")
    assert case.rows.tolist() == [0, 3]
    assert FOUR.case("fer2013", kind="dedup").rows.tolist() == [0, 1, 2]


def test_unknown_heads_and_protocols_list_the_choices() -> None:
    with pytest.raises(UnknownNameError, match="unknown head 'x'; known: fer2013"):
        FOUR.case("x")
    with pytest.raises(UnknownNameError, match="protocol of head fer2013 'rafdb'; known: fer2013,"):
        FOUR.case("fer2013", "rafdb")


def test_a_kind_without_rows_is_refused() -> None:
    all_copies = told(("fear", "fear", 0.9), copies=(0,))
    with pytest.raises(DataError, match=r"expected dedup rows .* found none in made test"):
        all_copies.case("fer2013", kind="dedup")


def test_the_surest_come_first_and_equal_ones_keep_their_order() -> None:
    case = FOUR.case("fer2013")
    assert wrong_places(case).tolist() == [1, 2, 3]
    assert surest(case, wrong_places(case)).tolist() == [2, 3, 1]


def test_a_picture_is_told_with_label_answer_probabilities_and_votes() -> None:
    (one,) = pictures(FOUR, FOUR.case("fer2013"), [2])
    assert one["confidence"] == pytest.approx(0.7)
    assert one["of_label"] == pytest.approx(0.05)
    del one["confidence"], one["of_label"]
    votes = {"contempt": 9, "unknown": 1}
    assert one == {"id": "p002", "label": "sadness", "answer": "fear", "votes": votes}
    bare = told(("fear", "fear", 0.9))
    assert "votes" not in pictures(bare, bare.case("fer2013"), [0])[0]


def test_the_majority_is_a_second_opinion_on_other_labels_only() -> None:
    majority = majority_of(FOUR, FOUR.case("fer2013"))
    assert majority is not None
    names = [EMOTIONS[m] if m >= 0 else "" for m in majority.tolist()]
    assert names == ["fear", "", "contempt", "neutral"]
    assert majority_of(FOUR, FOUR.case("fer2013", "ferplus_votes_without_contempt")) is None
    bare = told(("fear", "fear", 0.9))
    assert majority_of(bare, bare.case("fer2013")) is None


def test_a_row_without_any_vote_has_no_majority() -> None:
    none = told(("fear", "fear", 0.9, {}), ("fear", "fear", 0.9, {"fear": 10}))
    majority = majority_of(none, none.case("fer2013"))
    assert majority is not None
    assert majority.tolist() == [-1, EMOTIONS.index("fear")]
    assert sum(votes_for()) == 0


def test_positions_in_a_case_become_emotions() -> None:
    case = FOUR.case("fer2013")
    assert emotions_of(case, np.array([0, 1, 6])).tolist() == [0, 2, 7]  # no contempt in between
