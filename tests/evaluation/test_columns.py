"""Columns of the manifest and measured ones as groups."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sets import broken, make, noise, picture, votes_for

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, UnknownNameError
from mien.evaluation.groups.columns import COLUMNS, USUAL, columns
from mien.inference.detector import Detection

MARKS = ((2.0, 2.0), (6.0, 2.0), (4.0, 4.0), (3.0, 6.0), (5.0, 6.0))


def no_face(pixels: Any) -> list[Detection]:
    return []


def unasked(pixels: Any) -> list[Detection]:
    raise AssertionError("pictures were measured")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    pictures = [
        picture(
            f"p{n}",
            n,
            ("fear", "anger")[n % 2],
            ("train", "test")[n % 2],
            subject=("Ada Known", "Bo", "")[n % 3],
            pixels=noise(n, 8 + n),
        )
        for n in range(12)
    ]
    return make(tmp_path_factory.mktemp("columns") / "set", [*pictures, broken("bad")])


def test_columns_of_the_manifest(prepared: PreparedSet) -> None:
    rows = prepared.where()
    label, split, height = columns(prepared, rows, ["label", "split", "height"], find=unasked)
    assert [label.groups[k] for k in label.of[:3]] == ["fear", "anger", "fear"]
    assert [split.groups[k] for k in split.of[:2]] == ["train", "test"]
    assert height.edges == (10.75, 13.5, 16.25)
    assert {one.private for one in (label, split, height)} == {False}


def test_people_are_told_apart_and_never_named(prepared: PreparedSet) -> None:
    subject = columns(prepared, prepared.where(), ["subject"], find=unasked)[0]
    assert subject.private
    assert subject.of[:4].tolist() == [0, 1, -1, 0]
    assert subject.groups == ("", "")
    assert "Ada" not in repr(subject)


def test_rows_are_in_the_order_that_was_asked_for(prepared: PreparedSet) -> None:
    every = columns(prepared, prepared.where(), ["label"])[0]
    some = np.array([5, 2, 9])
    assert columns(prepared, some, ["label"])[0].of.tolist() == every.of[some].tolist()


def test_an_unknown_column_lists_those_there_are(prepared: PreparedSet) -> None:
    with pytest.raises(UnknownNameError, match="unknown column 'age'; known: subject, ") as caught:
        columns(prepared, prepared.where(), ["label", "age"], find=unasked)
    assert all(name in str(caught.value) for name in COLUMNS)


def test_columns_that_make_no_groups_are_refused_before_pictures_are_measured(
    prepared: PreparedSet,
) -> None:
    with pytest.raises(DataError) as caught:
        columns(prepared, prepared.where(), ["label", "sequence", "channels", "yaw"], find=unasked)
    assert "2 problems" in str(caught.value)
    assert "column sequence makes no groups of these 12 pictures (nobody knows it of any)" in str(
        caught.value
    )
    assert "column channels makes no groups of these 12 pictures (they all have" in str(
        caught.value
    )
    with pytest.raises(DataError, match="column votes_fear"):
        columns(prepared, prepared.where(), ["votes_fear"])
    with pytest.raises(DataError, match="column roll"):
        columns(prepared, prepared.where(), ["roll"], find=no_face)


def test_where_none_is_asked_for_those_with_groups_are_taken(prepared: PreparedSet) -> None:
    found = columns(prepared, prepared.where(), find=no_face)
    names = [one.name for one in found]
    assert names == ["subject", "source_split", "brightness", "contrast", "sharpness"]
    assert set(names) < set(USUAL)
    assert "mean grey value" in found[2].how


def test_a_face_that_is_not_found_is_a_group_of_its_own(prepared: PreparedSet) -> None:
    def every_other(pixels: Any) -> list[Detection]:
        side = float(len(pixels))
        return [Detection((0, 0, side, side), 0.9, MARKS)] if len(pixels) % 2 else []

    size = columns(prepared, prepared.where(), ["face_size"], find=every_other)[0]
    assert size.groups[-1] == "no landmarks"
    assert size.missing == len(size.groups) - 1
    assert (size.of == size.missing).tolist() == [n % 2 == 0 for n in range(12)]


def test_votes_and_flags_are_columns(tmp_path: Path) -> None:
    pictures = [picture(f"p{n}", n % 3, votes=votes_for(fear=10 - n, anger=n)) for n in range(4)]
    voted = make(tmp_path / "voted", pictures)
    anger, twice = columns(voted, voted.where(), ["votes_anger", "duplicate"])
    assert (anger.groups, anger.of.tolist()) == (("0", "1", "2", "3"), [0, 1, 2, 3])
    assert [twice.groups[k] for k in twice.of] == ["no", "no", "no", "yes"]


def test_text_that_is_not_known_is_the_last_group(tmp_path: Path) -> None:
    from dataclasses import replace

    prepared = make(tmp_path / "set", [picture(f"p{n}", n) for n in range(3)])
    prepared.manifest = replace(prepared.manifest, source_splits=np.array(["b", "", "a"]))
    column = columns(prepared, prepared.where(), ["source_split"])[0]
    assert (column.groups, column.of.tolist()) == (("a", "b", "not known"), [1, 2, 0])
    assert column.missing == 2
