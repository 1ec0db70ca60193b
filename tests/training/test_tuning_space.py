"""Search spaces: what is drawn, what it changes, what is refused before any work."""

from pathlib import Path
from typing import Any

import optuna
import pytest
from tuning_stand_in import experiment

from mien.config import Experiment, Range
from mien.errors import ConfigError
from mien.training.tuning import space


def _drawn(searched: dict[str, Any], count: int = 30) -> list[dict[str, Any]]:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    found = [space.suggest(study.ask(), searched) for _ in range(count)]
    return [space.changes(searched, params) for params in found]


def test_a_range_is_drawn_between_its_ends_evenly_in_factors_where_asked() -> None:
    rates = [d["lr"] for d in _drawn({"lr": Range(low=1e-4, high=1, log=True)}, 200)]
    assert all(1e-4 <= rate <= 1 for rate in rates)
    assert 60 < sum(rate < 1e-2 for rate in rates) < 140


def test_a_step_and_whole_numbers_are_kept() -> None:
    drawn = _drawn(
        {"a": Range(low=0, high=0.3, step=0.1), "b": Range(low=16, high=64, step=16, whole=True)}
    )
    assert {round(d["a"], 6) for d in drawn} == {0, 0.1, 0.2, 0.3}
    assert {d["b"] for d in drawn} == {16, 32, 48, 64}
    assert all(type(d["b"]) is int for d in drawn)


def test_a_list_may_hold_lists_and_whole_sections() -> None:
    choices = [{"name": "adam", "lr": 0.001}, {"name": "sgd", "lr": 0.1}]
    drawn = _drawn({"optimizer": choices, "train.sizes": [[], [16, 24]], "loss.name": ["focal"]})
    assert [d["optimizer"] for d in drawn if d["optimizer"] not in choices] == []
    assert {tuple(d["train.sizes"]) for d in drawn} == {(), (16, 24)}
    assert {d["loss.name"] for d in drawn} == {"focal"}


def test_what_is_drawn_changes_the_experiment(tmp_path: Path) -> None:
    changed = experiment(tmp_path).changed(_drawn({"optimizer.lr": Range(low=0.2, high=0.3)})[0])
    assert 0.2 <= changed.optimizer.lr <= 0.3


@pytest.mark.parametrize(
    ("searched", "said"),
    [
        ({"train.batch_size": {"low": 16, "high": 64}}, "add whole: true"),
        ({"optimizer.lr": {"low": 0, "high": 0.1}}, "greater than 0, not 0.0"),
        ({"optimizer.name": ["adam", "adamx"]}, "not 'adamx'"),
        ({"optimizer.name": ["adam", "sgd", "adam"]}, "names a value twice"),
        ({"optimizer": [{"lr": 1}], "optimizer.lr": [1, 2]}, "searched too"),
        ({"optimizer": [{"rate": 1}]}, "tune.space: optimizer: "),
        ({"seed": [1, 2]}, "picks luck"),
        ({"train.monitor": ["val_loss", "val_accuracy"]}, "compared by"),
        ({"machine.threads": [1, 2]}, "nothing that is learnt"),
        ({"name": ["a", "b"]}, "names the study"),
    ],
)
def test_values_that_can_never_be_trained_with_are_refused(
    searched: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        space.check(experiment(tmp_path, searched))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    given = experiment(tmp_path, {"seed": [1], "optimizer.name": ["x", "y"]})
    with pytest.raises(ConfigError, match="3 problems"):
        space.check(given)


def test_values_that_clash_with_another_setting_are_left_to_the_trials(tmp_path: Path) -> None:
    given = experiment(
        tmp_path,
        {"schedule.name": ["cosine", "onecycle"], "schedule.warmup_epochs": {"low": 0, "high": 2}},
    ).changed({"schedule.warmup_epochs": 1})
    space.check(given)


@pytest.mark.parametrize("key", ["machine.devices", "machine.nodes"])
def test_a_trial_on_several_devices_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--workers"):
        space.check(experiment(tmp_path).changed({key: 2}))


def test_an_experiment_without_a_space_is_refused_with_an_example() -> None:
    with pytest.raises(ConfigError, match=r"expected a section tune"):
        space.check(Experiment(name="plain"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"low": 0, "high": 1, "step": 0.3}, "number of steps"),
        ({"low": 0.5, "high": 4, "whole": True}, "whole low"),
        ({"low": 1, "high": 4, "step": 1.5, "whole": True}, "whole low"),
        ({"low": 1, "high": float("inf")}, "finite"),
    ],
)
def test_a_range_that_optuna_would_bend_is_refused(
    values: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=said):
        experiment(tmp_path, {"optimizer.lr": values})
