"""How much settings mattered: known answers, and notes where nothing can be said."""

from collections.abc import Callable

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from mien.training.tuning.importance import importance


def _trials(count: int, value: Callable[[float, str], float]) -> list[FrozenTrial]:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(count):
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        study.tell(trial, value(x, trial.suggest_categorical("kind", ["a", "b"])))
    return study.trials


def test_the_setting_that_decides_has_nearly_all_the_importance() -> None:
    found = importance(_trials(30, lambda x, kind: (x - 0.3) ** 2))
    assert list(found["values"]) == ["x", "kind"]
    assert found["values"]["x"] > 0.9
    assert sum(found["values"].values()) == pytest.approx(1, abs=1e-3)
    assert found["n"] == 30
    other = importance(_trials(30, lambda x, kind: 0.01 * x + (kind == "a")))
    assert next(iter(other["values"])) == "kind"


def test_the_same_trials_have_the_same_importance() -> None:
    trials = _trials(12, lambda x, kind: x)
    assert importance(trials) == importance(trials)


def test_pruned_and_failed_trials_do_not_count() -> None:
    trials = _trials(12, lambda x, kind: x)
    for trial in trials[:3]:
        trial.state = TrialState.PRUNED
    found = importance(trials)
    assert found["n"] == 9
    assert "9 finished trials are too few" in found["note"]
    assert "values" not in found


def test_a_constant_value_or_a_single_setting_has_a_note() -> None:
    assert "same value" in importance(_trials(12, lambda x, kind: 1.0))["note"]
    trials = _trials(12, lambda x, kind: x)
    for trial in trials:
        trial.params = {"x": trial.params["x"]}
    assert "only one setting" in importance(trials)["note"]
    assert importance([])["n"] == 0
