"""The checkpoint to resume from: what it says of itself, and whether it belongs to a run."""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

import mien
from mien.config import Experiment, differences
from mien.errors import RunError
from mien.models.network import same_shapes
from mien.runs import RunFolder
from mien.training.quiet import quiet

PARTS = ("state_dict", "optimizer_states", "lr_schedulers", "loops", "callbacks")
MARK, FORMAT = "mien", 1
"""Raised whenever an older checkpoint would no longer resume to the same weights."""


def check(checkpoint: Path, lesson: nn.Module, experiment: Experiment) -> None:
    """Refuse a checkpoint that does not belong to the run.

    Raises:
        RunError: it is damaged, of another version, another network or other settings.
    """
    saved = _read(checkpoint)
    own = saved.get(MARK, {})
    if own.get("format") != FORMAT or not isinstance(own.get("experiment"), dict):
        raise RunError(
            f"{checkpoint}: written by mien {own.get('version', '(unknown)')}, which this mien "
            f"({mien.__version__}) cannot go on with; start a new run from its best weights "
            "(model.weights=…/best.safetensors)"
        )
    problem = same_shapes(lesson, saved["state_dict"])
    if problem:
        raise RunError(f"{checkpoint}: a checkpoint of another model; its weights are {problem}")
    changed = [key for key, *_ in differences(own["experiment"], settings(experiment))]
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


def checkpoint_of(run: RunFolder) -> Path | None:
    """Return the checkpoint that a run goes on from; None where no epoch has ended yet.

    Raises:
        RunError: epochs have ended, but a file that they left is gone.
    """
    epochs = run.read_state().get("epochs", 0)
    needed = [run.last] if epochs > 1 else []  # of the first it is the last thing written
    needed += [run.best] if epochs and run.last.is_file() else []
    for path in needed:
        if not path.is_file():
            raise RunError(
                f"{path} is gone, though {epochs} epoch(s) of this run have ended; put it back, or "
                "start a new run in another folder (--out)"
            )
    return run.last if run.last.is_file() else None


def _read(checkpoint: Path) -> dict[str, Any]:
    try:
        with quiet(ignore=(".*",)):
            saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        if _whole(saved):
            return dict(saved)
        reason = "parts of it are missing"
    except (OSError, RuntimeError, EOFError, ValueError):
        reason = "it is damaged or cut"
    except (UnpicklingError, AttributeError, TypeError, KeyError, IndexError):
        reason = "it is damaged, or holds Python objects, which mien does not open"
    raise RunError(
        f"{checkpoint}: not a checkpoint of mien train: {reason}; start a new run in another "
        "folder (--out), from the best weights if they are good (model.weights=…/best.safetensors)"
    )


def _whole(saved: Any) -> bool:
    if not isinstance(saved, dict) or not all(part in saved for part in PARTS):
        return False
    own = saved.get(MARK, {})
    return isinstance(saved["state_dict"], dict) and isinstance(own, dict)
