"""An experiment of seconds: the compact network at 24 px, on the drawn faces of conftest.py."""

from pathlib import Path
from typing import Any

from mien.config import Experiment

SMALL: dict[str, Any] = {
    "name": "small",
    "data": {"heads": ["ferplus"]},
    "preprocess": {"size": 24},
    "optimizer": {"name": "adamw", "lr": 0.003},
    "train": {"epochs": 2, "batch_size": 32, "average": 0.5, "monitor": "val_accuracy"},
    "mix": {"mixup": 0.5},
}


def small(drawn: Path, **changes: object) -> Experiment:
    """Return the experiment on a prepared dataset, with other values for some dotted keys."""
    values = {**SMALL, "data": {"path": str(drawn), "heads": ["ferplus"]}}
    return Experiment.from_dict(values).changed(changes)


def quiet(line: str) -> None:
    """Take a line of a run, and say nothing."""
