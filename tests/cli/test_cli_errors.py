"""``mien errors``, from predictions, a run, a model file and a cross-validation."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from made_errors import noisy
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from mien.cli.errors import errors
from mien.cli.main import Commands
from mien.evaluation.stored import write_predictions
from mien.runs import write_json

app = typer.Typer(cls=Commands, pretty_exceptions_enable=False, rich_markup_mode=None)
app.callback()(lambda: None)
app.command()(errors)
RUN = CliRunner()


def run(*words: object, code: int = 0) -> str:
    result = RUN.invoke(app, ["errors", *map(str, words)])
    said = " ".join(f"{result.stdout} {result.stderr}".split())
    assert result.exit_code == code, said
    assert "Traceback" not in said
    return said


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "evaluation" / "made-test" / "predictions.npz"
    write_predictions(noisy(210, 0.2)[0], path)
    return path


def account(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "errors.json").read_text()))


def test_predictions_alone_give_numbers_beside_them(kept: Path) -> None:
    pytest.importorskip("cleanlab")
    said = run(kept)
    assert "note: predictions hold no picture" in said
    assert "answers are the label" in said
    assert "base rate: all rows" in said
    assert "learnt such votes" not in said
    assert "publish" not in said + (kept.parent / "errors.html").read_text()
    names = {path.name for path in kept.parent.iterdir()}
    assert {"errors.json", "errors.html", "label_errors.csv", "predictions.npz"} <= names
    found = account(kept.parent)
    assert found["label_errors"]["flagged"] > 20  # type: ignore[index]


def test_a_model_that_learnt_votes_is_told_below_their_check(tmp_path: Path) -> None:
    pytest.importorskip("cleanlab")
    predictions = noisy(210, 0.2)[0]
    heads = {**predictions.heads, "ferplus": predictions.heads["fer2013"]}
    write_predictions(replace(predictions, heads=heads), tmp_path / "both.npz")
    said = run(tmp_path / "both.npz")
    assert "note: this model learnt such votes of other pictures (head ferplus), so the " in said


def test_files_of_another_name_get_a_folder_of_their_own(kept: Path, tmp_path: Path) -> None:
    peer = kept.rename(tmp_path / "peer.npz")
    run(peer, "--no-label-errors")
    assert account(tmp_path / "peer-evaluation" / "made-test")["label_errors"] == {
        "left_out": "it was not asked for"
    }


def test_a_run_is_shown_with_its_pictures(small_run: Path, tmp_path: Path) -> None:
    said = run(small_run, "--out", tmp_path, "--no-label-errors")
    assert "head ferplus against FER+ labels" in said
    assert (tmp_path / "ten_ferplus.png").is_file()
    assert "data:image/png" in (tmp_path / "errors.html").read_text()
    assert "show pictures of the dataset; do not publish them" in said
    assert "pictures of the dataset: do not publish it" in (tmp_path / "errors.html").read_text()


def test_other_data_of_the_same_name_is_not_written_over(kept: Path, tmp_path: Path) -> None:
    peer = kept.rename(tmp_path / "peer.npz")
    there = tmp_path / "peer-evaluation" / "made-test"
    write_json(there / "metrics.json", {"data": {"sha256": "other"}})
    run(peer, "--no-label-errors")
    assert [path.name for path in there.iterdir()] == ["metrics.json"]
    assert (tmp_path / "peer-evaluation" / "made-test-bbbbbbbb" / "errors.json").is_file()


def test_a_crossvalidation_is_pooled_and_counts_as_held_out(
    drawn_set: Path, small_run: Path, tmp_path: Path
) -> None:
    pytest.importorskip("cleanlab")
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.answering import open_model

    prepared, model = PreparedSet.open(drawn_set), open_model(small_run)
    for fold, rows in enumerate(np.array_split(prepared.where("train"), 2)):
        path = tmp_path / f"fold-{fold}" / "predictions.npz"
        write_predictions(model.on(prepared, rows, "train"), path)
    plan = {"paths": {"data.path": str(drawn_set)}, "dealing": {"folds": 2, "repeats": 1}}
    write_json(tmp_path / "plan.json", plan)
    write_json(tmp_path / "crossval.json", {})
    run(tmp_path, "--label-errors")
    found = account(tmp_path / "evaluation" / "drawn-train")
    assert found["label_errors"]["n"] == 192  # type: ignore[index]


def test_the_training_split_is_searched_only_where_it_was_held_out(tmp_path: Path) -> None:
    pytest.importorskip("cleanlab")
    path = tmp_path / "predictions.npz"
    write_predictions(noisy(210, 0.2, split="train")[0], path)
    said = run(path)
    assert "label errors not looked for: these are answers on the train split" in said
    assert not (tmp_path / "label_errors.csv").exists()
    assert "answers on the train split" in run(path, "--label-errors", code=1)
    run(path, "--label-errors", "--held-out")
    assert (tmp_path / "label_errors.csv").exists()


def test_without_cleanlab_the_rest_is_done_unless_labels_were_asked_for(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    said = run(kept)
    assert 'pip install -e ".[clean]"' in said
    assert (kept.parent / "errors.html").is_file()
    (kept.parent / "errors.html").unlink()
    assert 'pip install -e ".[clean]"' in run(kept, "--label-errors", code=2)
    assert not (kept.parent / "errors.html").exists()


def test_without_matplotlib_the_install_line_is_named(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    hidden = lambda name, *a: None if name == "matplotlib" else real(name, *a)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    assert 'pip install -e ".[train]"' in run(kept, code=2)


def test_wrong_names_are_refused_before_anything_is_written(kept: Path) -> None:
    assert "unknown head 'x'; known: fer2013" in run(kept, "--head", "x", code=2)
    said = run(kept, "--protocol", "x", code=2)
    assert "unknown protocol of head fer2013 'x'; known: fer2013, ferplus_majority_with" in said
    assert [path.name for path in kept.parent.iterdir()] == ["predictions.npz"]


def test_damaged_predictions_and_other_datasets_are_refused(
    kept: Path, drawn_set: Path, tmp_path: Path
) -> None:
    said = run(kept, "--data", drawn_set, code=1)
    assert "210 of 210 pictures are not in" in said
    kept.write_bytes(b"half")
    assert "expected the predictions.npz" in run(kept, code=1)
    assert "found no config.yaml" in run(tmp_path, code=1)


def test_nothing_is_written_into_the_dataset(small_run: Path, drawn_set: Path) -> None:
    said = run(small_run, "--out", drawn_set / "errors", "--no-label-errors", code=2)
    assert "lies in" in said
    assert not (drawn_set / "errors").exists()
