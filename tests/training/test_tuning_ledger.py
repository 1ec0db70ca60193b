"""Which trials count, which were lost, and when a study has no hope left."""

import os
import subprocess
import sys
from typing import Any

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from mien.config import Tune
from mien.errors import TrainingError
from mien.training.tuning import ledger
from mien.training.tuning.sampling import Repeatable, place, pruner

FAILED: dict[str, Any] = {"state": TrialState.PRUNED, "value": 1.0, "user_attrs": {"reason": "nan"}}
LOST: dict[str, Any] = {"state": TrialState.FAIL}
DONE: dict[str, Any] = {"state": TrialState.COMPLETE, "value": 1.0}
CUT: dict[str, Any] = {"state": TrialState.PRUNED, "value": 1.0}
RUNNING: dict[str, Any] = {"state": TrialState.RUNNING}


def _trials(*kinds: dict[str, Any]) -> list[FrozenTrial]:
    made = [create_trial(**kind) for kind in kinds]
    for number, trial in enumerate(made):
        trial.number = number
    return made


def test_finished_pruned_and_running_trials_count_and_others_do_not() -> None:
    trials = _trials(DONE, FAILED, CUT, LOST, RUNNING)
    assert ledger.counted(trials) == 3
    assert ledger.counted(trials, before=4) == 2
    told = ["finished", "failed", "pruned", "interrupted", "running"]
    assert [ledger.state(trial) for trial in trials] == told


def test_ten_failures_in_a_row_stop_a_study_with_the_last_reason() -> None:
    failed = [FAILED | {"user_attrs": {"reason": f"why {n}"}} for n in range(10)]
    with pytest.raises(TrainingError, match="10 trials in a row failed") as caught:
        ledger.require_hope(_trials(DONE, *failed), 0)
    assert "why 9" in str(caught.value).splitlines()[1]


@pytest.mark.parametrize(
    "kinds",
    [
        [FAILED] * 9,
        [FAILED] * 9 + [DONE],
        [FAILED] * 5 + [CUT] + [FAILED] * 9,
        [FAILED] * 9 + [LOST],
        [FAILED] * 9 + [RUNNING],
    ],
)
def test_fewer_failures_or_a_good_trial_among_them_do_not(kinds: list[dict[str, Any]]) -> None:
    ledger.require_hope(_trials(*kinds), 0)


def test_failures_before_this_start_are_not_held_against_it() -> None:
    trials = _trials(*[FAILED] * 12)
    with pytest.raises(TrainingError):
        ledger.require_hope(trials, 2)
    ledger.require_hope(trials, 3)


def test_a_running_trial_whose_process_is_gone_is_given_up() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    dead = [ledger.here()[0], str(process.pid), ledger._began(process.pid)]
    assert dead[2]
    process.communicate()
    study = optuna.create_study()
    for owner in (dead, ledger.here(), ["another machine", str(process.pid), "1"]):
        study.ask().set_user_attr("process", owner)
    study.ask()  # killed before it could say whose it is: its heartbeat will stop
    assert ledger.give_up_dead(study) == [0]
    assert [trial.state for trial in study.trials].count(TrialState.RUNNING) == 3
    assert ledger.is_lost(study.trials[0])


def test_a_process_number_that_was_given_again_is_another_process() -> None:
    study = optuna.create_study()
    mine = ledger.here()
    assert mine[1] == str(os.getpid())
    study.ask().set_user_attr("process", [*mine[:2], f"{mine[2]}0"])
    assert ledger.give_up_dead(study) == [0]


def test_a_lost_trial_gives_its_place_to_the_next() -> None:
    trials = _trials(DONE, LOST, DONE, LOST)
    assert place(4, trials) == 2
    assert place(1, trials) == 1
    taken = _trials(DONE, LOST, {**RUNNING, "user_attrs": {"place": 2}})
    assert place(3, taken) == -4


def _study(seed: int, lost_after: int | None = None, **tune: Any) -> list[float]:
    """Return what eight trials tried; one is lost after so many, and all is opened again."""
    storage = optuna.storages.InMemoryStorage()
    settings = Tune(space={"x": [1]}, startup_trials=3, **tune)
    tried: list[float] = []
    while len(tried) < 8:
        sampler = Repeatable(settings, seed)
        study = optuna.create_study(
            storage=storage, sampler=sampler, study_name="s", load_if_exists=True
        )
        sampler.past = study.get_trials(deepcopy=False)
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        if len(sampler.past) == lost_after:
            study.tell(trial, state=TrialState.FAIL)
            continue
        tried.append(x)
        study.tell(trial, (x - 0.3) ** 2)
    return tried


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_the_same_seed_draws_the_same_trials_even_after_an_interruption(sampler: str) -> None:
    assert _study(1, sampler=sampler) == _study(1, sampler=sampler)
    assert _study(1, sampler=sampler, lost_after=5) == _study(1, sampler=sampler)
    assert _study(2, sampler=sampler) != _study(1, sampler=sampler)
    assert len(set(_study(1, sampler=sampler))) == 8


@pytest.mark.parametrize("name", ["median", "hyperband", "none"])
def test_hopeless_trials_are_cut_short_by_every_pruner_but_none(name: str) -> None:
    settings = Tune(space={"x": [1]}, startup_trials=2, pruner=name)  # type: ignore[arg-type]
    study = optuna.create_study(
        study_name="s", direction="maximize", pruner=pruner(settings, epochs=9)
    )
    cut = []
    for value in range(20, 0, -1):
        trial = study.ask()
        for epoch in range(9):
            trial.report(value, epoch)
        cut.append(trial.should_prune())
        study.tell(trial, value)
    assert any(cut) == (name != "none")
    assert not cut[0]
