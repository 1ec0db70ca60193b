import csv
import json

import numpy as np
import pytest
from made_findings import blocks, made_set, one_of_each, picture

from mien.datasets import clean as cleaning
from mien.datasets.auditing.choose import Choice
from mien.datasets.auditing.files import lines
from mien.datasets.auditing.findings import find
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.clean import clean
from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, UsageError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_set(tmp_path_factory.mktemp("sets") / "made", one_of_each())


@pytest.fixture(scope="module")
def found(made):
    return list(lines(find(made)))


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_stays_is_as_it_was(made, found, tmp_path):
    choice = Choice(("copy_across_splits", "blurred", "not_a_face"))
    summary = clean(made, tmp_path / "out", found, choice)
    cleaned = PreparedSet.open(tmp_path / "out")
    gone = {"leak-a", "torn-a", "soft", "tree"}
    assert set(made.ids) - set(cleaned.ids) == gone
    places = {name: row for row, name in enumerate(made.ids.tolist())}
    for row, name in enumerate(cleaned.ids.tolist()):
        before = places[name]
        assert cleaned.split[row] == made.split[before]
        assert cleaned.labels[row] == made.labels[before]
        assert cleaned.manifest.subjects[row] == made.manifest.subjects[before]
        assert np.array_equal(cleaned.votes[row], made.votes[before])
        if name != "broken":
            assert np.array_equal(cleaned.pixels(row), made.pixels(before))
    assert summary.audit["test_in_train"] == 0
    assert not find(cleaned, near=False).found["copy_across_splits"].rows.size


def test_removed_lists_what_went_and_why(made, found, tmp_path):
    choice = Choice(("exact_copy", "copy_across_splits", "conflicting", "constant"))
    clean(made, tmp_path / "out", found, choice)
    rows = table(tmp_path / "out/removed.csv")
    assert [(row["id"], row["kinds"], row["others"]) for row in rows] == [
        ("copy-b", "exact_copy", "copy-a"),
        ("leak-a", "copy_across_splits", "leak-b"),
        ("torn-a", "copy_across_splits conflicting", "torn-b"),
        ("flat", "constant", ""),
    ]
    hashes = dict(zip(made.ids.tolist(), made.manifest.hashes.tolist(), strict=True))
    assert [row["sha256"].encode() for row in rows] == [hashes[row["id"]] for row in rows]
    assert (rows[1]["split"], rows[1]["label"]) == ("train", "fear")


def test_the_record_says_from_what_and_how_many(made, found, tmp_path):
    clean(made, tmp_path / "out", found, Choice(("conflicting", "blurred")))
    record = json.loads((tmp_path / "out/dataset.json").read_text())
    assert record["cleaned"] == {
        "from": {"name": "made", "manifest_sha256": made.sha256},
        "keep": "test",
        "drop_test": False,
        "removed": 2,
        "kinds": {"conflicting": 1, "blurred": 1},
        "test_pictures_spared": 1,
    }
    assert record["pictures"] == 25
    assert any("2 of 27 pictures were removed" in note for note in record["notes"])


def test_how_the_splits_came_about_is_still_said(tmp_path):
    prepared = made_set(tmp_path / "in", [picture("p", "train", "fear", blocks(1))])
    prepared.record = {**prepared.record, "split": "by hand"}
    clean(prepared, tmp_path / "out", [], Choice(("constant",)))
    assert json.loads((tmp_path / "out/dataset.json").read_text())["split"] == "by hand"


def test_test_pictures_are_never_touched_unless_asked_for(made, found, tmp_path):
    kinds = tuple(dict.fromkeys(line.kind for line in found))
    clean(made, tmp_path / "out", found, Choice(kinds, keep="none"))
    cleaned = PreparedSet.open(tmp_path / "out")
    before = made.ids[made.split == "test"].tolist()
    assert cleaned.ids[cleaned.split == "test"].tolist() == before
    clean(made, tmp_path / "more", found, Choice(kinds, keep="none", drop_test=True))
    assert PreparedSet.open(tmp_path / "more").ids.tolist() == [
        "fine-train",
        "fine-val",
        "fine-test",
    ]


def test_a_dataset_of_which_nothing_would_stay_is_refused(tmp_path):
    flat = [picture(f"p{n}", "train", "fear", np.full((9, 9), n, np.uint8)) for n in range(3)]
    prepared = made_set(tmp_path / "in", flat)
    with pytest.raises(DataError, match="3 of 3 pictures would go"):
        clean(prepared, tmp_path / "out", lines(find(prepared)), Choice(("constant",)))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_the_dataset_itself_is_never_replaced(made, found):
    for out in (made.root, made.root / "train/new", made.root.parent):
        with pytest.raises(UsageError, match="must stay as it is"):
            clean(made, out, found, Choice(("constant",)), overwrite=True)
    assert PreparedSet.open(made.root).sha256 == made.sha256


def test_out_is_replaced_only_where_that_is_asked_for(made, found, tmp_path):
    out = tmp_path / "out"
    clean(made, out, found, Choice(("constant",)))
    with pytest.raises(DataError, match="--overwrite"):
        clean(made, out, found, Choice(("blurred",)))
    assert table(out / "removed.csv")[0]["id"] == "flat"
    clean(made, out, found, Choice(("blurred",)), overwrite=True)
    assert table(out / "removed.csv")[0]["id"] == "soft"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("at", ["prepare", "_write_removed"])
def test_an_interruption_leaves_nothing(made, found, tmp_path, monkeypatch, at):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(cleaning, at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        clean(made, tmp_path / "out", found, Choice(("constant",)))
    assert list(tmp_path.iterdir()) == []


def test_a_cleaned_set_can_be_cleaned_again(made, found, tmp_path):
    clean(made, tmp_path / "once", found, Choice(("constant",)))
    once = PreparedSet.open(tmp_path / "once")
    summary = clean(once, tmp_path / "twice", lines(find(once)), Choice(("blurred",)))
    assert summary.record["pictures"] == 25
    assert sum("were removed" in note for note in summary.record["notes"]) == 2


def test_nothing_to_remove_is_a_copy_with_an_empty_list(tmp_path):
    prepared = made_set(tmp_path / "in", [picture("p", "train", "fear", blocks(1))])
    clean(prepared, tmp_path / "out", lines(find(prepared)), Choice(tuple(KINDS)))
    assert table(tmp_path / "out/removed.csv") == []
    assert PreparedSet.open(tmp_path / "out").sha256 == prepared.sha256
