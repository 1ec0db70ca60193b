"""The file of predictions: there and back, what it refuses, two files row by row."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import made
from made_sets import make, picture

from mien.emotions import BASIC, EMOTIONS
from mien.errors import DataError, UnknownNameError
from mien.evaluation.predictions import Answers, Predictions, joined, own_classes, paired

VOTES = np.tile(np.array([0, 0, 0, 0, 10, 0, 0, 0, 0, 0], np.int16), (60, 1))


def with_probabilities(values: Any, classes: tuple[str, ...] = BASIC) -> Predictions:
    first = made()
    return replace(first, heads={"fer2013": Answers(classes, np.asarray(values, np.float32))})


@pytest.mark.parametrize("votes", [None, VOTES])
def test_what_is_written_is_read_again(tmp_path: Path, votes: Any) -> None:
    first = made(votes=votes, subjects=["", "p1"] * 30)
    heads = {"fer2013": replace(first.heads["fer2013"], temperature=1.25)}
    first = replace(first, heads=heads)
    first.save(tmp_path / "predictions.npz")
    again = Predictions.load(tmp_path / "predictions.npz")
    assert again.origin == first.origin
    for name in ("ids", "labels", "votes", "copy_in_train", "subjects"):
        assert np.array_equal(getattr(again, name), getattr(first, name)), name
    assert again.heads["fer2013"].classes == BASIC
    assert again.heads["fer2013"].temperature == 1.25
    assert np.array_equal(
        again.heads["fer2013"].probabilities, first.heads["fer2013"].probabilities
    )


def test_the_temperature_can_be_taken_back() -> None:
    logits = np.random.default_rng(0).normal(size=(20, 7)) * 3

    def softmax(values: Any) -> Any:
        raised = np.exp(values - values.max(1, keepdims=True))
        return raised / raised.sum(1, keepdims=True)

    answers = Answers(BASIC, softmax(logits / 1.7).astype(np.float32), 1.7)
    assert answers.uncalibrated() == pytest.approx(softmax(logits), abs=1e-5)


def test_people_are_told_apart_but_not_named(tmp_path: Path) -> None:
    people = ("alice", "bob", "alice", None)
    pictures = [
        picture(f"p{i}", i, split="test", **({"subject": who} if who else {}))
        for i, who in enumerate(people)
    ]
    prepared = make(tmp_path / "set", pictures)
    heads = {"fer2013": Answers(BASIC, np.full((4, 7), 1 / 7, np.float32))}
    found = Predictions.of(prepared, np.arange(4), heads, model="m", model_sha256="", split="test")
    first, second, third, nobody = found.subjects.tolist()
    assert first == third != second
    assert nobody == ""
    assert "alice" not in found.subjects.tolist()
    assert found.rows_in(prepared).tolist() == [0, 1, 2, 3]


def test_rows_of_another_dataset_are_refused_with_counts_and_ids(tmp_path: Path) -> None:
    prepared = make(tmp_path / "set", [picture("made-000", 0, "anger", "test")])
    with pytest.raises(DataError, match=r"59 of 60 pictures are not in .*\(made-001, made-002"):
        made().rows_in(prepared)
    other = make(tmp_path / "other", [picture("made-000", 0, "fear", "test")])
    with pytest.raises(DataError, match=r"1 of 1 pictures have another label in .*\(made-000\)"):
        made(1).rows_in(other)


def test_what_is_no_probability_is_refused_with_counts_and_ids() -> None:
    values = np.full((60, 7), 1 / 7)
    values[3, 0] = np.nan
    values[4] = 0.2
    values[5:7] = [-0.5, 1.5, 0, 0, 0, 0, 0]
    with pytest.raises(DataError) as caught:
        with_probabilities(values)
    message = str(caught.value)
    assert "1 of 60 pictures have a probability that is not a number (made-003)" in message
    assert "2 of 60 pictures have a probability below 0 or above 1 (made-005, made-006)" in message
    assert "1 of 60 pictures have probabilities that do not add up to 1 (made-004)" in message


def test_shapes_classes_labels_and_ids_are_checked() -> None:
    with pytest.raises(
        DataError, match=r"probabilities: expected numbers \[60, 7\], found float32 \[60, 6\]"
    ):
        with_probabilities(np.full((60, 6), 1 / 6))
    with pytest.raises(DataError, match="expected different emotions as classes"):
        with_probabilities(np.full((60, 2), 1 / 2), ("anger", "anger"))
    with pytest.raises(DataError, match="60 of 60 pictures have no label of fer2013"):
        replace(made(), labels=np.full(60, EMOTIONS.index("contempt")))
    ids = made().ids.copy()
    ids[1] = ids[0]
    with pytest.raises(DataError, match="2 of 60 pictures have the id of another"):
        replace(made(), ids=ids)
    with pytest.raises(DataError, match="at least one head"):
        replace(made(), heads={})
    with pytest.raises(DataError, match="expected at least one picture, found none"):
        made(0)
    with pytest.raises(DataError, match=r"subjects: expected text \[60\], found <U1 \[2\]"):
        replace(made(), subjects=np.array(["", ""]))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut off", b"no archive at all"], ids=["empty", "cut", "text"]
)
def test_a_damaged_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "predictions.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="missing, damaged or of another kind") as caught:
        Predictions.load(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_another_archive_and_a_newer_format(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="mien evaluate"):
        Predictions.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(2))
    with pytest.raises(DataError, match="of another kind"):
        Predictions.load(tmp_path / "other.npz")
    np.savez(tmp_path / "newer.npz", about=np.array('{"format": 2}'))
    with pytest.raises(DataError, match="format 2, this mien reads 1"):
        Predictions.load(tmp_path / "newer.npz")


def test_two_models_are_put_in_one_order() -> None:
    first, second = made(), made(seed=1, model="theirs")
    shuffled = second.at(np.random.default_rng(0).permutation(60))
    one, other = paired(first, shuffled)
    assert one is first
    assert other.ids.tolist() == first.ids.tolist()
    assert np.array_equal(
        other.heads["fer2013"].probabilities, second.heads["fer2013"].probabilities
    )


def test_models_that_answered_other_rows_are_not_paired() -> None:
    first, second = made(), made(model="theirs")
    with pytest.raises(DataError, match=r"ours and theirs .*2 of 60 .*no answer of theirs"):
        paired(first, second.at(np.arange(58)))
    with pytest.raises(DataError, match=r"2 of 60 pictures have no answer of ours \(made-058"):
        paired(first.at(np.arange(58)), second)
    labels = second.labels.copy()
    labels[7] = (labels[7] + 3) % 8 or 4
    with pytest.raises(DataError, match=r"1 of 60 pictures have two different labels \(made-007"):
        paired(first, replace(second, labels=labels))


def test_parts_are_joined_in_their_order() -> None:
    whole = made(votes=VOTES)
    found = joined([whole.at(np.arange(40)), whole.at(np.arange(40, 60))])
    for name in ("ids", "labels", "votes", "copy_in_train", "subjects"):
        assert np.array_equal(getattr(found, name), getattr(whole, name)), name
    assert np.array_equal(
        found.heads["fer2013"].probabilities, whole.heads["fer2013"].probabilities
    )


def test_a_head_is_asked_for_by_name() -> None:
    assert set(made().cases("fer2013")) == {"fer2013"}
    with pytest.raises(UnknownNameError, match="unknown head 'rafdb'; known: fer2013"):
        made().cases("rafdb")


def test_a_head_without_a_name_gets_one() -> None:
    assert own_classes(BASIC[::-1]) == "seven"
    assert own_classes(EMOTIONS) == "eight"
    assert own_classes(BASIC[:3]) == "answers"
