"""What is left of a study: study.json, trials.csv, best.yaml and two pictures."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from mien.report.figures import save
from mien.report.importance import history_figure, importance_figure
from mien.runs import environment, write_json, write_text
from mien.training.described import PACKAGES
from mien.training.tuning import ledger, space, telling
from mien.training.tuning.plan import Plan
from mien.training.tuning.weigh import importance


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
    config = plan.experiment.to_dict()
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
        "seconds": round(telling.seconds(trial), 1),
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
