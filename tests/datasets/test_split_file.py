import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sets import Listed, broken, make, picture

from mien.datasets.gather import gather
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.split_file import read_split, write_split
from mien.datasets.store import prepare
from mien.errors import DataError

SPLIT = ["train", "train", "val", "test", "train", "val"]


@pytest.fixture
def pictures():
    return [picture(f"p{n}", n) for n in range(6)]


def write(path, ids, hashes, split):
    write_split(path, {"id": ids, "sha256": hashes, "split": split})
    return path


def file_of(path, prepared, split):
    rows = prepared.where()
    return write(
        path, prepared.ids[rows], prepared.manifest.hashes[rows].astype(str), np.array(split)[rows]
    )


def read(path, pictures, folder):
    folder.mkdir(exist_ok=True)
    return read_split(path, gather(Listed(pictures), folder, lambda *call: None)).tolist()


def test_a_split_comes_back_whatever_the_order(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    assert path.read_text().splitlines()[0] == "id,sha256,split"
    assert read(path, pictures, tmp_path / "a") == SPLIT
    assert read(path, pictures[::-1], tmp_path / "b") == SPLIT[::-1]


@given(
    order=st.permutations(range(6)), split=st.lists(st.sampled_from(SPLIT), min_size=6, max_size=6)
)
@settings(max_examples=15, deadline=None)
def test_any_order_of_the_lines_says_the_same(tmp_path_factory, order, split):
    folder = tmp_path_factory.mktemp("split")
    pictures = [picture(f"p{n}", n) for n in range(6)]
    path = file_of(folder / "s.csv", make(folder / "set", pictures), split)
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *(lines[n] for n in order)]))
    assert read(path, pictures, folder / "work") == split


def test_pictures_are_known_by_their_pixels_whatever_their_ids(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    others = [picture(f"other{n}", n) for n in range(6)]
    assert read(path, others, tmp_path / "work") == SPLIT


def test_copies_in_several_splits_are_told_apart_by_id(tmp_path):
    pictures = [picture("a", 1), picture("b", 1), picture("c", 2)]
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), ["train", "test", "val"])
    assert read(path, pictures[::-1], tmp_path / "a") == ["val", "test", "train"]
    others = [picture("x", 1), picture("y", 1), picture("c", 2)]
    with pytest.raises(DataError, match=r"2 picture\(s\) of the source have another id .* of x"):
        read(path, others, tmp_path / "b")


def test_copies_in_one_split_need_no_id(tmp_path):
    pictures = [picture("a", 1), picture("b", 1), picture("c", 2)]
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), ["test", "test", "val"])
    others = [picture("x", 1), picture("y", 1), picture("z", 2)]
    assert read(path, others, tmp_path / "work") == ["test", "test", "val"]


def test_the_same_id_of_two_sources_is_told_apart_by_pixels(tmp_path):
    prepared = make(tmp_path / "set", [picture("a", 1), picture("b", 2)])
    hashes = prepared.manifest.hashes.astype(str)
    path = write(tmp_path / "s.csv", ["a", "a"], hashes, ["val", "test"])
    assert read(path, [picture("a", 1), picture("b", 2)], tmp_path / "work") == ["val", "test"]


def test_changed_pixels_are_refused_on_both_sides(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    changed = [*pictures[:4], picture("p4", 40), picture("p5", 50)]
    with pytest.raises(DataError, match="is not the split of these pictures") as error:
        read(path, changed, tmp_path / "work")
    assert "2 picture(s) of the source are not in s.csv, first place of p4" in str(error.value)
    assert "2 picture(s) of s.csv are not in the source, first with the hash" in str(error.value)


def test_a_part_of_the_pictures_is_refused(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    with pytest.raises(DataError, match=r"1 picture\(s\) of s.csv are not in the source"):
        read(path, pictures[:5], tmp_path / "work")


def test_unreadable_pictures_are_in_no_file_and_stay(tmp_path, pictures):
    pictures[2:2] = [broken("bad", "test")]
    prepared = make(tmp_path / "set", pictures)
    split = [*SPLIT[:2], "val", *SPLIT[2:]]
    path = file_of(tmp_path / "s.csv", prepared, split)
    assert len(path.read_text().splitlines()) == 7
    assert read(path, pictures, tmp_path / "work") == [*SPLIT[:2], "test", *SPLIT[2:]]


def test_preparing_with_a_file_writes_its_split(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    prepare(Listed(pictures), tmp_path / "out", rule=Rule.parse(str(path)))
    opened = PreparedSet.open(tmp_path / "out")
    assert opened.split.tolist() == SPLIT
    assert opened.record["split"] == "as in s.csv"


def test_a_balanced_set_has_a_file_that_fits_its_source(tmp_path):
    pictures = [picture(f"p{n}", n, "anger" if n % 3 else "fear") for n in range(12)]
    prepared = make(tmp_path / "set", pictures, rule=Rule("official", balance="repeat"))
    path = file_of(tmp_path / "s.csv", prepared, prepared.split)
    assert read(path, pictures, tmp_path / "work") == ["train"] * 12


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "expected the columns id, sha256, split, found nothing"),
        ("id,sha256,fold_0\na,b,1\n", "found id, sha256, fold_0"),
        (f"id,sha256,split\na,{'0' * 64},dev\n", "row 0: split 'dev', expected train, val, test"),
        ("id,sha256,split\na,12,train\n", "row 0: the hash '12', expected 64"),
        ("id,sha256,split\na\n", "row 0: split None"),
        (
            f"id,sha256,split\na,{'0' * 64},train\na,{'0' * 64},test\n",
            "row 1: a in test and in train, expected one split",
        ),
    ],
)
def test_what_is_no_split_file_is_refused(tmp_path, pictures, text, match):
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=match):
        read(path, pictures, tmp_path / "work")


def test_all_damaged_rows_are_counted(tmp_path, pictures):
    path = tmp_path / "s.csv"
    path.write_text("id,sha256,split\n" + "a,b,c\n" * 9)
    with pytest.raises(DataError, match="9 problems") as error:
        read(path, pictures, tmp_path / "work")
    assert "… and 4 more" in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path, pictures):
    (tmp_path / "s.csv").write_bytes(b"id,sha256,split\n\xff\xfe,a,b\n")
    for path in (tmp_path / "s.csv", tmp_path / "none.csv"):
        with pytest.raises(DataError, match="cannot be read"):
            read(path, pictures, tmp_path / "work")


def test_a_spreadsheets_mark_and_further_columns_do_not_matter(tmp_path, pictures):
    path = file_of(tmp_path / "s.csv", make(tmp_path / "set", pictures), SPLIT)
    with path.open(newline="") as file:
        rows = [[*row, "more"] for row in csv.reader(file)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert read(path, pictures, tmp_path / "work") == SPLIT


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="shorter"):
        write_split(tmp_path / "s.csv", {"id": ["a", "b"], "sha256": ["c"]})
    assert list(tmp_path.iterdir()) == []
