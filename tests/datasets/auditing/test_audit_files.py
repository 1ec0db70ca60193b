import csv
import json

import numpy as np
import pytest
from made_findings import FOUND, blocks, made_set, picture

from mien.datasets.auditing.files import COLUMNS, lines, names_of, tally, write_audit
from mien.datasets.auditing.findings import Findings, find
from mien.datasets.auditing.found import found
from mien.datasets.auditing.places import new_audit, new_dataset
from mien.datasets.workspace import check_outside
from mien.errors import DataError, UsageError


def test_every_finding_is_one_line(findings, tmp_path):
    write_audit(tmp_path, findings)
    with (tmp_path / "findings.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["kind"], row["id"]) for row in rows] == [
        (kind, name) for kind, names in FOUND.items() for name in names
    ]
    by_id = {(row["kind"], row["id"]): row for row in rows}
    assert by_id["copy_across_splits", "leak-a"] == {
        "kind": "copy_across_splits",
        "id": "leak-a",
        "split": "train",
        "label": "fear",
        "group": "leak-a",
        "other": "leak-b",
        "value": "",
        "other_split": "test",
        "other_set": "",
    }
    assert by_id["wrong_size", "narrow"]["value"] == "40"
    assert by_id["unreadable", "broken"]["label"] == ""
    assert float(by_id["near_copy", "near-b"]["value"]) > 0.99


def test_the_summary_tells_counts_borders_and_what_was_left_out(findings, made, tmp_path):
    write_audit(tmp_path, findings)
    summary = json.loads((tmp_path / "audit.json").read_text())
    identity = {"name": "made", "manifest_sha256": made.sha256, "pictures": 27}
    assert summary["dataset"] == identity
    counts = {"train": 2, "val": 0, "test": 2, "pictures": 4, "groups": 2}
    assert summary["findings"]["copy_across_splits"] == counts
    assert summary["counts"]["unique"] == 23
    assert summary["thresholds"]["too_dark"]["border"] == 25.5
    assert all(border["because"] for border in summary["thresholds"].values())
    assert summary["left_out"] == findings.left_out
    assert "expected 48x48 px" in summary["method"]["wrong_size"]


def test_other_datasets_are_named_and_equal_names_numbered(made, tmp_path):
    other = made_set(tmp_path / "b", [picture("u", "val", "fear", blocks(1))], "made")
    found_ones = find(made, near=False, against=[other, other])
    assert names_of(found_ones) == ["made", "made-2", "made-3"]
    ours = [line for line in lines(found_ones) if line.kind == "copy_across_sets"]
    assert [(x.id, x.other, x.other_split, x.other_set) for x in ours] == [
        (name, "u", "val", place) for name in ("copy-a", "copy-b") for place in ("made-2", "made-3")
    ]


def test_a_picture_with_two_findings_of_a_kind_counts_once():
    one = found(np.array([0, 0, 2]), np.array([0, 0, 2]))
    assert tally(one, np.array(["train", "val", "test"])) == {
        **{"train": 1, "val": 0, "test": 1},
        **{"pictures": 2, "groups": 2},
    }


def test_a_dataset_without_pictures_left_has_no_findings(made):
    assert list(lines(Findings(made))) == []


@pytest.fixture
def audited(out):
    with new_audit(out, overwrite=False) as folder:
        for name in ("findings.csv", "audit.json"):
            (folder / name).write_text("first")
    return out


def test_an_audit_is_replaced_only_where_that_is_asked_for(audited):
    with (
        pytest.raises(DataError, match="holds an audit already"),
        new_audit(audited, overwrite=False),
    ):
        pass
    with new_audit(audited, overwrite=True) as folder:
        (folder / "findings.csv").write_text("second")
    assert [path.name for path in audited.iterdir()] == ["findings.csv"]


@pytest.mark.parametrize("name", ["mine.csv", "manifest.csv"])
def test_a_folder_that_holds_more_than_an_audit_is_never_replaced(audited, name):
    (audited / name).write_text("kept")
    with pytest.raises(DataError, match=f"it holds {name}"), new_audit(audited, overwrite=True):
        pass
    assert (audited / name).read_text() == "kept"
    assert (audited / "findings.csv").read_text() == "first"


def test_an_interrupted_audit_leaves_what_was_there(audited):
    def interrupted():
        with new_audit(audited, overwrite=True) as folder:
            (folder / "findings.csv").write_text("second")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (audited / "findings.csv").read_text() == "first"
    assert [path.name for path in audited.parent.iterdir()] == [audited.name]


def test_another_folder_is_no_dataset_to_replace(out):
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"it has no manifest\.csv"), new_dataset(out, True):
        pass
    assert (out / "notes.txt").read_text() == "mine"


def test_a_dataset_is_neither_written_into_nor_around(tmp_path):
    for out in (tmp_path / "a", tmp_path / "a/b/c", tmp_path, tmp_path / "b/../a/x"):
        with pytest.raises(UsageError, match="must stay as it is"):
            check_outside(out, tmp_path / "z", tmp_path / "a")
    check_outside(tmp_path / "ab", tmp_path / "a")
