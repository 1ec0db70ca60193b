import os
import shutil

import numpy as np
import pytest
from made_sources import Stream, faces, rows_of, stream, write_votes

from mien import runs
from mien.datasets import packed, prepared
from mien.datasets.pictures import encode_png
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Picture
from mien.datasets.store import prepare
from mien.emotions import EMOTIONS
from mien.errors import PreparedDataError, UnknownNameError


@pytest.fixture
def out(tmp_path, three_splits):
    votes = write_votes(tmp_path / "v.csv", three_splits)
    return prepare(stream(three_splits), tmp_path / "out", votes=votes).root


@pytest.fixture
def no_repacking(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the packed file was made again")

    monkeypatch.setattr(packed, "pack", refuse)


def test_everything_comes_back(out, three_splits):
    opened = PreparedSet.open(out)
    assert (opened.name, opened.label_set, opened.root) == ("made", "fer2013", out)
    assert opened.sha256 == runs.sha256(out / "manifest.csv")
    assert len(opened) == 30
    assert opened.ids.tolist() == [f"p{n}" for n in range(30)]
    assert opened.split.tolist() == ["train"] * 20 + ["val"] * 5 + ["test"] * 5
    assert opened.labels.dtype == np.int64
    assert EMOTIONS[opened.labels[6]] == "neutral"
    assert opened.votes.dtype == np.int16
    assert opened.votes[0].tolist() == [8, 0, 0, 0, 0, 0, 0, 0, 2, 0]
    assert opened.sizes.tolist() == [[48, 48, 1]] * 30
    assert set(opened.flags) == {
        *("unreadable", "constant", "not_a_face", "no_face", "conflicting", "duplicate"),
        *("copy_in_train", "copy_in_val", "copy_in_test"),
    }
    for n, (_, face, _) in enumerate(three_splits):
        assert np.array_equal(opened.pixels(n), face)


def test_a_fresh_set_opens_without_repacking_and_in_place(out, no_repacking):
    opened = PreparedSet.open(str(out))
    assert opened.uniform
    everything = opened.images(slice(None))
    assert everything.shape == (30, 48, 48)
    assert isinstance(everything, np.memmap)
    assert np.shares_memory(everything, opened.pixels(3))
    assert not everything.flags.writeable
    assert np.array_equal(opened.images(np.array([4, 2])), everything[[4, 2]])


def test_moved_folders_keep_their_packed_file(out, no_repacking):
    assert len(PreparedSet.open(out.rename(out.parent / "moved"))) == 30


@pytest.mark.parametrize("harm", ["index", "pixels", "gone", "cut", "text"])
def test_a_packed_file_that_does_not_match_is_made_again(out, three_splits, harm):
    cache = out / ".packed"
    if harm == "index":
        (cache / "index.npz").unlink()
    elif harm == "pixels":
        (cache / "pixels.u8").unlink()
    elif harm == "gone":
        shutil.rmtree(cache)
    elif harm == "cut":
        os.truncate(cache / "pixels.u8", 100)
    else:
        (cache / "index.npz").write_text("no numbers")
    opened = PreparedSet.open(out)
    assert np.array_equal(opened.pixels(9), three_splits[9][1])
    assert (
        packed.load(out, opened.sha256, packed.stamp(out, opened.manifest), 30 * 2304) is not None
    )


def test_an_edited_manifest_does_not_match_the_packed_file(out):
    path = out / "manifest.csv"
    digest = path.read_text().split("\np3,")[1].split(",")[12]
    path.write_text(path.read_text().replace(digest, "0" * 64))
    with pytest.raises(PreparedDataError, match=r"1 picture\(s\) are not what the manifest says"):
        PreparedSet.open(out)


def test_a_size_that_is_not_the_pictures_is_refused(out):
    path = out / "manifest.csv"
    path.write_text(path.read_text().replace(",48,48,1,", ",96,24,1,", 1))
    with pytest.raises(PreparedDataError, match=r"1 picture\(s\) are not what the manifest says"):
        PreparedSet.open(out)


def test_a_manifest_cut_off_at_the_end_of_a_line_is_refused(out):
    path = out / "manifest.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:21]))
    with pytest.raises(PreparedDataError, match=r"has 20 lines, expected the 30 of dataset.json"):
        PreparedSet.open(out)


def test_touched_pictures_are_checked_again(out, three_splits):
    os.utime(out / "train/happy/p3.png", (1, 1))
    assert np.array_equal(PreparedSet.open(out).pixels(3), three_splits[3][1])


@pytest.mark.parametrize("content", [b"", b"text", encode_png(faces(1, seed=9)[0])])
def test_changed_pictures_are_refused_by_name(out, content):
    (out / "train/happy/p3.png").write_bytes(content)
    with pytest.raises(
        PreparedDataError, match=r"1 picture\(s\) are not what the manifest says \(train/happy/p3"
    ):
        PreparedSet.open(out)


def test_missing_pictures_are_all_counted(out):
    shutil.rmtree(out / "train")
    with pytest.raises(PreparedDataError, match=r"20 of 30 pictures are missing .*p2.png, …"):
        PreparedSet.open(out)


def test_a_read_only_folder_opens_in_memory(out, three_splits, monkeypatch):
    shutil.rmtree(out / ".packed")

    def refuse(*arguments, **options):
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    opened = PreparedSet.open(out)
    assert np.array_equal(opened.pixels(9), three_splits[9][1])
    assert not (out / ".packed").exists()


def test_what_is_no_prepared_set_is_refused(tmp_path, out):
    with pytest.raises(PreparedDataError, match="none: no such folder"):
        PreparedSet.open(tmp_path / "none")
    with pytest.raises(PreparedDataError, match=r"is no prepared dataset .*mien data prepare"):
        PreparedSet.open(tmp_path)
    (out / "dataset.json").write_text("{}")
    with pytest.raises(PreparedDataError, match=r"dataset.json is missing or damaged"):
        PreparedSet.open(out)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id,file", "id,path"),
        ("\np3,", "\np3\np3,"),
        (",train,happiness,", ",train,bored,"),
        (",train,happiness,", ",holdout,happiness,"),
        (",48,48,1,", ",48,x,1,"),
        (",48,48,1,", ",-48,48,1,"),
        (",0,0,0,0,0,0,0,,", ",0,0,0,0,0,0,7,,"),
    ],
)
def test_a_damaged_manifest_is_refused(out, old, new):
    path = out / "manifest.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(PreparedDataError, match=r"manifest.csv is damaged \(.*prepare the dataset"):
        PreparedSet.open(out)


def test_where_chooses_by_split(out):
    opened = PreparedSet.open(out)
    assert opened.where(split="val").tolist() == [20, 21, 22, 23, 24]
    assert opened.where(split="val").dtype == np.int64
    assert len(opened.where()) == 30


def test_where_leaves_out_what_is_named(tmp_path):
    rows = rows_of(["Training"] * 8 + ["PublicTest"] + ["PrivateTest"] * 2)
    rows[10] = (1, rows[8][1], "PrivateTest")
    rows[1] = (1, rows[8][1], "Training")  # copies a val picture, same label
    rows[2] = (3, rows[9][1], "Training")  # copies a test picture, another label
    rows[3] = (3, np.zeros((48, 48), np.uint8), "Training")
    rows[5] = rows[4]  # copies within training stay

    def no_face(table):
        table[6] = [0] * 9 + [10]

    votes = write_votes(tmp_path / "v.csv", rows, no_face)
    opened = PreparedSet.open(prepare(stream(rows), tmp_path / "out", votes=votes).root)
    assert opened.where("test", ["copies"]).tolist() == [9, 10]  # nothing is taken out of test
    left = {
        name: sorted(set(range(8)) - set(opened.where("train", [name]).tolist()))
        for name in prepared.LEAVE_OUT
    }
    assert left == {
        **{"copies": [1, 2], "constant": [3], "not_a_face": [6]},
        **{"no_face": [], "conflicting": [2]},
    }
    assert opened.where("train", list(prepared.LEAVE_OUT)).tolist() == [0, 4, 5, 7]


def test_unknown_names_are_refused_with_the_choices(out):
    opened = PreparedSet.open(out)
    with pytest.raises(UnknownNameError, match="unknown split 'valid'; known: train, val, test"):
        opened.where(split="valid")
    with pytest.raises(UnknownNameError, match="'copy'; known: copies, not_a_face, no_face,"):
        opened.where(leave_out=["copy"])


def test_unreadable_rows_keep_their_place_and_are_never_chosen(tmp_path, three_splits):
    source = stream(three_splits)
    source.pictures.insert(3, Picture("bad", "x", "Training", "train", "fear", None, "broken"))
    opened = PreparedSet.open(prepare(source, tmp_path / "out", skip_bad=True).root)
    assert opened.labels[3] == -1
    assert opened.votes is None
    assert 3 not in opened.where()
    assert np.array_equal(opened.pixels(4), three_splits[3][1])
    assert np.array_equal(opened.images(np.array([4, 30]))[0], three_splits[3][1])
    assert np.array_equal(opened.images(slice(4, 6))[1], three_splits[4][1])
    with pytest.raises(PreparedDataError, match="bad is flagged unreadable"):
        opened.pixels(3)
    with pytest.raises(PreparedDataError, match="1 of these pictures are unreadable"):
        opened.images(slice(2, 5))


def test_pictures_of_several_shapes(tmp_path):
    colour = np.random.default_rng(0).integers(0, 256, (9, 5, 3), np.uint8)
    pictures = [
        Picture("a", "a", "train", "train", "contempt", colour),
        Picture("b", "b", "val", "val", "fear", faces(1)[0]),
    ]
    out = prepare(Stream(pictures), tmp_path / "out").root
    shutil.rmtree(out / ".packed")
    opened = PreparedSet.open(out)
    assert not opened.uniform
    assert np.array_equal(opened.pixels(0), colour)
    assert np.array_equal(opened.pixels(1), faces(1)[0])
    with pytest.raises(PreparedDataError, match="pictures differ in shape"):
        opened.images(slice(None))
