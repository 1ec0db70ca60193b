import csv
import json
import sys

import pytest
from made_findings import FOUND, blocks, made_set, one_of_each, picture
from typer.testing import CliRunner

from mien.cli.data import app
from mien.cli.data.audit import face_finder
from mien.errors import DataError, PreparedDataError, UsageError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_set(tmp_path_factory.mktemp("sets") / "made", one_of_each())


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["audit", *map(str, words)])


def cells(text):
    """Rows of tables as name → numbers; names have no number in them."""
    rows = {}
    for line in text.splitlines():
        words = line.replace(",", "").split()
        numbers = [int(word) for word in words if word.isdigit()]
        rows[" ".join(word for word in words if not word.isdigit())] = numbers
    return rows


def test_findings_stand_below_the_counts_and_are_no_failure(here, made):
    result = call(made.root)
    assert result.exit_code == 0, result.exception
    rows = cells(result.stdout)
    assert rows["pictures"] == [27]
    assert rows["test in train"] == [2]
    assert rows["copy_across_splits"] == [2, 0, 2, 4, 2]
    assert rows["near_copy_across_splits"] == [1, 2, 1, 4, 2]
    assert rows["too_dark"] == [1, 0, 0, 1]
    assert "not looked for: no_face (the face detector was not asked)" in result.stdout
    for name in ("copies, labels, sizes, people", "light and sharpness", "near copies"):
        assert f" s: {name}" in result.stdout
    assert list(here.iterdir()) == []


def test_without_near_copies_none_are_looked_for(here, made):
    result = call(made.root, "--no-near")
    assert "not looked for: near_copy (near copies were not asked for)" in result.stdout
    assert " s: near copies" not in result.stdout


def test_out_holds_table_summary_and_page(here, made):
    result = call(made.root, "--out", "looked", "--no-near")
    assert "wrote looked/gallery.html" in result.stdout
    assert sorted(path.name for path in (here / "looked").iterdir()) == [
        *("audit.json", "findings.csv", "gallery.html")
    ]
    with (here / "looked/findings.csv").open(newline="") as file:
        found = [(row["kind"], row["id"]) for row in csv.DictReader(file)]
    assert found == [
        (kind, name)
        for kind, names in FOUND.items()
        for name in names
        if not kind.startswith("near_")
    ]
    summary = json.loads((here / "looked/audit.json").read_text())
    assert summary["dataset"]["manifest_sha256"] == made.sha256
    assert [path.name for path in here.iterdir()] == ["looked"]


def test_an_audit_is_replaced_with_overwrite_only(here, made):
    assert call(made.root, "--out", "looked", "--no-near").exit_code == 0
    assert isinstance(call(made.root, "--out", "looked", "--no-near").exception, DataError)
    again = call(made.root, "--out", "looked", "--no-near", "--overwrite")
    assert again.exit_code == 0


def test_out_is_no_dataset_and_not_inside_one(here, made):
    for out in (made.root, made.root / "audit"):
        error = call(made.root, "--out", out, "--overwrite").exception
        assert isinstance(error, UsageError)
        assert "must stay as it is" in str(error)
    assert not (made.root / "audit").exists()


def test_what_is_no_dataset_leaves_nothing_behind(here):
    assert isinstance(call("none", "--out", "looked").exception, PreparedDataError)
    assert list(here.iterdir()) == []


def test_an_interruption_leaves_nothing_behind(here, made, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("mien.report.gallery.write_page", interrupted)
    assert call(made.root, "--out", "looked", "--no-near").exit_code != 0
    assert list(here.iterdir()) == []


def test_other_datasets_can_be_named_several_times(here, made):
    for name, seed in (("one", 1), ("two", 13)):
        made_set(here / name, [picture("u", "test", "fear", blocks(seed))], name)
    result = call(made.root, "--no-near", "--against", "one", "--against", "two", "--out", "o")
    assert result.exit_code == 0, result.exception
    assert cells(result.stdout)["copy_across_sets"] == [3, 0, 0, 3, 2]
    with (here / "o/findings.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "copy_across_sets"]
    assert [(r["id"], r["other_set"], r["other_split"]) for r in rows] == [
        ("copy-a", "one", "test"),
        ("copy-b", "one", "test"),
        ("ann-a", "two", "test"),
    ]


def test_faces_are_looked_for_on_demand(here, made, monkeypatch):
    monkeypatch.setattr(
        sys.modules["mien.cli.data.audit"], "face_finder", lambda: lambda pixels: False
    )
    result = call(made.root, "--no-near", "--faces")
    assert cells(result.stdout)["no_face"] == [16, 4, 6, 26]
    assert " s: faces" in result.stdout


def test_the_detector_sees_no_face_in_squares_and_one_in_a_photograph():
    from importlib.resources import as_file, files

    from mien.datasets.pictures import decode

    with as_file(files("mien") / "data/astronaut.jpg") as path:
        photograph = decode(path.read_bytes())
    has_face = face_finder()
    assert has_face(photograph)
    assert not has_face(blocks(1))
