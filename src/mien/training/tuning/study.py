"""A tuning study: many short runs, the best of which is written back as YAML."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from optuna import Study

from mien.config import Experiment, differences
from mien.datasets.prepared import PreparedSet
from mien.errors import ConfigError, RunError, several
from mien.models import registry
from mien.runs import read_json
from mien.training import guard
from mien.training.described import start_of
from mien.training.resuming import settings
from mien.training.tuning import ledger, space, summary, workers
from mien.training.tuning.loop import work
from mien.training.tuning.plan import Plan
from mien.training.tuning.sampling import open_study
from mien.training.tuning.storage import shown, told

OWN = frozenset(
    ("trials", "study.json", "best.yaml", "trials.csv", "importance.png", "history.png")
)
"""What a study's folder holds, beside its database."""


def tune(
    plan: Plan, *, count: int = 1, say: Callable[[str], None] = print, bar: bool = False
) -> dict[str, Any]:
    """Go on with a study until it has all its trials, and write what it found.

    The test split is never read. Any number of processes on any number of machines may work on
    one study, if they share its database and each has the dataset.

    Args:
        plan: what is searched, and where it is kept.
        count: how many processes work on it here.
        say: takes a line a trial.
        bar: whether to draw each run's table (one worker only).

    Returns:
        What stands in ``study.json``.

    Raises:
        ConfigError: the experiment has no search space, or one that cannot be searched.
        RunError: the folder or the database holds another study, or cannot be used; or the disk
            is too full for the trials that are missing.
        TrainingError: ten trials in a row failed, or every worker died.
        KeyboardInterrupt: the same call goes on with the study.
    """
    space.check(plan.experiment)
    _require_own(plan.out)
    own = identity(plan.experiment, PreparedSet.open(plan.experiment.data.path).sha256)
    plan.out.mkdir(parents=True, exist_ok=True)
    with told(plan.storage):
        study = open_study(plan)
        _claim(plan, study, own)
        ledger.give_up_dead(study)
        trials = study.get_trials(deepcopy=False)
        plan = replace(plan, since=len(trials))
        missing = plan.trials - ledger.counted(trials)
        left = f"{max(0, missing)} of {plan.trials} trials to do; a line follows as each ends"
        say(f"{'going on with ' if trials else ''}{plan.name}: {left}")
        _require_space(plan, missing)
        try:
            _run(plan, study, min(count, missing), say, bar and count == 1)
        finally:
            found = summary.write(plan, study)
    return found


def _require_own(out: Path) -> None:
    """Refuse a folder that holds something else than a study.

    Raises:
        RunError: it names what stands there.
    """
    if out.exists() and not out.is_dir():
        raise RunError(f"{out}: expected a folder for the study, this is a file; name another")
    there = {path.name for path in out.iterdir()} if out.is_dir() else set()
    foreign = sorted(name for name in there - OWN if ".db" not in name)
    if foreign:
        raise RunError(
            f"{out} holds {_first_of(foreign)}, which is of no study; name another (--out)"
        )


def _first_of(names: list[str]) -> str:
    """Return the first of some names, and how many more there are."""
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _require_space(plan: Plan, missing: int) -> None:
    """Refuse to begin where the disk cannot hold the missing trials.

    Their size is that of the experiment without what is searched. Where that has no network,
    each trial asks for itself.
    """
    if missing > 0:
        with suppress(ConfigError):
            network = registry.build(plan.experiment, start=False)
            guard.require_space(plan.out, plan.experiment, network, runs=missing, checkpoints=1)


def _run(plan: Plan, study: Study, count: int, say: Callable[[str], None], bar: bool) -> None:
    if count > 1:
        workers.run(plan, count, say, lambda: ledger.give_up_dead(study))
    elif count == 1:
        work(plan, study, say, bar)


def _claim(plan: Plan, study: Study, own: dict[str, Any]) -> None:
    """Write what makes the study into its database, or refuse one that is another.

    Raises:
        RunError: settings or data differ, or the folder holds the trials of another study.
    """
    where = f"{plan.name} in {shown(plan.storage)}"
    before = study.user_attrs.get("identity")
    if before is None:
        study.set_user_attr("identity", own)
    _require_same(where, before or own, own)
    record, folder = plan.out / "study.json", plan.out / "trials"
    other = record.is_file() and read_json(record).get("study") != plan.name
    lost = folder.is_dir() and any(folder.iterdir()) and not study.get_trials(deepcopy=False)
    if other or lost:
        raise RunError(
            f"{plan.out} holds the trials of another study than {where}; name another (--out)"
        )


def identity(experiment: Experiment, data: str) -> dict[str, Any]:
    """Return what makes a study: what decides its trials' weights, and how they are searched.

    Args:
        experiment: with its section ``tune``, whose number of trials may change.
        data: sha256 of the dataset.
    """
    tune = experiment.to_dict()["tune"]
    searched = {key: value for key, value in tune.items() if key != "trials"}
    own = {"tune": searched, "dataset": data, "start": _start(experiment, tune["space"])}
    return {**settings(experiment), **own}


def _start(experiment: Experiment, searched: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hashes of the weights that all trials start from.

    Empty where they are searched, or the network needs a setting that is.

    Raises:
        RunError: they cannot be read or fetched.
    """
    deciding = {"model", "model.name", "model.weights", "model.pretrained"}
    if not deciding.isdisjoint(searched) or registry.problems(experiment):
        return {}
    return start_of(experiment)


def _require_same(where: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with a study of other settings or data.

    Raises:
        RunError: it names what changed.
    """
    changed = list(_changes(before, now))
    if changed:
        raise RunError(
            f"{where} holds a study of other settings; name another (--out, or --study in a "
            f"shared --storage), or set these back: {several(changed)}"
        )


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key, old, new in differences(before, now):
        if key == "dataset":
            yield "the dataset was prepared anew, from other pictures or labels"
        else:
            was, then = ("not there" if value is None else repr(value) for value in (old, new))
            yield f"{key} was {was}, is {then}"
