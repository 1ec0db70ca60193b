"""A study from start to end, with a stand-in for training: what it writes, what fails."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tuning_stand_in import (
    Training,
    diverges_from,
    experiment,
    installed,
    made,
    tried,
    tuned,
    value,
)

from mien.config import Experiment
from mien.errors import ConfigError, RunError, TrainingError
from mien.training import guard
from mien.training.tuning.plan import plan
from mien.training.tuning.study import tune


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    return installed(monkeypatch)


def test_a_study_is_written_with_the_best_experiment_as_yaml(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    found = tune(made(drawn_set, tmp_path / "s", trials=12), say=said.append)
    best = max(found["trials"], key=lambda trial: trial["value"])
    assert found["best"] == best
    assert len(said) == 13  # how many there are to do, then a line a trial
    assert said[4].startswith(f"trial 3: val_accuracy {found['trials'][3]['value']:.4f}, finished")
    written = Experiment.load(tmp_path / "s" / "best.yaml")
    assert written.tune is None
    assert written.name == "small-best"
    assert written.optimizer.lr == best["params"]["optimizer.lr"]
    assert value(written) == best["value"]
    run = Experiment.load(tmp_path / "s" / "trials" / f"{best['number']:04d}" / "config.yaml")
    assert run.changed({"name": "small-best"}) == written
    assert next(iter(found["importance"]["values"])) == "optimizer.lr"
    for name in ("history.png", "importance.png"):
        assert (tmp_path / "s" / name).read_bytes().startswith(b"\x89PNG")


def test_the_record_and_the_table_hold_every_trial(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    training(diverges_from(0.1))
    tuned(made(drawn_set, tmp_path, trials=6))
    found = json.loads((tmp_path / "study.json").read_text())
    assert found["direction"] == "maximize"
    assert found["config"]["train"]["epochs"] == 3
    assert found["space"]["optimizer.name"] == ["adam", "sgd"]
    assert found["environment"]["packages"]["optuna"]
    with (tmp_path / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == list(range(len(found["trials"])))
    for trial, row in zip(found["trials"], rows, strict=True):
        assert row["state"] == trial["state"]
        assert float(row["optimizer.lr"]) == trial["params"]["optimizer.lr"]
        assert (row["reason"] == "the loss became nan") == (trial["params"]["optimizer.lr"] > 0.1)
    done = next(trial for trial in found["trials"] if trial["state"] == "finished")
    assert done["epochs"] == len(done["values"]) == 3
    assert done["values"][-1] == pytest.approx(done["value"])


def test_the_direction_follows_the_monitor(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    given = experiment(drawn_set).changed({"train.monitor": "val_loss"})
    found = tuned(plan(given, tmp_path))
    assert found["direction"] == "minimize"
    assert found["best"]["value"] == min(trial["value"] for trial in found["trials"])


def test_a_failing_trial_is_told_does_not_count_and_the_study_goes_on(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    training(diverges_from(0.03))
    said: list[str] = []
    found = tune(made(drawn_set, tmp_path, trials=5), say=said.append)
    states = [trial["state"] for trial in found["trials"]]
    assert states.count("finished") == 5
    assert "failed" in states
    assert any(line.endswith("why: the loss became nan") for line in said)


def test_a_combination_that_is_no_experiment_fails_with_its_reason(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    space = {"schedule.name": ["cosine", "onecycle"], "schedule.warmup_epochs": [0, 1]}
    found = tuned(plan(experiment(drawn_set, space, trials=12), tmp_path))
    for trial in found["trials"]:
        clash = trial["params"] == {"schedule.name": "onecycle", "schedule.warmup_epochs": 1}
        assert (trial["state"] == "failed") == clash
    assert any("own rise" in (trial["reason"] or "") for trial in found["trials"])


def test_ten_failures_in_a_row_stop_the_study_and_its_record_is_there(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    training(diverges_from(0))
    with pytest.raises(TrainingError, match="the loss became nan"):
        tuned(made(drawn_set, tmp_path))
    found = json.loads((tmp_path / "study.json").read_text())
    assert [trial["state"] for trial in found["trials"]] == ["failed"] * 10
    assert found["best"] is None
    assert not (tmp_path / "best.yaml").exists()
    training(lambda given, out: None)  # mended: the failures before are not held against it
    assert len(tried(tuned(made(drawn_set, tmp_path)))) == 4


def test_a_full_disk_stops_the_study_at_once(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    def full(given: Experiment, out: Path) -> None:
        raise OSError(28, "No space left on device")

    training(full)
    with pytest.raises(OSError, match="No space left"):
        tuned(made(drawn_set, tmp_path))
    assert len(json.loads((tmp_path / "study.json").read_text())["trials"]) == 1


@pytest.mark.parametrize("error", [ConfigError("no such key"), ValueError("odd"), OSError("gone")])
def test_what_no_trial_is_to_blame_for_stops_the_study_and_is_not_swallowed(
    error: Exception, training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    def fail(given: Experiment, out: Path) -> None:
        raise error

    training(fail)
    with pytest.raises((type(error), TrainingError), match=str(error)):
        tuned(made(drawn_set, tmp_path))


def test_room_is_asked_for_once_for_all_trials_that_are_missing(
    training: Training, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def ask(root: Path, given: Experiment, network: Any, runs: int = 1, **others: int) -> None:
        asked.append((root.name, runs))
        if runs > 6:
            raise RunError("make room")

    monkeypatch.setattr(guard, "require_space", ask)
    tuned(made(drawn_set, tmp_path / "s", trials=4))
    tuned(plan(experiment(drawn_set), tmp_path / "s", trials=6))
    tuned(plan(experiment(drawn_set), tmp_path / "s", trials=6))
    assert asked == [("s", 4), ("s", 2)]
    with pytest.raises(RunError, match="make room"):
        tuned(made(drawn_set, tmp_path / "long", trials=7))
    assert not (tmp_path / "long" / "trials").exists()


def test_a_network_that_only_its_space_makes_sound_is_left_to_the_trials(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    given = experiment(drawn_set, {"model.width": [1, 2]})  # lenet takes no ImageNet weights
    given = given.changed({"model.pretrained": "imagenet"})
    assert len(tuned(plan(given, tmp_path))["trials"]) == 4


def test_an_experiment_that_cannot_be_tuned_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        tuned(plan(Experiment(name="plain"), tmp_path / "s"))
    assert not (tmp_path / "s").exists()
