import json

import pytest
from made_layouts import prepared, zipped
from made_sources import faces, rows_of, text, write_csv

from mien.datasets.readers import csv_rows
from mien.datasets.readers.ckextended import recognise
from mien.datasets.sources import open_source
from mien.errors import SourceError, UnreadablePicturesError

USAGES = ["Training"] * 6 + ["PublicTest", "PrivateTest"]


def rows(usages=USAGES):
    """Codes 0 to 7, going round."""
    return [(n % 8, face, usage) for n, (_, face, usage) in enumerate(rows_of(usages))]


def test_codes_are_its_own_and_the_column_is_the_split(tmp_path):
    source = recognise(write_csv(tmp_path / "ckextended.csv", rows()))
    pictures = list(source)
    assert [p.label for p in pictures] == [
        *("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral", "contempt")
    ]
    assert [p.split for p in pictures] == ["train"] * 6 + ["val", "test"]
    assert [p.source_split for p in pictures] == USAGES
    assert pictures[7].id == "ckextended-00007"
    assert {p.subject for p in pictures} == {""}
    assert (source.name, source.label_set) == ("ckplus", "ckplus")
    assert (source.has_splits, source.keeps_row_order) == (True, False)


def test_that_people_are_unknown_is_noted(tmp_path):
    source = recognise(write_csv(tmp_path / "ckextended.csv", rows()))
    assert source.notes == [
        "ckextended.csv knows no subjects, so no split by subject is possible: frames of one "
        "person may lie on both sides"
    ]


@pytest.mark.parametrize("name", ["ckextended.csv", "CKextended.CSV", "ckextended (1).csv"])
def test_the_name_tells_it_from_fer2013(tmp_path, name):
    path = write_csv(tmp_path / name, rows())
    assert csv_rows.recognise(path) is None
    for place in (path, tmp_path):
        with open_source(place, tmp_path) as opened:
            assert (opened.reader, opened.source.name) == ("ckextended", "ckplus")


def test_another_name_has_to_be_asked_for(tmp_path):
    path = write_csv(tmp_path / "faces.csv", rows())
    with open_source(path, tmp_path) as opened:
        assert opened.reader == "fer2013-csv"
        assert "label '7', expected a code from 0 to 6" in [p.problem for p in opened.source]
    for place in (path, tmp_path):
        with open_source(place, tmp_path, take_as="ckextended") as opened:
            assert [p.problem for p in opened.source] == [""] * 8


def test_a_folder_with_both_is_fer2013_unless_asked(tmp_path):
    write_csv(tmp_path / "ckextended.csv", rows())
    write_csv(tmp_path / "fer2013.csv", rows_of(USAGES))
    for take_as, file in (("", "fer2013.csv"), ("ckextended", "ckextended.csv")):
        with open_source(tmp_path, tmp_path, take_as=take_as) as opened:
            assert [path.name for path in opened.files] == [file]


def test_votes_of_fer_plus_are_not_joined(tmp_path):
    path = write_csv(tmp_path / "ckextended.csv", rows())
    (tmp_path / "fer2013new.csv").write_text("Usage,Image name,neutral\n")
    with open_source(path, tmp_path) as opened:
        assert opened.votes is None


def test_everything_wrong_with_rows_is_told_at_once(tmp_path):
    good = text(faces(1)[0])
    lines = [f"8,{good},Training", f"x,{good},Training", "7,1 2,Training", f"7,{good},Holdout"]
    path = tmp_path / "ckextended.csv"
    path.write_bytes("\r\n\r\n".join(["\ufeffemotion, pixels ,usage", *lines]).encode())
    assert [p.problem for p in recognise(path)] == [
        "label '8', expected a code from 0 to 7",
        "label 'x', expected a code from 0 to 7",
        "2 pixel values, expected 2304",
        "Usage 'Holdout', expected Training, PublicTest, PrivateTest",
    ]
    with pytest.raises(UnreadablePicturesError, match="4 of 4 pictures cannot be read"):
        prepared(path, tmp_path / "out")


@pytest.mark.parametrize("header", ["pixels", "emotion,pixels", "emotion,usage"])
def test_without_a_column_it_is_refused(tmp_path, header):
    path = write_csv(tmp_path / "ckextended.csv", rows(), header)
    with pytest.raises(SourceError, match=r"ckextended.csv has the columns .*: expected emotion"):
        recognise(path)


def test_other_files_are_not_recognised(tmp_path):
    (tmp_path / "legend.csv").write_text("user.id,image,emotion\n")
    assert recognise(tmp_path) is None
    assert recognise(tmp_path / "legend.csv") is None


@pytest.mark.parametrize("pack", [False, True])
def test_prepared_as_file_and_as_zip_with_its_own_splits(tmp_path, pack):
    folder = tmp_path / "archive"
    folder.mkdir()
    path = write_csv(folder / "ckextended.csv", rows(USAGES * 3))
    found = prepared(zipped(tmp_path / "ck.zip", folder) if pack else path, tmp_path / "out")
    assert [row["split"] for row in found] == (["train"] * 6 + ["val", "test"]) * 3
    assert [row["label"] for row in found[6:8]] == ["neutral", "contempt"]
    record = json.loads((tmp_path / "out/dataset.json").read_text())
    assert (record["reader"], record["label_set"]) == ("ckextended", "ckplus")
    assert any("knows no subjects" in note for note in record["notes"])
