"""What a study tells: study.json, trials.csv, best.yaml, two pictures, lines in the terminal."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from mien.errors import MienError
from mien.report.figures import save
from mien.report.importance import history_figure, importance_figure
from mien.runs import environment, write_json, write_text
from mien.training.described import PACKAGES
from mien.training.tuning import ledger, space
from mien.training.tuning.importance import importance
from mien.training.tuning.plan import Plan


def write(plan: Plan, study: Study) -> dict[str, Any]:
    """Write all files of a study and return what stands in ``study.json``."""
    trials = study.get_trials(deepcopy=False)
    found = described(plan, trials)
    write_json(plan.out / "study.json", found)
    write_text(plan.out / "trials.csv", table(found))
    if found["best"]:
        write_text(plan.out / "best.yaml", best_yaml(plan, found))
    save(history_figure(found), plan.out / "history.png")
    save(importance_figure(found), plan.out / "importance.png")
    return found


def described(plan: Plan, trials: Sequence[FrozenTrial]) -> dict[str, Any]:
    """Return a study as plain values."""
    config = plan.experiment.without_folders().to_dict()
    searched = config.pop("tune")
    best = best_of(trials, plan.direction)
    rows = [_row(plan, trial) for trial in trials]
    return {
        "study": plan.name,
        "monitor": plan.monitor,
        "direction": plan.direction,
        "wanted": plan.trials,
        "best": None if best is None else rows[best.number],
        "importance": importance(trials),
        "space": searched.pop("space"),
        "tune": {**searched, "trials": plan.trials},
        "config": config,
        "trials": rows,
        "environment": environment(*PACKAGES, "optuna"),
    }


def best_of(trials: Sequence[FrozenTrial], direction: str) -> FrozenTrial | None:
    """Return the best finished trial, the first of equals; None where none has finished."""
    sign = 1 if direction == "minimize" else -1
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    return min(done, key=lambda trial: sign * (trial.value or 0.0), default=None)


def _row(plan: Plan, trial: FrozenTrial) -> dict[str, Any]:
    """Return a trial; ``values`` are those of ``monitor`` after each epoch."""
    return {
        "number": trial.number,
        "state": ledger.state(trial),
        "value": ledger.value(trial),
        "params": space.changes(plan.tune.space, trial.params),
        "epochs": len(trial.intermediate_values),
        "values": [trial.intermediate_values[step] for step in sorted(trial.intermediate_values)],
        "seconds": round(seconds(trial), 1),
        "reason": trial.user_attrs.get("reason"),
    }


def table(found: dict[str, Any]) -> str:
    """Return trials.csv: a line a trial, a column a setting."""
    keys = list(found["space"])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["number", "state", "value", *keys, "epochs", "seconds", "reason"])
    for trial in found["trials"]:
        params = [trial["params"].get(key, "") for key in keys]
        first = [trial["number"], trial["state"], _cell(trial["value"]), *params]
        writer.writerow([*first, trial["epochs"], trial["seconds"], _cell(trial["reason"])])
    return text.getvalue()


def _cell(value: Any) -> Any:
    return "" if value is None else value


def best_yaml(plan: Plan, found: dict[str, Any]) -> str:
    """Return the best trial's experiment, as ``mien train`` reads it."""
    best = found["best"]
    own = {"name": f"{plan.experiment.name}-best", "tune": None}
    experiment = plan.experiment.changed({**best["params"], **own})
    return (
        f"# Trial {best['number']} of the study {plan.name}: the best {plan.monitor} of "
        f"{len(found['trials'])} trials, {best['value']:.4f} on the validation split.\n"
        f"{experiment.to_yaml()}"
    )


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
