"""What a study says in the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from mien.errors import MienError
from mien.training.tuning import ledger


def line(trial: FrozenTrial, monitor: str) -> str:
    """Return a trial in one line: number, value, how it ended, time, what it tried, why."""
    epochs = len(trial.intermediate_values)
    value = ledger.value(trial)
    reached = "" if value is None else f"{monitor} {value:.4f}, "
    ended = f"{ledger.state(trial)} after {epochs} epoch{'s' * (epochs != 1)}"
    why = trial.user_attrs.get("reason")
    told = (
        f"trial {trial.number}: {reached}{ended}, {seconds(trial):.0f} s; {settings(trial.params)}"
    )
    return f"{told}; why: {why}" if why else told


def seconds(trial: FrozenTrial) -> float:
    """Return how long a trial has taken; 0 where it has not ended."""
    return trial.duration.total_seconds() if trial.duration else 0.0


def settings(params: Mapping[str, Any]) -> str:
    """Return settings in one line, numbers with four digits."""
    return ", ".join(f"{key}={_short(value)}" for key, value in params.items())


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def reason(error: BaseException) -> str:
    """Return why a trial failed: the message of one of mien's errors, or the first line."""
    text = str(error)
    if isinstance(error, MienError):
        return text
    first = text.splitlines()[0] if text else ""
    return f"{type(error).__name__}: {first}".removesuffix(": ")


def missing(study: Mapping[str, Any]) -> int:
    """Return how many trials nobody has begun; ``study`` is as in ``study.json``."""
    begun = sum(trial["state"] in ("finished", "pruned", "running") for trial in study["trials"])
    return max(0, int(study["wanted"]) - begun)


def closing(study: Mapping[str, Any], out: Path) -> list[str]:
    """Return what is said at the end.

    Args:
        study: as in ``study.json``.
        out: the study's folder.
    """
    states = [trial["state"] for trial in study["trials"]]
    counts = ", ".join(f"{states.count(name)} {name}" for name in dict.fromkeys(states))
    there = sum(state in ("finished", "pruned") for state in states)
    said = [f"{there} of {study['wanted']} trials ({counts or 'none began'}); study: {out}"]
    best = study["best"]
    if best is None:
        return [*said, "no trial finished, so there is no best one"]
    value = f"{study['monitor']} {best['value']:.4f} on the validation split"
    said.append(f"best: trial {best['number']}, {value}; {settings(best['params'])}")
    if "note" in study["importance"]:
        said.append(f"importance: {study['importance']['note']}")
    return [*said, f"train it: mien train {out / 'best.yaml'}"]
