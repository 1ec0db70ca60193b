"""What the tests of cross-validation share: an experiment of seconds, and torch made ready."""

from pathlib import Path
from typing import Any

import pytest
from small_experiment import SMALL

from mien.config import Experiment

pytest.importorskip("torch")

from mien.models.torchvision_operators import declare

declare()


def experiment(data: Path, **changes: Any) -> Experiment:
    values = {
        **SMALL,
        "model": {"name": "lenet"},
        "data": {"path": str(data), "heads": ["ferplus"]},
    }
    train = {**values["train"], "monitor": "val_loss", "histograms": False, "show_faces": 0}
    values |= {"train": train, "optimizer": {"name": "adamw", "lr": 0.001}}
    return Experiment.from_dict(values).changed(changes)


def silent(line: str) -> None:
    """Say nothing."""
