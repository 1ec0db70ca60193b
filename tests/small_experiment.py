"""An experiment of seconds: the compact network at 24 px, on the drawn faces of conftest.py."""

from typing import Any

SMALL: dict[str, Any] = {
    "name": "small",
    "data": {"heads": ["ferplus"]},
    "preprocess": {"size": 24},
    "optimizer": {"name": "adamw", "lr": 0.003},
    "train": {"epochs": 2, "batch_size": 32, "average": 0.5, "monitor": "val_accuracy"},
    "mix": {"mixup": 0.5},
}
