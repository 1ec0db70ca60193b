"""Answers on the rows of a split: what is refused, people without names, heads by name."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import made
from made_sets import make, picture

from mien.emotions import BASIC, EMOTIONS
from mien.errors import DataError, UnknownNameError
from mien.evaluation.answers import Answers
from mien.evaluation.matching import rows_in
from mien.evaluation.predictions import Predictions


def with_probabilities(values: Any, classes: tuple[str, ...] = BASIC) -> Predictions:
    first = made()
    return replace(first, heads={"fer2013": Answers(classes, np.asarray(values, np.float32))})


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
    assert rows_in(found, prepared).tolist() == [0, 1, 2, 3]


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


def test_a_head_is_asked_for_by_name() -> None:
    assert set(made().cases("fer2013")) == {"fer2013"}
    with pytest.raises(UnknownNameError, match="unknown head 'rafdb'; known: fer2013"):
        made().cases("rafdb")


def test_heads_without_a_class_of_the_labels_are_told_from_others() -> None:
    both = made(12)
    contempt = Answers(("contempt",), np.ones((12, 1), np.float32))
    both = replace(both, heads={"one": contempt, **both.heads})
    assert both.scored_heads() == ["fer2013"]
    with pytest.raises(DataError, match=r"ours knows contempt: .*found none in made test"):
        replace(both, heads={"one": contempt}).scored_heads()
