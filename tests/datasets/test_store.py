import csv
import errno
import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace

import numpy as np
import pytest
from made_sources import Stream, faces, rows_of, stream, write_votes

from mien.datasets import store, write
from mien.datasets.manifest import COLUMNS
from mien.datasets.pictures import decode
from mien.datasets.source import Picture, pixel_hash
from mien.datasets.store import prepare
from mien.errors import DataError, SourceError, UnreadablePicturesError


def lines(out):
    with (out / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def left_over(folder):
    return sorted(p.name for p in folder.iterdir() if p.name.startswith("."))


def bad(number, problem="a reason"):
    return Picture(f"bad{number}", f"row {number}", "Training", "train", "fear", None, problem)


def test_pictures_manifest_and_audit_lie_where_they_should(tmp_path, three_splits):
    summary = prepare(stream(three_splits), tmp_path / "out")
    out = summary.root
    rows = lines(out)
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [f"p{n}" for n in range(30)]
    assert rows[3]["file"] == "train/happy/p3.png"
    assert rows[26]["file"] == "test/surprise/p26.png"
    for row, (_, face, usage) in zip(rows, three_splits, strict=True):
        assert np.array_equal(decode((out / row["file"]).read_bytes()), face)
        assert row["sha256"] == pixel_hash(face)
        assert (row["height"], row["width"], row["channels"]) == ("48", "48", "1")
        assert (row["source_split"], row["label_set"]) == (usage, "fer2013")
    assert json.loads((out / "audit.json").read_text()) == summary.audit
    assert json.loads((out / "dataset.json").read_text()) == summary.record
    assert summary.record["splits"] == {"train": 20, "val": 5, "test": 5}
    assert summary.record["split"] == "as in the source"
    assert left_over(tmp_path) == []


def test_record_names_the_files_with_their_hashes(tmp_path, three_splits):
    (tmp_path / "made.csv").write_bytes(b"abc")
    record = prepare(stream(three_splits), tmp_path / "out", files=[tmp_path / "made.csv"]).record
    sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert record["files"] == [{"name": "made.csv", "bytes": 3, "sha256": sha}]
    assert record["mien"]


def test_flags_of_copies_conflicts_and_constants(tmp_path):
    rows = rows_of(["Training"] * 3 + ["PublicTest", "PrivateTest", "PrivateTest"])
    first = rows[0][1]
    rows[4] = (0, first, "PrivateTest")
    rows[3] = (5, first, "PublicTest")
    rows[5] = (1, np.full((48, 48), 7, np.uint8), "PrivateTest")
    prepare(stream(rows), tmp_path / "out")
    table = lines(tmp_path / "out")
    assert [row["duplicate_of"] for row in table] == ["", "", "", "p0", "p0", ""]
    assert [row["conflicting"] for row in table] == list("100110")
    assert [row["copy_in_train"] for row in table] == list("000110")
    assert [row["copy_in_val"] for row in table] == list("100010")
    assert [row["copy_in_test"] for row in table] == list("100100")
    assert [row["constant"] for row in table] == list("000001")


def test_votes_stand_beside_each_picture(tmp_path, three_splits):
    def no_face(table):
        table[4] = [0] * 9 + [10]

    votes = write_votes(tmp_path / "v.csv", three_splits, no_face)
    summary = prepare(stream(three_splits), tmp_path / "out", votes=votes)
    table = lines(tmp_path / "out")
    assert table[0]["votes_anger"] == "8"
    assert table[0]["votes_unknown"] == "2"
    assert table[4]["votes_not_a_face"] == "10"
    assert [n for n, row in enumerate(table) if row["not_a_face"] == "1"] == [4]
    assert summary.record["votes"]["name"] == "v.csv"


def test_votes_are_refused_where_rows_are_lost(tmp_path, three_splits):
    source = stream(three_splits)
    source.keeps_row_order = False
    with pytest.raises(DataError, match=r"lost the rows of fer2013.csv \(a list\)"):
        prepare(source, tmp_path / "out", votes=write_votes(tmp_path / "v.csv", three_splits))
    assert not (tmp_path / "out").exists()


def test_validation_is_cut_from_training_where_there_is_none(tmp_path):
    rows = rows_of(["Training"] * 140 + ["PrivateTest"] * 7)
    rows[7] = rows[0]
    summary = prepare(stream(rows), tmp_path / "out")
    table = lines(tmp_path / "out")
    assert summary.record["splits"] == {"train": 126, "val": 14, "test": 7}
    assert "val 10 % of the source's train, stratified by class" in summary.record["split"]
    assert table[0]["split"] == table[7]["split"]
    assert {row["source_split"] for row in table if row["split"] == "val"} == {"Training"}
    again = prepare(stream(rows), tmp_path / "again")
    assert (again.root / "manifest.csv").read_bytes() == (
        summary.root / "manifest.csv"
    ).read_bytes()


def test_every_unreadable_picture_is_listed_and_nothing_written(tmp_path, three_splits):
    source = stream(three_splits)
    source.pictures[3:3] = [bad(n) for n in range(25)]
    with pytest.raises(UnreadablePicturesError, match="25 of 55 pictures cannot be read") as error:
        prepare(source, tmp_path / "out")
    assert len(error.value.problems) == 25
    assert "row 19: a reason\n" in str(error.value)
    assert "row 20: a reason" not in str(error.value)
    assert "… and 5 more" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_skip_bad_keeps_them_as_flagged_lines_without_a_picture(tmp_path, three_splits):
    source = stream(three_splits)
    source.pictures[3:3] = [bad(0, "short\nrow"), bad(1)]
    summary = prepare(source, tmp_path / "out", skip_bad=True)
    table = lines(tmp_path / "out")
    assert len(table) == 32
    assert [n for n, row in enumerate(table) if row["unreadable"] == "1"] == [3, 4]
    assert (table[3]["file"], table[3]["sha256"], table[3]["problem"]) == ("", "", "short row")
    assert (table[3]["height"], table[3]["duplicate_of"]) == ("0", "")
    assert summary.audit["unreadable"] == 2
    assert summary.record["splits"]["train"] == 20


def test_two_pictures_of_one_name_are_reported(tmp_path, three_splits):
    source = stream(three_splits)
    source.pictures.append(source.pictures[2])
    with pytest.raises(UnreadablePicturesError, match="row 2: the same name as row 2"):
        prepare(source, tmp_path / "out")
    prepare(source, tmp_path / "out", skip_bad=True)
    assert len({row["id"] for row in lines(tmp_path / "out")}) == 31


def test_a_source_without_pictures_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"no readable picture in this source \(a list\)"):
        prepare(Stream([]), tmp_path / "out")


def test_pictures_of_any_size_and_colour(tmp_path):
    colour = np.random.default_rng(0).integers(0, 256, (9, 5, 3), np.uint8)
    pictures = [
        Picture("a", "a", "train", "train", "contempt", colour),
        Picture("b", "b", "val", "val", "fear", faces(1)[0]),
    ]
    prepare(Stream(pictures), tmp_path / "out")
    assert np.array_equal(decode((tmp_path / "out/train/contempt/a.png").read_bytes()), colour)
    assert lines(tmp_path / "out")[0]["channels"] == "3"


def test_an_existing_dataset_is_replaced_only_when_asked(tmp_path, three_splits):
    prepare(stream(three_splits), tmp_path / "out")
    with pytest.raises(DataError, match=r"out is prepared already: .* add --overwrite"):
        prepare(stream(three_splits[:21]), tmp_path / "out")
    assert len(lines(tmp_path / "out")) == 30
    prepare(stream(three_splits[:21]), tmp_path / "out", overwrite=True)
    assert len(lines(tmp_path / "out")) == 21
    assert not (tmp_path / "out/test").exists()
    assert left_over(tmp_path) == []


def test_anything_else_is_never_replaced(tmp_path, three_splits):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("years of work")
    with pytest.raises(DataError, match="exists and is no prepared dataset"):
        prepare(stream(three_splits), tmp_path / "out", overwrite=True)
    assert (tmp_path / "out/thesis.tex").read_text() == "years of work"


def test_a_failed_overwrite_leaves_the_old_dataset(tmp_path, three_splits, monkeypatch):
    prepare(stream(three_splits), tmp_path / "out")

    def interrupt(pixels):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "encode_png", interrupt)
    with pytest.raises(KeyboardInterrupt):
        prepare(stream(three_splits[:21]), tmp_path / "out", overwrite=True)
    assert len(lines(tmp_path / "out")) == 30
    assert left_over(tmp_path) == []


def test_a_full_disk_leaves_nothing_and_says_so(tmp_path, three_splits, monkeypatch):
    def full(pixels):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "p3.png")

    monkeypatch.setattr(write, "encode_png", full)
    with pytest.raises(DataError, match=r"p3.png: No space left on device; nothing was kept"):
        prepare(stream(three_splits), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path, three_splits):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"file.*nothing was kept"):
        prepare(stream(three_splits), tmp_path / "file/out")


def _prepare_slowly(rows, out, started):
    def slow(doing, done, of):
        if doing == "writing" and done == 5:
            started.set()
            time.sleep(60)

    prepare(stream(rows), out, progress=slow)


def test_a_live_run_is_left_alone_and_a_killed_one_cleaned_up(tmp_path, three_splits):
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    other = context.Process(target=_prepare_slowly, args=(three_splits, tmp_path / "out", started))
    other.start()
    try:
        assert started.wait(30)
        with pytest.raises(DataError, match="another mien works on the same thing"):
            prepare(stream(three_splits), tmp_path / "out")
        assert left_over(tmp_path) == [".out.preparing"]
    finally:
        os.kill(other.pid, signal.SIGKILL)
        other.join()
    assert not (tmp_path / "out").exists()
    assert len(list((tmp_path / ".out.preparing/whole").rglob("*.png"))) == 5
    prepare(stream(three_splits), tmp_path / "out")
    assert len(lines(tmp_path / "out")) == 30
    assert left_over(tmp_path) == []


def test_a_dataset_moved_aside_by_a_killed_run_comes_back(tmp_path, three_splits):
    prepare(stream(three_splits), tmp_path / "out")
    (tmp_path / ".out.preparing").mkdir()
    (tmp_path / "out").rename(tmp_path / ".out.preparing/old")
    with pytest.raises(DataError, match="is prepared already"):
        prepare(stream(three_splits), tmp_path / "out")
    assert len(lines(tmp_path / "out")) == 30


def test_a_swap_that_fails_puts_the_old_dataset_back(tmp_path, three_splits, monkeypatch):
    prepare(stream(three_splits), tmp_path / "out")
    rename = type(tmp_path).rename

    def fails_for_whole(path, target):
        if path.name == "whole":
            raise OSError(errno.EACCES, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr("pathlib.Path.rename", fails_for_whole)
    with pytest.raises(DataError, match="Permission denied"):
        prepare(stream(three_splits[:21]), tmp_path / "out", overwrite=True)
    assert len(lines(tmp_path / "out")) == 30


def test_progress_counts_both_walks(tmp_path, three_splits):
    seen = []
    prepare(stream(three_splits), tmp_path / "out", progress=lambda *call: seen.append(call))
    assert seen[0] == ("reading", 1, None)
    assert seen[29:31] == [("reading", 30, None), ("writing", 1, 30)]
    assert seen[-1] == ("writing", 30, 30)
    assert store.AUDIT == "audit.json"


def test_a_picture_that_is_unreadable_and_has_a_taken_name_is_listed_once(tmp_path):
    source = stream(rows_of(["Training"] * 3))
    source.pictures[2] = replace(source.pictures[0], pixels=None, problem="cut short")
    with pytest.raises(UnreadablePicturesError, match="1 of 3 pictures cannot be read") as caught:
        prepare(source, tmp_path / "out")
    assert caught.value.problems == ("row 0: cut short",)
