import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_layouts import prepared, problems, write_pictures, zipped

from mien.datasets.readers.ck48 import recognise
from mien.datasets.readers.ckplus_films import frame_of
from mien.datasets.sources import open_source
from mien.errors import SourceError

FOLDERS = ["anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"]


def ck48(root, people=7):
    """Three frames of one film of each person, a folder an emotion."""
    for number in range(people):
        film = f"{FOLDERS[number % 7]}/S{10 + number:03d}_004"
        write_pictures(root, (f"{film}_{n:08d}.png" for n in (17, 18, 19)), 10 * number)
    return root


def test_folders_are_labels_and_names_hold_person_and_film(tmp_path):
    source = recognise(ck48(tmp_path / "CK+48"))
    pictures = list(source)
    assert len(pictures) == 21
    assert [p.label for p in pictures[::3]] == [
        *("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
    ]
    first = pictures[0]
    assert (first.id, first.where) == ("S010_004_00000017", "anger/S010_004_00000017.png")
    assert (first.subject, first.sequence) == ("S010", "S010_004")
    assert {(p.split, p.source_split) for p in pictures} == {("train", "")}
    assert (source.name, source.label_set, source.has_splits) == ("ckplus", "ckplus", False)
    assert source.notes == []


@pytest.mark.parametrize("folder", ["CK+48", "faces"])
def test_the_folder_or_one_above_may_be_named(tmp_path, folder):
    ck48(tmp_path / folder)
    for path in (tmp_path, tmp_path / folder):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "ck48"
            assert len(list(opened.source)) == 21


def test_everything_wrong_is_told_at_once(tmp_path):
    ck48(tmp_path)
    write_pictures(
        tmp_path,
        [
            "fear/S010_004_00000017.png",
            "happy/smile.png",
            "happy/deep/S020_001_00000001.png",
            "S021_001_00000001.png",
            "sadness/S015_004_00000018.PNG",
        ],
    )
    (tmp_path / "surprise/S016_004_00000019.png").write_bytes(b"no picture")
    below = "expected in the folder of an emotion itself; picture without label"
    one, two = "fear/S010_004_00000017.png", "sadness/S015_004_00000018"
    assert problems(recognise(tmp_path)) == {
        "anger/S010_004_00000017.png": (
            "two labels for one picture (anger, fear), expected one; 2 pictures of one name "
            f"(anger/S010_004_00000017.png, {one}), expected one"
        ),
        "happy/smile.png": "name 'smile.png', expected person_film_frame: S005_001_00000011.png",
        "happy/deep/S020_001_00000001.png": below,
        "S021_001_00000001.png": below,
        f"{two}.PNG": f"2 pictures of one name ({two}.PNG, {two}.png), expected one",
        "surprise/S016_004_00000019.png": "no picture in any known format",
    }


def test_endings_and_persons_in_other_case_are_the_same(tmp_path):
    write_pictures(tmp_path, ["Happy/s010_004_00000017.PNG", "ANGER/S010_005_00000001.JPG"])
    pictures = list(recognise(tmp_path))
    assert [(p.id, p.subject) for p in pictures] == [
        ("S010_004_00000017", "S010"),
        ("S010_005_00000001", "S010"),
    ]
    assert [p.label for p in pictures] == ["happiness", "anger"]


def test_a_film_in_two_folders_is_noted(tmp_path):
    ck48(tmp_path)
    write_pictures(tmp_path, ["fear/S010_004_00000020.png"])
    source = recognise(tmp_path)
    assert source.notes == ["frames of 1 film(s) lie in folders of different emotions: S010_004"]
    assert problems(source) == {}


def test_folders_of_no_emotion_are_refused(tmp_path):
    write_pictures(ck48(tmp_path), ["bored/S010_004_00000001.png"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"folders that are no emotion: bored; expected anger"):
        recognise(tmp_path)


@pytest.mark.parametrize(
    "file", ["happy/a.png", "S010/004/S010_004_00000001.png", "train/happy/S010_004_00000001.png"]
)
def test_other_folders_are_not_recognised(tmp_path, file):
    assert recognise(write_pictures(tmp_path, [file])) is None
    assert recognise(tmp_path / file) is None


@pytest.mark.parametrize("pack", [False, True])
def test_prepared_as_folder_and_as_zip_people_stay_together(tmp_path, pack):
    root = ck48(tmp_path / "CK+48", people=42)
    rows = prepared(zipped(tmp_path / "ck.zip", root) if pack else root, tmp_path / "out")
    splits = {(row["subject"], row["split"]) for row in rows}
    assert len(rows) == 126
    assert len(splits) == 42
    assert {split for _, split in splits} == {"train", "val", "test"}
    record = json.loads((tmp_path / "out/dataset.json").read_text())
    assert (record["reader"], record["label_set"]) == ("ck48", "ckplus")


@given(st.text(max_size=20).filter(lambda text: "_" not in text))
def test_other_names_are_refused(text):
    with pytest.raises(ValueError, match="expected person_film_frame"):
        frame_of(text)


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 10**8 - 1))
def test_names_of_frames_are_taken_apart(person, film, number):
    name = f"S{person:03d}_{film:03d}_{number:08d}.png"
    assert frame_of(name) == (f"S{person:03d}", f"S{person:03d}_{film:03d}", number)
