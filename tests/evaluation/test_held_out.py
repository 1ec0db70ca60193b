"""Answers of a cross-validation, pooled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_errors import noisy

from mien.errors import DataError, RunError
from mien.evaluation.errors.held_out import is_crossval, of_crossval
from mien.evaluation.errors.label_errors import label_errors
from mien.evaluation.stored import read_predictions, write_predictions
from mien.runs import write_json


def crossval(root: Path, repeats: int = 1, done: bool = True) -> Path:
    predictions, _ = noisy(210, split="train")
    plan = {"paths": {"data.path": "data/made"}, "dealing": {"folds": 3, "repeats": repeats}}
    write_json(root / "plan.json", plan)
    above = root if repeats == 1 else root / "repeat-0"
    for fold in range(3):
        part = predictions.at(np.arange(fold, 210, 3))
        write_predictions(part, above / f"fold-{fold}" / "predictions.npz")
    if done:
        write_json(root / "crossval.json", {})
    return root


@pytest.mark.parametrize("repeats", [1, 2])
def test_the_folds_of_one_repeat_are_pooled(tmp_path: Path, repeats: int) -> None:
    predictions, data = of_crossval(crossval(tmp_path / "cv", repeats))
    assert len(set(predictions.ids.tolist())) == len(predictions) == 210
    assert data == Path("data/made")
    assert label_errors(predictions, held_out=True)[0]["n"] == 210


def test_an_unfinished_one_is_refused(tmp_path: Path) -> None:
    root = crossval(tmp_path / "cv", done=False)
    assert is_crossval(root)
    with pytest.raises(RunError, match=r"has not finished; .*mien crossval --resume"):
        of_crossval(root)
    assert not is_crossval(tmp_path)


def test_damage_is_named(tmp_path: Path) -> None:
    root = crossval(tmp_path / "cv")
    (root / "fold-1" / "predictions.npz").write_bytes(b"half")
    with pytest.raises(DataError, match=r"fold-1.*predictions.npz: expected the predictions.npz"):
        of_crossval(root)
    write_json(root / "plan.json", {"paths": {}})
    with pytest.raises(RunError, match="not a plan that this mien wrote"):
        of_crossval(root)


def test_a_plan_without_folds_and_folds_of_other_heads_are_refused(tmp_path: Path) -> None:
    root = crossval(tmp_path / "cv")
    part = read_predictions(root / "fold-1" / "predictions.npz")
    heads = {"other": next(iter(part.heads.values()))}
    write_predictions(replace(part, heads=heads), root / "fold-1" / "predictions.npz")
    with pytest.raises(RunError, match="expected folds with the same heads and classes"):
        of_crossval(root)
    plan = {"paths": {"data.path": "x"}, "dealing": {"folds": 0, "repeats": 1}}
    write_json(root / "plan.json", plan)
    with pytest.raises(RunError, match="not a plan that this mien wrote: 0 folds"):
        of_crossval(root)
