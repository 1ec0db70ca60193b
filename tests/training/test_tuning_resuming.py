"""Studies that are interrupted, killed, made longer, or shared with other processes."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState, create_trial
from tuning_stand_in import Training, experiment, installed, made, tried, tuned

from mien.config import Experiment
from mien.training.tuning import ledger, sampling
from mien.training.tuning.plan import Plan, plan


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    return installed(monkeypatch)


def _begin(given: Plan, process: list[str]) -> None:
    """Put a running trial of another process into a study."""
    running = create_trial(state=TrialState.RUNNING, user_attrs={"process": process})
    sampling.open_study(given).add_trial(running)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_study_goes_on_as_if_nothing_had_been(
    number: int, training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    whole = tuned(made(drawn_set, tmp_path / "whole", trials=8, startup_trials=2))

    def interrupt(given: Experiment, out: Path) -> None:
        if given.name.endswith("t0005"):
            os.kill(os.getpid(), number)

    training(interrupt)
    given = made(drawn_set, tmp_path / "cut", trials=8, startup_trials=2)
    with pytest.raises(KeyboardInterrupt):
        tuned(given)
    record = json.loads((given.out / "study.json").read_text())
    assert [trial["state"] for trial in record["trials"]] == ["finished"] * 5 + ["interrupted"]
    assert Experiment.load(given.out / "best.yaml").name == "small-best"
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    found = tuned(given)
    assert len(found["trials"]) == 9
    assert tried(found) == tried(whole)


def test_a_study_can_be_made_longer_and_one_that_is_done_is_left_alone(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    whole = tuned(made(drawn_set, tmp_path / "whole", trials=6))
    short = tuned(made(drawn_set, tmp_path / "s", trials=3))
    assert tried(short) == tried(whole)[:3]
    longer = plan(experiment(drawn_set, trials=3), tmp_path / "s", trials=6)
    assert tried(tuned(longer)) == tried(whole)
    assert len(tuned(longer)["trials"]) == 6


def test_trials_of_a_killed_process_are_given_up_at_the_next_start(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    given = made(drawn_set, tmp_path, trials=3)
    _begin(given, [ledger.here()[0], "1", "long ago"])
    found = tuned(given)
    assert [trial["state"] for trial in found["trials"]] == ["interrupted"] + ["finished"] * 3


def test_trials_that_run_elsewhere_count(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    given = made(drawn_set, tmp_path, trials=3)
    _begin(given, ["another machine", "1", "1"])
    found = tuned(given)
    assert [trial["state"] for trial in found["trials"]] == ["running"] + ["finished"] * 2


def test_a_trial_that_another_process_gave_up_is_left_as_it_is(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    given = made(drawn_set, tmp_path, trials=2)

    def give_up(experiment: Experiment, out: Path) -> None:
        if out.name == "0000":
            sampling.open_study(given).tell(0, state=TrialState.FAIL)

    training(give_up)
    states = [trial["state"] for trial in tuned(given)["trials"]]
    assert states == ["interrupted", "finished", "finished"]


def test_the_last_trial_is_not_trained_twice(
    training: Training, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = made(drawn_set, tmp_path, trials=2)
    counted, blind = ledger.counted, iter([0, 1, 1])

    def one_too_few(trials: Any, before: int | None = None) -> int:
        return counted(trials, before) if before is not None else next(blind, 2)

    tuned(given)
    monkeypatch.setattr(ledger, "counted", one_too_few)
    found = tuned(given)
    states = [trial["state"] for trial in found["trials"]]
    assert states == ["finished"] * 2 + ["surplus"] * 2
    assert len(list((tmp_path / "trials").iterdir())) == 2
