"""Predictions that somebody edited: refused with what was expected, what came, and the ids."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_predictions import made

from mien.errors import DataError
from mien.evaluation.predictions import Predictions

N = 12
HEAD = "probabilities_fer2013"


def edited(path: Path, name: str, change: Any) -> Path:
    """Write predictions with one array changed; ``change`` is a function of it, or None."""
    made(N).save(path)
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
        Predictions.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_heads_without_a_class_of_the_labels_are_told_from_others() -> None:
    from dataclasses import replace

    from mien.evaluation.predictions import Answers

    both = made(N)
    contempt = Answers(("contempt",), np.ones((N, 1), np.float32))
    both = replace(both, heads={"one": contempt, **both.heads})
    assert both.scored_heads() == ["fer2013"]
    with pytest.raises(DataError, match=r"ours knows contempt: .*found none in made test"):
        replace(both, heads={"one": contempt}).scored_heads()
