"""What differs between two experiments, and which of their settings are paths."""

from pathlib import Path
from typing import Any

import pytest

from mien.config import PATHS, Experiment, differences
from mien.config.problems import keys
from mien.config.reading import get

BEFORE: dict[str, Any] = {"a": {"b": 1, "c": [1, 2]}, "d": 2, "e": 3}


def test_each_key_that_differs_has_its_old_and_new_value() -> None:
    now = {"a": {"b": 2, "c": [1, 2]}, "e": 3, "f": {"g": 4}}
    assert list(differences(BEFORE, now)) == [
        ("a.b", 1, 2),
        ("d", 2, None),
        ("f", None, {"g": 4}),
    ]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (BEFORE, []),
        ({**BEFORE, "x": None}, []),
        ({**BEFORE, "a": {"b": 1, "c": [2, 1]}}, [("a.c", [1, 2], [2, 1])]),
        ({**BEFORE, "a": None}, [("a", BEFORE["a"], None)]),
        ({**BEFORE, "a": {"b": {"x": 1}, "c": [1, 2]}}, [("a.b", 1, {"x": 1})]),
    ],
)
def test_a_list_is_one_value_and_a_section_is_not(now: dict[str, Any], found: list[Any]) -> None:
    assert list(differences(BEFORE, now)) == found


def test_two_experiments_differ_in_what_was_changed() -> None:
    given = Experiment(name="x")
    other = given.changed({"optimizer.lr": 0.5, "data.heads": ["ferplus"]})
    assert list(differences(given.to_dict(), other.to_dict())) == [
        ("data.heads", ["fer2013"], ["ferplus"]),
        ("optimizer.lr", 0.1, 0.5),
    ]


def test_the_settings_that_may_be_paths_are_known_and_none_is_forgotten() -> None:
    known = list(keys(Experiment))
    assert set(PATHS) <= set(known)
    looks = ("path", "file", "weights", "pretrained", "folder", "root")
    named = {key for key in known if key.rpartition(".")[2] in looks}
    assert named == set(PATHS)


def test_an_experiment_tells_the_paths_that_it_has() -> None:
    given = Experiment.from_dict({"name": "x", "data": {"path": "a/b"}})
    assert given.paths() == {"data.path": Path("a/b")}
    more = given.changed({"model.pretrained": "imagenet", "model.weights": "c/best.st"})
    assert more.paths() == {"data.path": Path("a/b"), "model.weights": Path("c/best.st")}
    assert "model.pretrained" in more.changed({"model.pretrained": "w.pth"}).paths()
    fold = {"file": "d/folds.csv", "held_out": 1}
    assert given.changed({"data.fold": fold}).paths()["data.fold.file"] == Path("d/folds.csv")


def test_a_value_is_found_by_its_dotted_key() -> None:
    assert get(BEFORE, "a.b") == 1
    assert get(BEFORE, "a.x") is None
    assert get(BEFORE, "d.x") is None
