"""The labels of each protocol: with and without contempt, and the three rules for votes."""

import numpy as np
import pytest
from made_cases import labels, score, sure, votes

from mien.emotions import BASIC, EMOTIONS, index
from mien.evaluation.protocols import cases
from mien.evaluation.truths import truths
from mien.ferplus import NO_LABEL


def test_majority_with_and_without_contempt() -> None:
    table = votes("anger", "contempt", "neutral", "unknown", "not_a_face")
    answers = sure(EMOTIONS, "anger", "contempt", "contempt", "anger", "anger")
    copies = np.array([True, False, False, False, False])
    scores = score(answers, EMOTIONS, labels(*["anger"] * 5), table, copies)
    majority, without = scores["ferplus_majority"], scores["ferplus_majority_without_contempt"]
    assert [r["n"] for r in (majority["official"], majority["dedup"])] == [3, 2]
    assert majority["official"]["accuracy"] == pytest.approx(2 / 3)
    assert majority["official"]["classes"] == list(EMOTIONS)
    assert [r["n"] for r in (without["official"], without["dedup"])] == [2, 1]
    assert without["official"]["unmasked"]["accuracy"] == 0.5
    assert without["official"]["classes"] == list(BASIC)


def test_a_head_without_contempt_has_only_the_majority_without_it() -> None:
    table = votes("anger", "contempt")
    scores = score(sure(BASIC, "anger", "fear"), BASIC, labels("anger", "fear"), table)
    rules = ("majority", "plurality", "votes")
    assert set(scores) == {"fer2013", *(f"ferplus_{rule}_without_contempt" for rule in rules)}
    assert scores["ferplus_majority_without_contempt"]["official"]["n"] == 1


def test_plurality_and_votes_take_more_rows_than_the_majority() -> None:
    table = votes("anger", "anger", "unknown")
    table[1, [index("anger"), index("fear"), index("sadness")]] = (4, 4, 2)  # no majority
    answers = sure(EMOTIONS, "anger", "anger", "anger")
    found = cases(answers, EMOTIONS, labels(*["anger"] * 3), table)
    rows = {name: kinds["official"].rows.tolist() for name, kinds in found.items()}
    assert rows["ferplus_majority"] == [0]
    assert rows["ferplus_plurality"] == rows["ferplus_votes"] == [0, 1]
    targets = found["ferplus_votes"]["official"].targets
    assert targets is not None
    assert targets[1, [index("anger"), index("fear"), index("sadness")]] == pytest.approx(
        [0.4, 0.4, 0.2]
    )
    assert found["fer2013"]["official"].targets is None


def test_labels_without_votes_are_the_published_ones() -> None:
    published = labels("anger", "fear")
    (only,) = truths(BASIC, published, None, "rafdb")
    assert (only.protocol, only.names, only.shares) == ("rafdb", BASIC, None)
    assert only.wanted is published


def test_contempt_has_no_label_where_it_is_left_out() -> None:
    found = {
        one.protocol: one for one in truths(EMOTIONS, labels("anger"), votes("contempt"), "fer2013")
    }
    assert found["ferplus_majority"].wanted.tolist() == [index("contempt")]
    without = found["ferplus_majority_without_contempt"]
    assert without.wanted.tolist() == [NO_LABEL]
    assert without.names == BASIC
