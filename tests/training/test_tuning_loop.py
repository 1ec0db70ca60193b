"""One trial, really trained: it reports, is stopped in order, and leaves a sound run folder."""

import csv
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna import TrialPruned
from tuning_stand_in import experiment

from mien.config import Experiment
from mien.errors import TrainingError
from mien.runs import RunFolder
from mien.training.tuning import loop


class Always(optuna.pruners.BasePruner):
    """Gives every trial up as soon as it is asked."""

    def prune(self, study: Any, trial: Any) -> bool:
        return True


def _asked() -> tuple[optuna.Study, optuna.Trial]:
    study = optuna.create_study(direction="maximize", pruner=Always())
    return study, study.ask()


def _given(data: Path, **changes: Any) -> Experiment:
    changes = {"train.epochs": 2, "tune": None, "train.show_faces": 0, **changes}
    return experiment(data).changed(changes)


def test_a_trial_that_is_given_up_stops_after_its_epoch_is_whole(
    drawn_set: Path, tmp_path: Path
) -> None:
    study, asked = _asked()
    with pytest.raises(TrialPruned, match="after 1 epoch"):
        loop.train(asked, _given(drawn_set), tmp_path / "r", protected=False, bar=False)
    run = RunFolder.open(tmp_path / "r")
    state = run.read_state()
    assert (state["status"], state["epochs"]) == ("pruned", 1)
    with run.metrics.open() as file:
        rows = list(csv.DictReader(file))
    reported = study.trials[0].intermediate_values
    assert reported == {0: pytest.approx(float(rows[0]["val_accuracy"]), abs=1e-6)}
    assert run.best.is_file()
    assert not run.last.exists()


def test_a_protected_trial_is_never_stopped_and_its_value_is_the_best_epochs(
    drawn_set: Path, tmp_path: Path
) -> None:
    study, asked = _asked()
    found = loop.train(asked, _given(drawn_set), tmp_path / "r", protected=True, bar=False)
    state = RunFolder.open(tmp_path / "r").read_state()
    assert (state["status"], state["epochs"]) == ("finished", 2)
    assert not RunFolder(tmp_path / "r").last.exists()
    reported = study.trials[0].intermediate_values
    assert found == state["best"] == max(reported.values())
    assert sorted(reported) == [0, 1]


def test_a_trial_whose_epochs_are_over_has_finished_however_bad(
    drawn_set: Path, tmp_path: Path
) -> None:
    _, asked = _asked()
    given = _given(drawn_set, **{"train.epochs": 1})
    assert 0 <= loop.train(asked, given, tmp_path / "r", protected=False, bar=False) <= 1


def test_a_loss_that_is_no_number_comes_through_as_what_it_is(
    drawn_set: Path, tmp_path: Path
) -> None:
    _, asked = _asked()
    given = _given(drawn_set, **{"optimizer.name": "sgd", "optimizer.lr": 1e30})
    with pytest.raises(TrainingError, match="loss became"):
        loop.train(asked, given, tmp_path / "r", protected=True, bar=False)
    run = RunFolder.open(tmp_path / "r")
    assert run.read_state()["status"] == "failed"
    assert not run.last.exists()


def test_a_trial_that_fails_after_an_epoch_leaves_no_checkpoint(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, asked = _asked()

    def fail(self: Any, trainer: Any, pl_module: Any) -> None:
        if trainer.current_epoch == 1:
            assert RunFolder(tmp_path / "r").last.is_file()
            raise TrainingError("the loss became nan")

    monkeypatch.setattr(loop.Pruning, "on_train_epoch_start", fail)
    with pytest.raises(TrainingError, match="became nan"):
        loop.train(asked, _given(drawn_set), tmp_path / "r", protected=True, bar=False)
    assert not RunFolder(tmp_path / "r").last.exists()


def test_a_measure_that_is_no_number_is_never_reported() -> None:
    import torch

    study, asked = _asked()
    pruning = loop.Pruning(asked, "val_macro_f1")
    trainer: Any = type("Trainer", (), {"current_epoch": 0})()
    trainer.callback_metrics = {"val_macro_f1": torch.tensor(float("nan"))}
    with pytest.raises(TrainingError, match="val_macro_f1 is nan after epoch 1"):
        pruning.on_validation_end(trainer, None)  # type: ignore[arg-type]
    assert study.trials[0].intermediate_values == {}
