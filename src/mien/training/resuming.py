"""The checkpoint to resume from: what it says of itself, and whether it belongs to a run."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

import mien
from mien.config import Experiment
from mien.errors import RunError
from mien.models.network import same_shapes

MARK, FORMAT = "mien", 1
"""Raised whenever an older checkpoint would no longer resume to the same weights."""


def check(checkpoint: Path, lesson: nn.Module, experiment: Experiment) -> None:
    """Refuse a checkpoint that does not belong to the run.

    Raises:
        RunError: it is damaged, of another version, another network or other settings.
    """
    saved = _read(checkpoint)
    own = saved.get(MARK, {})
    if own.get("format") != FORMAT:
        raise RunError(
            f"{checkpoint}: written by mien {own.get('version', '(unknown)')}, which this mien "
            f"({mien.__version__}) cannot go on with; start a new run from its best weights "
            "(model.weights=…/best.safetensors)"
        )
    problem = same_shapes(lesson, saved["state_dict"])
    if problem:
        raise RunError(f"{checkpoint}: a checkpoint of another model; its weights are {problem}")
    changed = list(_changed(own["experiment"], settings(experiment)))
    if changed:
        raise RunError(
            f"{checkpoint}: the settings are not those the run began with ({', '.join(changed)} "
            "changed); put them back into config.yaml, or start a new run"
        )


def settings(experiment: Experiment) -> dict[str, Any]:
    """Return what decides a run's weights: all settings but the machine's and the paths.

    ``data.json`` has the hashes of what lies at the paths.
    """
    told = experiment.without_folders().to_dict()
    return {k: v for k, v in told.items() if k not in ("machine", "tune")}


def mark(experiment: Experiment) -> dict[str, Any]:
    """Return what a checkpoint says of itself."""
    return {"format": FORMAT, "version": mien.__version__, "experiment": settings(experiment)}


def _read(checkpoint: Path) -> dict[str, Any]:
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        if "state_dict" in saved:
            return dict(saved)
        reason = "it holds no weights"
    except (OSError, RuntimeError, UnpicklingError, EOFError, TypeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
    raise RunError(f"{checkpoint}: not a checkpoint of mien train: {reason}")


def _changed(before: Mapping[str, Any], now: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _changed(old, new, f"{above}{key}.")
        elif old != new:
            yield above + key
