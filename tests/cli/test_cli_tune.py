"""``mien tune``: from a YAML file to the best experiment, and what is refused."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("optuna")

from mien.cli.main import app
from mien.config import Experiment
from mien.training.tuning.plan import plan
from mien.training.tuning.space import check

RUN = CliRunner()
CONFIGS = Path(__file__).parent.parent.parent / "configs"


@pytest.fixture
def config(drawn_set: Path, tmp_path: Path) -> Path:
    values = {
        "data": {"path": str(drawn_set), "heads": ["ferplus"]},
        "preprocess": {"size": 24},
        "model": {"name": "lenet"},
        "train": {"epochs": 1, "batch_size": 32, "monitor": "val_accuracy", "show_faces": 0},
        "tune": {"trials": 2, "space": {"optimizer.lr": {"low": 0.001, "high": 0.1, "log": True}}},
    }
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def _run(*words: Any) -> Any:
    return RUN.invoke(app, ["tune", *map(str, words)])


def test_a_study_is_run_told_and_its_best_settings_can_be_trained(
    config: Path, tmp_path: Path
) -> None:
    out = tmp_path / "study"
    first = _run(config, "--out", out)
    assert first.exit_code == 0, first.output
    lines = first.stdout.splitlines()
    assert lines[0] == "small: 2 of 2 trials to do; a line follows as each ends"
    assert lines[1].startswith("trial 0: val_accuracy 0.")
    assert lines[3] == f"2 of 2 trials (2 finished); study: {out}"
    assert lines[4].startswith("best: trial ")
    assert "importance: 2 finished trials are too few" in first.stdout
    assert lines[-1] == f"train it: mien train {out / 'best.yaml'}"
    assert {p.name for p in out.iterdir()} == {
        "best.yaml", "history.png", "importance.png", "study.db", "study.json", "trials",
        "trials.csv",
    }  # fmt: skip
    longer = _run(config, "--out", out, "--trials", 3, "--study", "small")
    again = longer.stdout.splitlines()
    assert again[0].startswith("going on with small: 1 of 3 trials to do; ")
    assert again[1].startswith("trial 2: ")
    trained = RUN.invoke(app, ["train", str(out / "best.yaml"), "--out", str(tmp_path / "run")])
    assert trained.exit_code == 0, trained.output
    best = json.loads((out / "study.json").read_text())["best"]["value"]
    assert json.loads((tmp_path / "run" / "state.json").read_text())["best"] == best


def test_an_override_changes_the_experiment_and_the_study(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "s"
    done = _run(config, "tune.trials=1", "tune.sampler=random", "train.batch_size=64", "--out", out)
    assert done.exit_code == 0, done.output
    found = json.loads((out / "study.json").read_text())
    assert found["tune"]["sampler"] == "random"
    assert Experiment.load(out / "trials" / "0000" / "config.yaml").train.batch_size == 64
    other = _run(config, "--out", out)
    assert other.exit_code == 1
    assert "train.batch_size was 64, is 32" in other.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["tune=null"], 2, "expected a section tune"),
        (["tune.space={seed: [1, 2]}"], 2, "picks luck"),
        (["tune.space={optimizer.rate: [1]}"], 2, "optimizer.rate is no setting"),
        (["--trials", "0"], 2, "greater than or equal to 1"),
        (["--workers", "0"], 2, "greater than or equal to 1"),
        (["--storage", "postgresql://me:secret@localhost/x"], 2, "driver installed"),
        (["--storage", "sqlite:////no/such/folder/x.db"], 1, "unable to open database file"),
        (["data.path=nowhere"], 1, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    words: list[str], code: int, said: str, config: Path, tmp_path: Path
) -> None:
    done = _run(config, *words, "--out", tmp_path / "s")
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "secret" not in done.output
    assert "Traceback" not in done.output


def test_trials_that_are_missing_at_the_end_are_told(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mien.training.tuning.study._run", lambda *given: None)
    done = _run(config, "--out", tmp_path / "s")
    assert done.exit_code == 1
    assert "no trial finished" in done.stdout
    assert "2 trials are missing; run the command again" in done.stderr


def test_an_interrupt_tells_how_to_go_on(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mien.training.tuning.study._run", interrupted)
    done = _run(config, "--out", tmp_path / "s")
    assert done.exit_code == 130
    assert "the same command goes on" in done.stderr
    assert (tmp_path / "s" / "study.json").is_file()


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("tune_*.yaml")), ids=lambda path: path.stem)
def test_every_study_that_comes_with_mien_can_be_tuned(path: Path) -> None:
    given = Experiment.load(path)
    check(given)
    made = plan(given)
    assert made.trials >= 20
    assert made.out == Path("runs") / f"{given.name}-tune"
    assert made.storage.endswith(f"{os.sep}{given.name}-tune{os.sep}study.db")
