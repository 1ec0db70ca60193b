"""A stand-in for ``fit`` that learns nothing and takes no time, and studies made with it."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mien.config import Experiment
from mien.errors import TrainingError
from mien.models.torchvision_operators import declare
from mien.runs import RunFolder, write_json, write_text
from mien.training.tuning.plan import Plan, plan

declare()  # before Lightning
from mien.training.tuning.study import tune  # noqa: E402

Before = Callable[[Experiment, Path], None]
Training = Callable[[Before], None]

SPACE: dict[str, Any] = {
    "optimizer.lr": {"low": 0.0001, "high": 1, "log": True},
    "optimizer.name": ["adam", "sgd"],
}


def experiment(data: Path, space: dict[str, Any] | None = None, **tune: Any) -> Experiment:
    """Return a small experiment with a search space; ``pruner: none`` unless told otherwise."""
    return Experiment.from_dict(
        {
            "name": "small",
            "data": {"path": str(data), "heads": ["ferplus"]},
            "preprocess": {"size": 24},
            "model": {"name": "lenet"},
            "train": {"epochs": 3, "batch_size": 32, "monitor": "val_accuracy"},
            "tune": {"space": space or SPACE, "trials": 4, "pruner": "none", **tune},
        }
    )


def made(data: Path, out: Path, **tune: Any) -> Plan:
    """Return the plan of such a study."""
    return plan(experiment(data, **tune), out)


def value(given: Experiment) -> float:
    """Return how good the settings are: the best learning rate is 0.01, and adam beats sgd."""
    far = abs(math.log10(given.optimizer.lr) + 2) / 4
    return round(0.9 - far - 0.05 * (given.optimizer.name == "sgd"), 6)


def stand_in(
    before: Before = lambda given, out: None,
) -> Callable[..., RunFolder]:
    """Return a ``fit`` whose validation accuracy climbs to ``value``; ``before`` runs first."""

    def fit(
        given: Experiment,
        out: Path,
        *,
        say: Any = print,
        bar: bool = False,
        watching: Sequence[Any] = (),
        alone: bool = False,
    ) -> RunFolder:
        run = RunFolder.create(out)
        write_text(run.config, given.to_yaml())
        before(given, out)
        trainer: Any = SimpleNamespace(sanity_checking=False)
        for epoch in range(given.train.epochs):
            trainer.current_epoch = epoch
            now = value(given) * (epoch + 1) / given.train.epochs
            trainer.callback_metrics = {given.train.monitor: torch.tensor(now)}
            for callback in watching:
                callback.on_train_epoch_start(trainer, None)
                callback.on_validation_end(trainer, None)
        write_json(run.state, {"status": "finished", "best": value(given)})
        return run

    return fit


def diverges_from(lr: float) -> Before:
    """Return a ``before`` that fails, as a loss that is not a number does."""

    def before(given: Experiment, out: Path) -> None:
        if given.optimizer.lr > lr:
            raise TrainingError("the loss became nan")

    return before


def installed(monkeypatch: pytest.MonkeyPatch) -> Training:
    """Let studies train with the stand-in; call what is returned to give it a ``before``."""

    def use(before: Before) -> None:
        monkeypatch.setattr("mien.training.tuning.loop.fit", stand_in(before))

    use(lambda given, out: None)
    return use


def tuned(given: Plan) -> dict[str, Any]:
    """Run a study in silence."""
    return tune(given, say=lambda line: None)


def tried(found: dict[str, Any]) -> list[Any]:
    """Return what the trials that count have tried."""
    return [t["params"] for t in found["trials"] if t["state"] in ("finished", "pruned")]
