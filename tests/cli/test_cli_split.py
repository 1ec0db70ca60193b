import csv
from pathlib import Path

import pytest
from made_sets import broken, make, people, picture
from typer.testing import CliRunner

from mien.cli.main import app
from mien.datasets.prepared import PreparedSet


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    sides = ["train"] * 40 + ["val"] * 10 + ["test"] * 10
    pictures = [picture(f"p{n}", n, ("anger", "fear")[n % 2], s) for n, s in enumerate(sides)]
    make(tmp_path / "set", [*pictures, broken("bad")])
    make(tmp_path / "people", people(12))
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["data", *map(str, words)])


def rows(path):
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def said(result):
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_without_options_the_own_split_is_written(here):
    result = call("split", "set", "split.csv")
    assert result.exit_code == 0, result.stderr
    found, opened = rows("split.csv"), PreparedSet.open("set")
    assert list(found[0]) == ["id", "sha256", "split"]
    assert [row["split"] for row in found] == opened.split[opened.where()].tolist()
    assert found[3]["sha256"] == opened.manifest.hashes[3].decode()
    assert len(found) == 60
    assert "train 20 20 40" in said(result)
    assert "wrote 60 pictures to split.csv" in said(result)


def test_a_dealt_split_is_the_one_that_prepare_deals(here):
    before = sorted(p.name for p in Path("set").iterdir())
    assert call("split", "set", "split.csv", "--split", "60/20/20", "--seed", 4).exit_code == 0
    assert sorted(p.name for p in Path("set").iterdir()) == before
    call("prepare", "set", "dealt", "--split", "60/20/20", "--seed", 4)
    call("prepare", "set", "filed", "--split", "split.csv")
    dealt, filed = PreparedSet.open("dealt"), PreparedSet.open("filed")
    readable = dealt.where()
    assert filed.split[readable].tolist() == dealt.split[readable].tolist()
    assert [row["split"] for row in rows("split.csv")] == dealt.split[readable].tolist()
    assert filed.record["split"] == "as in split.csv"


def test_people_are_kept_together(here):
    result = call("split", "people", "split.csv", "--split", "60/20/20")
    assert "by subject" in result.stdout
    side = {row["id"]: row["split"] for row in rows("split.csv")}
    for person in range(12):
        assert len({side[f"p{person:02d}-{n}"] for n in range(4)}) == 1
    loose = call("split", "people", "loose.csv", "--split", "60/20/20", "--by", "picture")
    assert "by subject" not in loose.stdout


def test_folds_are_of_training_pictures_alone(here):
    result = call("split", "set", "folds.csv", "--folds", 4, "--repeats", 2)
    assert result.exit_code == 0, result.stderr
    found = rows("folds.csv")
    assert list(found[0]) == ["id", "sha256", "fold_0", "fold_1"]
    assert [row["id"] for row in found] == [f"p{n}" for n in range(40)]
    assert {row["fold_0"] for row in found} == set("0123")
    assert "0.0 5 5 10" in said(result)
    assert "1.3 5 5 10" in said(result)


def test_a_folds_file_is_no_split(here):
    call("split", "set", "folds.csv", "--folds", 4)
    result = call("prepare", "set", "out", "--split", "folds.csv")
    assert result.exit_code == 1
    assert "folds.csv is no split file: expected the columns id, sha256, split" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("set", "x.csv", "--split=60/20/20", "--folds=3"), 2, "expected one of the two"),
        (("set", "x.csv", "--repeats=3"), 2, "--repeats: expected together with --folds"),
        (("set", "x.csv", "--by=subject"), 2, "--by: expected together with"),
        (("set", "x.csv", "--split=60/60/20"), 2, "sum to 100"),
        (("set", "x.csv", "--split=there.csv"), 2, "that is a split file already"),
        (("set", "there.csv"), 2, "there.csv exists: name another file, or add --overwrite"),
        (("set", "set/manifest.csv", "--overwrite"), 2, "lies in the dataset, which stays"),
        (("set", "x.csv", "--split=60/20/20", "--by=subject"), 1, "does not say who is in"),
        (("set", "x.csv", "--folds=3", "--by=subject"), 1, "does not say who is in"),
        (("set", "x.csv", "--folds=1"), 1, "expected 2 or more"),
        (("set", "x.csv", "--folds=41"), 1, "expected at least 41 groups"),
        (("people", "x.csv", "--folds=13"), 1, "by subject, copies and near copies and films kept"),
        (("set", "x.csv", "--split=halves"), 1, "halves cuts the test pictures of a source"),
        (("none", "x.csv"), 1, "none: no such folder"),
    ],
)
def test_what_cannot_be_done_is_one_line(here, words, code, message):
    (here / "there.csv").touch()
    result = call("split", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (here / "x.csv").exists()
    assert PreparedSet.open("set")


def test_a_file_is_replaced_when_asked(here):
    (here / "there.csv").touch()
    assert call("split", "set", "there.csv", "--overwrite").exit_code == 0
    assert len(rows("there.csv")) == 60
