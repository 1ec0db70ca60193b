import csv

import numpy as np
import pytest
from made_sets import Listed, broken, make, noise, people, picture, votes_for

from mien.datasets.again import Again, known
from mien.datasets.framing import Framing
from mien.datasets.gather import gather
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import DataError, SourceError, UnreadablePicturesError, UsageError

EVERYTHING = [
    picture("a", 1, "anger", subject="ann", sequence="f1", votes=votes_for(anger=8, fear=2)),
    picture("b", 1, "fear", "test", origin="other", label_set="rafdb"),
    broken("c", "val", "a, short\nrow"),
    picture("d", 2, "contempt", "val", pixels=noise(2, 9, 3)),
]


def again(prepared, out, **options):
    prepare(Again(prepared), out, **{"skip_bad": True, "rule": Rule("official"), **options})
    return PreparedSet.open(out)


def test_a_set_made_again_has_the_same_manifest(tmp_path):
    first = make(tmp_path / "first", EVERYTHING)
    second = again(first, tmp_path / "second")
    assert (tmp_path / "second/manifest.csv").read_bytes() == (
        tmp_path / "first/manifest.csv"
    ).read_bytes()
    for row in first.where():
        assert np.array_equal(first.pixels(row), second.pixels(row))
    assert (second.name, second.label_set) == ("made", "fer2013")


def test_every_word_of_a_picture_comes_back(tmp_path):
    first, second, third, _ = Again(make(tmp_path / "set", EVERYTHING))
    assert (first.subject, first.sequence, first.votes) == ("ann", "f1", EVERYTHING[0].votes)
    assert (first.where, first.origin, first.label_set) == ("place of a", "made", "fer2013")
    assert (second.split, second.source_split, second.votes) == ("test", "test", None)
    assert (second.origin, second.label_set) == ("other", "rafdb")
    assert (third.pixels, third.problem, third.label) == (None, "a, short row", None)


def test_unreadable_pictures_stay_lines_with_their_reason(tmp_path):
    first = make(tmp_path / "first", EVERYTHING)
    with pytest.raises(UnreadablePicturesError, match="short row"):
        prepare(Again(first), tmp_path / "second")
    second = again(first, tmp_path / "second")
    with (tmp_path / "second/manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["problem"] for row in rows] == ["", "", "a, short row", ""]
    assert second.flags["unreadable"].tolist() == [False, False, True, False]


def test_some_rows_come_with_their_own_texts_and_other_splits(tmp_path):
    first = make(tmp_path / "set", EVERYTHING)
    rows, split = np.array([1, 3]), np.array(["val", "train"])
    found = list(Again(first, rows, split))
    assert [(p.id, p.where, p.split) for p in found] == [
        ("b", "place of b", "val"),
        ("d", "place of d", "train"),
    ]
    assert len(Again(first, rows)) == 2
    assert [p.split for p in Again(first, rows)] == ["test", "val"]
    assert list(Again(first, np.array([], np.int64))) == []


@pytest.mark.parametrize("rows", [[1, 1], [2, 1], [-1, 0], [3, 4]])
def test_rows_out_of_order_or_not_there_are_refused(tmp_path, rows):
    with pytest.raises(UsageError, match="expected ascending rows from 0 to 3"):
        Again(make(tmp_path / "set", EVERYTHING), np.array(rows))


def test_splits_for_other_rows_are_refused(tmp_path):
    with pytest.raises(UsageError, match="3 splits for 4 rows"):
        Again(make(tmp_path / "set", EVERYTHING), split=np.array(["val"] * 3))


def test_flags_are_found_out_again_for_what_is_left(tmp_path):
    first = make(tmp_path / "first", EVERYTHING)
    assert first.flags["conflicting"].tolist() == [True, True, False, False]
    prepare(Again(first, np.array([1, 3])), tmp_path / "second", rule=Rule("official"))
    second = PreparedSet.open(tmp_path / "second")
    assert not second.flags["conflicting"].any()
    assert not second.flags["duplicate"].any()


def test_the_layout_tells_what_it_was_made_of_once(tmp_path):
    first = make(tmp_path / "first", people(), rule=Rule("shares", by="picture"))
    second = again(first, tmp_path / "second")
    assert Again(second).layout == Again(first).layout
    assert Again(first).layout.startswith("prepared made (a list; split: train 80 %, val 10 %")
    assert Again(make(tmp_path / "own", EVERYTHING)).layout == "prepared made (a list)"


def test_notes_stay_but_those_of_an_earlier_split(tmp_path):
    pictures = [picture(f"p{n}", n) for n in range(12)] + [picture("q", 99, "anger")]
    first = make(tmp_path / "set", pictures, rule=Rule("shares"), notes=["mind this"])
    assert any("has no picture of anger" in note for note in first.record["notes"])
    assert Again(first).notes == ["mind this"]


def test_a_picture_without_a_face_stays_one(tmp_path):
    def none_in_dark(pixels, box):
        return pixels if pixels.mean() > 0 else None

    pictures = [picture("a", 1), picture("b", 2, pixels=np.zeros((8, 8), np.uint8))]
    first = make(tmp_path / "set", pictures, framing=Framing(find_face=none_in_dark))
    assert first.flags["no_face"].tolist() == [False, True]
    assert [p.no_face for p in Again(first)] == [False, True]
    assert Again(first, np.array([0])).notes == []


def test_a_prepared_set_is_opened_as_a_source_where_another_one_is_asked_for(tmp_path):
    make(tmp_path / "in/first", EVERYTHING)
    with open_source(tmp_path / "in/first", tmp_path, again=True) as opened:
        assert (opened.reader, opened.votes) == ("prepared", None)
        assert [file.name for file in opened.files] == ["manifest.csv"]
        assert len(list(opened.source)) == 4
    for path, options in (
        (tmp_path / "in/first", {}),
        (tmp_path / "in", {"again": True}),
        (tmp_path / "in/first", {"again": True, "take_as": "fer2013-csv"}),
    ):
        with pytest.raises(SourceError, match="first is a prepared dataset already"):
            open_source(path, tmp_path, **options).__enter__()


def test_votes_cannot_be_joined_to_it(tmp_path):
    first = make(tmp_path / "set", EVERYTHING)
    with pytest.raises(DataError, match=r"this source has lost the rows of fer2013\.csv"):
        prepare(Again(first), tmp_path / "out", votes=tmp_path / "votes.csv")


def test_what_is_known_is_what_gathering_finds(tmp_path):
    pictures = [*EVERYTHING, *people(3), picture("e", 7, sequence="f1")]
    first, folder = make(tmp_path / "set", pictures), tmp_path / "work"
    folder.mkdir()
    told = known(first)
    read = gather(Listed(pictures), folder, lambda doing, done, of: None)
    for name in ("usages", "split", "labels", "groups", "constant", "no_face", "votes"):
        assert np.array_equal(getattr(told, name), getattr(read, name)), name
    for name in ("subjects", "sequences"):
        ours, theirs = getattr(told, name), getattr(read, name)
        assert np.array_equal(ours < 0, theirs < 0)
        assert np.array_equal(ours[:, None] == ours, theirs[:, None] == theirs)
    assert np.array_equal(told.readable, read.readable)
