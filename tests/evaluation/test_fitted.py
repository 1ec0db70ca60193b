"""What was fitted, read again from files that somebody edited."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_predictions import made

from mien.errors import RunError
from mien.evaluation.certainty.calibrate import calibrate
from mien.evaluation.certainty.fitted import for_file, kept, problems


@pytest.fixture(scope="module")
def entry() -> dict[str, Any]:
    return calibrate(made(300, 0.8, split="val"))["fer2013"]


def test_what_calibrate_fitted_is_right_and_so_is_nothing(entry: dict[str, Any]) -> None:
    assert problems(entry) == problems(for_file(entry)) == problems({}) == []


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("temperature", -1, "temperature: expected a number from 0.001 to 1000, found -1"),
        ("temperature", float("nan"), "temperature: expected"),
        ("temperature", True, "temperature: expected"),
        ("temperature", 1e300, "temperature: expected"),
        ("uncertain", {"below": 0.5}, "uncertain: expected below and error from 0 to 1"),
        ("uncertain", {"below": "x", "error": 0.1}, "uncertain: expected below and error"),
        ("uncertain", [1], r"uncertain: expected an object, found \[1\]"),
        ("conformal", {"other": {"0.9": 0.5}}, "conformal: expected q of each coverage for aps"),
        ("conformal", {"lac": {"nine": 0.5}}, "conformal: expected"),
        ("conformal", {"lac": {"1.5": 0.5}}, "conformal: expected"),
        ("conformal", {"lac": {}}, "conformal: expected"),
        ("fitted_on", {"n": 0, "model_sha256": "a"}, "fitted_on: expected n, how many rows"),
        ("fitted_on", {"n": "many", "model_sha256": "a"}, "fitted_on: expected n"),
    ],
)
def test_each_part_is_checked(
    tmp_path: Path, entry: dict[str, Any], part: str, value: Any, said: str
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"fer2013": {**entry, part: value}}))
    with pytest.raises(RunError, match=f"expected what mien calibrate wrote, but: .*{said}"):
        kept(path, "a" * 64)


def test_one_sound_head_does_not_cover_a_damaged_one(tmp_path: Path, entry: dict[str, Any]) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"fer2013": entry, "other": {**entry, "temperature": -1}}))
    with pytest.raises(RunError, match="head other: temperature"):
        kept(path, "a" * 64)


def test_the_heads_are_those_of_the_model(tmp_path: Path, entry: dict[str, Any]) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"fer2013": entry}))
    assert kept(path, "a" * 64, ["fer2013"])
    with pytest.raises(RunError, match="it has the heads fer2013, expected fer2013, ferplus"):
        kept(path, "a" * 64, ["fer2013", "ferplus"])
