import csv
import sys

import pytest
from made_findings import blocks, made_set, one_of_each, picture
from typer.testing import CliRunner

from mien.cli.data import app
from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, UnknownNameError, UsageError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_set(tmp_path_factory.mktemp("sets") / "made", one_of_each())


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, list(map(str, words)))


def removed(folder):
    with (folder / "removed.csv").open(newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def test_the_dataset_is_audited_where_no_findings_are_given(here, made):
    result = call("clean", made.root, "out", "--drop", "copy_across_splits, near_copy,too_bright")
    assert result.exit_code == 0, result.exception
    assert removed(here / "out") == ["leak-a", "torn-a", "near-b"]
    lines = {" ".join(line.split()) for line in result.stdout.splitlines()}
    assert {
        "copy_across_splits 2 0 0 2",
        "near_copy 1 0 0 1",
        "too_bright 0 0 0 0",
        "all that goes 3 0 0 3",
        "1 test picture(s) stay; --drop-test drops them too",
        "prepared 24 pictures in out",
    } <= lines


def test_drop_test_and_keep_do_what_they_say(here, made):
    words = ("clean", made.root, "out", "--drop", "copy_across_splits,too_bright")
    assert call(*words, "--drop-test").exit_code == 0
    assert removed(here / "out") == ["leak-a", "torn-a", "bright"]
    assert call(*words, "--keep", "first", "--drop-test", "--overwrite").exit_code == 0
    assert removed(here / "out") == ["leak-b", "torn-b", "bright"]


def test_a_dry_run_writes_nothing(here, made):
    result = call("clean", made.root, "out", "--drop", "constant,blurred", "--dry-run")
    assert result.exit_code == 0
    assert "nothing was written: 2 of 27 pictures would go" in " ".join(result.stdout.split())
    assert list(here.iterdir()) == []


def test_given_findings_count_and_lines_may_have_gone(here, made):
    assert call("audit", made.root, "--out", "looked", "--no-near").exit_code == 0
    path = here / "looked/findings.csv"
    path.write_text(
        path.read_text().replace("exact_copy,copy-b,train,anger,copy-a,copy-a,,train,\n", "")
    )
    words = ("clean", made.root, "out", "--findings", path)
    assert call(*words, "--drop", "exact_copy,constant").exit_code == 0
    assert removed(here / "out") == ["flat"]
    error = call(*words, "--drop", "near_copy", "--overwrite").exception
    assert isinstance(error, UsageError)
    assert "near_copy (near copies were not asked for)" in str(error)


def test_findings_of_another_dataset_are_refused(here, made):
    other = made_set(here / "other", [picture("u", "train", "fear", blocks(1) // 12)])
    assert call("audit", other.root, "--out", "looked", "--no-near").exit_code == 0
    words = ("clean", made.root, "out", "--findings", "looked/findings.csv", "--drop", "too_dark")
    error = call(*words).exception
    assert isinstance(error, DataError)
    assert "findings are of no picture of it, first u" in str(error)
    assert not (here / "out").exists()


def test_unknown_kinds_list_the_choices(here, made):
    error = call("clean", made.root, "out", "--drop", "constant,darkish").exception
    assert isinstance(error, UnknownNameError)
    assert "'darkish'; known: unreadable, constant, wrong_size" in str(error)
    error = call("clean", made.root, "out", "--drop", " , ").exception
    assert isinstance(error, UsageError)
    assert "expected kinds of findings" in str(error)
    assert call("clean", made.root, "out").exit_code == 2


def test_kinds_that_cannot_be_looked_for_here_are_refused(here, made):
    error = call("clean", made.root, "out", "--drop", "constant,copy_across_sets").exception
    assert isinstance(error, UsageError)
    assert "copy_across_sets (no other dataset was named)" in str(error)
    assert "--against" in str(error)


def test_the_dataset_itself_is_refused(here, made):
    for out in (made.root, made.root / "out"):
        error = call("clean", made.root, out, "--drop", "constant", "--overwrite").exception
        assert isinstance(error, UsageError)
    assert PreparedSet.open(made.root).sha256 == made.sha256


def test_no_face_asks_the_detector(here, made, monkeypatch):
    monkeypatch.setattr(
        sys.modules["mien.cli.data.clean"], "face_finder", lambda: lambda pixels: pixels.std() > 0
    )
    assert call("clean", made.root, "out", "--drop", "no_face").exit_code == 0
    assert removed(here / "out") == ["flat"]


def test_info_tells_of_what_was_removed(here, made):
    call("clean", made.root, "out", "--drop", "constant")
    assert "1 of 27 pictures were removed (constant)" in call("info", "out").stdout
