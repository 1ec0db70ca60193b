"""What two expressions have in common."""

from itertools import combinations

import pytest

from mien.emotions import EMOTIONS
from mien.evaluation.errors.movements import PROTOTYPES, UNITS, likeness, listed, shared


def test_every_emotion_has_a_prototype_of_known_movements() -> None:
    assert tuple(PROTOTYPES) == EMOTIONS
    assert set().union(*PROTOTYPES.values()) == set(UNITS)
    assert [name for name, units in PROTOTYPES.items() if not units] == ["neutral"]


def test_fear_and_surprise_share_brows_lids_and_mouth() -> None:
    assert shared("fear", "surprise") == [
        "raised inner brows",
        "raised outer brows",
        "raised upper eyelids",
        "parted lips",
        "a dropped jaw",
    ]
    assert "lowered brows" in shared("anger", "fear")
    assert likeness("anger", "sadness") == (
        "The textbook faces of both can have lowered brows and a raised chin."
    )


def test_neutral_and_strangers_have_sentences_of_their_own() -> None:
    assert "faint sadness comes close" in likeness("neutral", "sadness")
    assert likeness("neutral", "fear") == likeness("fear", "neutral")
    assert "no movement in common" in likeness("happiness", "surprise")


@pytest.mark.parametrize(("first", "second"), list(combinations(EMOTIONS, 2)))
def test_each_pair_has_one_sentence(first: str, second: str) -> None:
    said = likeness(first, second)
    assert said == likeness(second, first)
    assert said.endswith(".")
    assert said.count(".") == 1


def test_lists_in_sentences() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
