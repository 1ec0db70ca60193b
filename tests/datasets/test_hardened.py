"""What was edited or damaged by hand is refused in one line or made again."""

import csv
import json
import os

import numpy as np
import pytest
from made_sources import rows_of, stream

from mien.datasets.manifest import COLUMNS
from mien.datasets.prepared import PreparedSet
from mien.datasets.store import prepare
from mien.errors import DataError, PreparedDataError


@pytest.fixture
def root(tmp_path):
    source = stream(rows_of(["Training"] * 20 + ["PublicTest"] * 4 + ["PrivateTest"] * 5))
    return prepare(source, tmp_path / "set").root


def edit(root, column, value, row=0):
    with (root / "manifest.csv").open(newline="") as file:
        table = list(csv.reader(file))
    table[row + 1][COLUMNS.index(column)] = value
    with (root / "manifest.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("id", "../../evil"), ("id", "a/b"), ("id", ""), ("id", "p1"), ("id", ".hidden")),
        *(("file", ""), ("file", "../x.png"), ("file", "/etc/x.png"), ("file", "a\0b.png")),
        *(("split", ""), ("split", "dev"), ("label", ""), ("label", "bored")),
        *(("sha256", ""), ("sha256", "abc"), ("height", "0"), ("height", "-1")),
        *(("height", "9" * 25), ("width", "1000000000000"), ("unreadable", "1")),
        *(("unreadable", "2"), ("votes_anger", "-5"), ("votes_anger", "99999")),
    ],
)
def test_a_line_that_mien_never_writes_is_a_damaged_manifest(root, column, value):
    edit(root, column, value)
    with pytest.raises(PreparedDataError, match=r"manifest\.csv is damaged"):
        PreparedSet.open(root)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("files", 5), ("files", [5]), ("files", None), ("notes", "x"), ("notes", [1])),
        *(("framing", []), ("framing", None), ("name", 5), ("name", None)),
        *(("label_set", "zzz"), ("label_set", None), ("pictures", "29")),
    ],
)
def test_a_record_in_another_form_is_refused(root, key, value):
    path = root / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(PreparedDataError, match=r"dataset\.json is missing or damaged"):
        PreparedSet.open(root)


@pytest.mark.parametrize("name", ["manifest.npz", "index.npz"])
def test_whatever_bit_of_a_cache_flips_it_is_made_again(root, name):
    whole = np.array(PreparedSet.open(root).images(slice(None)))
    path = root / ".packed" / name
    held = path.read_bytes()
    for place in range(0, len(held), max(1, len(held) // 150)):
        path.write_bytes(held[:place] + bytes([held[place] ^ 0x41]) + held[place + 1 :])
        assert np.array_equal(PreparedSet.open(root).images(slice(None)), whole)


def test_packed_pixels_that_were_changed_are_made_again(root):
    whole = np.array(PreparedSet.open(root).images(slice(None)))
    path = root / ".packed" / "pixels.u8"
    path.write_bytes(bytes(path.stat().st_size))
    assert np.array_equal(PreparedSet.open(root).images(slice(None)), whole)


def test_a_cache_that_is_a_folder_is_passed_over(root):
    (root / ".packed" / "manifest.npz").mkdir(exist_ok=True)
    assert len(PreparedSet.open(root)) == 29


def test_a_full_disk_leaves_the_pixels_in_memory(root, monkeypatch):
    whole = np.array(PreparedSet.open(root).images(slice(None)))
    (root / ".packed" / "index.npz").unlink()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mien.datasets.packed.os.posix_fallocate", full, raising=False)
    assert np.array_equal(PreparedSet.open(root).images(slice(None)), whole)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_picture_is_not_waited_for(root):
    file = root / str(PreparedSet.open(root).manifest.files[0])
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(PreparedDataError, match="1 of 29 pictures are missing"):
        PreparedSet.open(root)


def test_overwriting_deletes_nothing_but_the_dataset(root):
    (root / "notes.txt").write_text("mine")
    source = stream(rows_of(["Training"] * 20))
    with pytest.raises(DataError, match=r"holds notes\.txt, which is not of the dataset"):
        prepare(source, root, overwrite=True)
    assert (root / "notes.txt").read_text() == "mine"
    (root / "notes.txt").unlink()
    assert prepare(source, root, overwrite=True).record["pictures"] == 20
