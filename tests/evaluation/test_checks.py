"""What is no answer or cannot be scored: refused with what was expected, what came, and the ids."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_cases import labels, score, sure, votes
from made_predictions import made

from mien.emotions import BASIC
from mien.errors import DataError
from mien.evaluation.stored import read_predictions, write_predictions

N = 12
HEAD = "probabilities_fer2013"


def edited(path: Path, name: str, change: Any) -> Path:
    """Write predictions with one array changed; ``change`` is a function of it, or None."""
    write_predictions(made(N), path)
    with np.load(path) as file:
        arrays = {key: file[key] for key in file.files}
    value = arrays.pop(name, None)
    if change is not None:
        arrays[name] = change(value)
    np.savez_compressed(path, **arrays)
    return path


def about(**changes: Any) -> Any:
    return lambda text: np.array(json.dumps({**json.loads(str(text)), **changes}))


def least(value: float) -> Any:
    """Return a change that takes a little from one class and gives it to another."""

    def change(p: Any) -> Any:
        p[3, 0], p[3, 1] = value, p[3, 0] + p[3, 1] - value
        return p

    return change


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("ids", lambda v: np.arange(N), r"ids: expected text \[12\], found int64 \[12\]"),
        ("ids", lambda v: v.astype("S"), r"ids: expected text \[12\], found \|S"),
        ("ids", lambda v: v[:, None], r"ids: expected text \[12\]"),
        ("ids", lambda v: np.array("a"), "of another kind"),
        ("labels", lambda v: v.astype(float), r"labels: expected whole numbers \[12\], found fl"),
        ("labels", None, "it has no labels"),
        ("copy_in_train", lambda v: v.astype(int), "copy_in_train: expected true or false"),
        ("subjects", lambda v: np.arange(N), r"subjects: expected text \[12\], found int64"),
        ("subjects", lambda v: v[:3], r"subjects: expected text \[12\], found <U1 \[3\]"),
        ("votes", lambda v: np.zeros((N, 8), int), r"votes: expected whole numbers \[12, 10\]"),
        ("votes", lambda v: np.full((N, 10), "x"), r"votes: expected whole numbers \[12, 10\]"),
        ("votes", lambda v: -np.eye(N, 10, dtype=int), r"10 of 12 pictures have votes below 0 \("),
        (HEAD, lambda v: v.astype(str), r"fer2013: probabilities: expected numbers \[12, 7\], f"),
        (HEAD, lambda v: v + 0j, "probabilities: expected numbers .*found complex64"),
        (HEAD, least(-1e-4), r"1 of 12 pictures have a probability below 0 .*\(made-003\)"),
        ("about", None, "it has no about"),
        ("about", lambda v: np.array("[]"), "of another kind"),
        ("about", about(temperatures=["fer2013"]), "of another kind"),
        ("about", about(temperatures={"fer2013": 0}), "temperature: expected a number from"),
        ("about", about(temperatures={"fer2013": "x"}), "temperature: expected a number from"),
        ("about", about(fitted={"fer2013": [1]}), "of another kind"),
        ("about", about(fitted={"fer2013": {"uncertain": {"below": 0.5}}}), "uncertain: expected"),
        ("about", about(split="../../x"), "split '../../x'; expected train, val, test or all"),
        ("about", about(format="1"), "format '1', this mien reads 1"),
    ],
)
def test_an_edited_file_is_refused(tmp_path: Path, name: str, change: Any, said: str) -> None:
    path = edited(tmp_path / "edited.npz", name, change)
    with pytest.raises(DataError, match=said) as caught:
        read_predictions(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(DataError) as caught:
        score(np.ones((2, 3)), BASIC, labels("anger", "contempt"), votes("fear"), np.zeros(2))
    message = str(caught.value)
    assert message.startswith("4 problems:")
    assert "probabilities: expected [2, 7] (labels, classes), found [2, 3]" in message
    assert "labels: expected one or more of the positions [0, 2, 3, 4, 5, 6, 7]" in message
    assert "votes: expected 2 rows (as the labels), found 1" in message
    assert "copy_in_train: expected bool [2], found float64 [2]" in message


@pytest.mark.parametrize("bad", [np.nan, -0.1])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    answers = sure(BASIC, "anger")
    answers[0, 1] = bad
    with pytest.raises(DataError, match="expected numbers from 0 to 1, found negative ones or NaN"):
        score(answers, BASIC, labels("anger"))
