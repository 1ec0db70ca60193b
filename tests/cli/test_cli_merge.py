import json

import pytest
from made_sets import broken, make, noise, picture, votes_for
from typer.testing import CliRunner

from mien.cli.main import app


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    first = [
        picture("a", 1, "anger", votes=votes_for(anger=9)),
        picture("b", 2, "fear", "val", votes=votes_for(anger=5, fear=5)),
        picture("c", 3, "fear", "test"),
    ]
    second = [
        picture("a", 10, "anger", pixels=noise(10, 12, 3)),
        picture("x", 2, "fear", "test"),
        picture("y", 3, "contempt"),
        broken("z"),
    ]
    make(tmp_path / "one", first, name="fer2013")
    make(tmp_path / "two", second, name="web", label_set="eight")
    return tmp_path


def call(*words):
    return CliRunner().invoke(app, ["data", *map(str, words)])


def lines(result):
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_merge_prints_what_came_from_where(here):
    result = call("merge", "one", "two", "--out", "both")
    assert result.exit_code == 0, result.stderr
    said = lines(result)
    assert "origin anger contempt fear all" in said
    assert "fer2013 1 0 2 3" in said
    assert "web 1 1 1 3" in said
    assert "train 2 1 0 3" in said
    assert "fer2013 and web 2 2 2 2" in said
    assert "labels: eight" in said
    assert "split: fer2013: as in the source; web: as in the source" in said
    assert "merged 7 pictures in both" in said
    assert any("2 picture(s) lie in both sets and in two splits" in line for line in said)
    assert any(
        "1 pictures (2 with their copies) carry different labels; of 1" in line for line in said
    )
    assert any(line.startswith("note: the pictures have 2 different shapes") for line in said)
    assert result.stderr == ""


def test_what_is_left_out_is_printed(here):
    result = call("merge", "one", "two", "--out", "both", "--labels", "ferplus", "--classes=common")
    said = lines(result)
    assert "left out of fer2013: 1 (no label has more than half of the votes)" in said
    assert "left out of web: 1 (of another class)" in said
    assert "no copies carry different labels" in said


def test_options_reach_the_dataset(here):
    words = ("--size", 8, "--grey", "--name", "mine", "--conflicts", "drop")
    result = call("merge", "one", "two", "--out", "both", *words)
    assert result.exit_code == 0, result.stderr
    record = json.loads((here / "both/dataset.json").read_text())
    assert record["name"] == "mine"
    assert record["framing"]["size"] == 8
    assert record["merged"]["asked"]["conflicts"] == "drop"
    assert record["merged"]["conflicts"]["left_out"] == 2
    assert "different shapes" not in result.stdout


def test_a_new_split_is_dealt_when_asked(here):
    make(here / "three", [picture(f"p{n}", 100 + n) for n in range(20)], name="more")
    result = call("merge", "one", "three", "--out", "both", "--split", "60/20/20", "--seed", 3)
    assert "split: train 60 %, val 20 %, test 20 % of all pictures" in result.stdout
    assert "seed 3" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("one",), 2, "a merge takes two or more different prepared datasets, not one"),
        (("one", "one"), 2, "a merge takes two or more different"),
        (("one", "two", "--conflicts", "last"), 2, "conflicts 'last': expected keep, drop"),
        (("one", "two", "--labels", "mine"), 2, "labels 'mine': expected published, ferplus"),
        (("one", "two", "--classes", "bored"), 2, "classes 'bored': expected all, common"),
        (("one", "two", "--split", "1/2"), 2, "split '1/2': expected official"),
        (("one", "two", "--by", "subject"), 2, "by subject tells how pictures are dealt out"),
        (("one", "two", "--split=60/20/20", "--by=subject"), 1, "does not say who is in a picture"),
        (("one", "none"), 1, "none: no such folder"),
        (("one", "."), 1, "is no prepared dataset"),
        (("two", "sad", "--classes=common"), 1, "no class in common"),
        (("two", "sad", "--labels=ferplus"), 1, "none of the sets has FER+ votes"),
    ],
)
def test_what_cannot_be_done_is_one_line(here, words, code, message):
    make(here / "sad", [picture("s", 9, "sadness")], name="sad")
    result = call("merge", *words, "--out", "both")
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stderr.startswith("mien: ")
    assert len(result.stderr.splitlines()) == 1
    assert not (here / "both").exists()
    assert not list(here.glob(".*"))


def test_out_is_needed_and_never_a_set_itself(here):
    assert call("merge", "one", "two").exit_code == 2
    for out in ("one", "one/more"):
        result = call("merge", "one", "two", "--out", out, "--overwrite")
        assert result.exit_code == 2
        assert "must stay as it is" in result.stderr


def test_an_existing_dataset_needs_overwrite(here):
    assert call("merge", "one", "two", "--out", "both").exit_code == 0
    assert call("merge", "one", "two", "--out", "both").exit_code == 1
    assert call("merge", "one", "two", "--out", "both", "--overwrite").exit_code == 0


def test_a_prepared_dataset_is_prepared_again_only_to_change_it(here):
    make(here / "many", [picture(f"p{n}", n) for n in range(20)], name="many", skip_bad=True)
    result = call("prepare", "many", "new", "--split", "60/20/20")
    assert result.exit_code == 0, result.stderr
    assert "many: prepared many (a list)" in result.stdout
    assert json.loads((here / "new/dataset.json").read_text())["reader"] == "prepared"
    same = call("prepare", "many", "other")
    assert same.exit_code == 1
    assert "many is a prepared dataset already: train or evaluate on it" in same.stderr
    assert "one is a prepared" in call("prepare", "one", "other", "--split", "official").stderr


def test_a_prepared_dataset_keeps_its_splits_and_unreadable_lines_when_scaled(here):
    result = call("prepare", "two", "new", "--size", 8, "--grey")
    assert result.exit_code == 0, result.stderr
    record = json.loads((here / "new/dataset.json").read_text())
    assert record["splits"] == {"train": 2, "val": 0, "test": 1}
    assert record["unreadable"] == 1
    make(here / "many", [picture(f"p{n}", n) for n in range(20)], name="many")
    assert call("prepare", "many", "less", "--size", 8).exit_code == 0
    many = json.loads((here / "less/dataset.json").read_text())
    assert many["splits"] == {"train": 20, "val": 0, "test": 0}
    votes = call("prepare", "one", "more", "--size", 8, "--votes", "votes.csv")
    assert votes.exit_code == 1
    assert "votes are joined by row" in votes.stderr
