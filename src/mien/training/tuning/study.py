"""A tuning study: many short runs, the best of which is written back as YAML."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from optuna import Study

from mien.datasets.prepared import PreparedSet
from mien.errors import RunError
from mien.runs import read_json
from mien.training.tuning import identity, ledger, space, summary, workers
from mien.training.tuning.loop import open_study, work
from mien.training.tuning.plan import Plan
from mien.training.tuning.storage import shown, told


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
        RunError: the folder or the database holds another study, or cannot be used.
        TrainingError: ten trials in a row failed, or every worker died.
        KeyboardInterrupt: the same call goes on with the study.
    """
    space.check(plan.experiment)
    own = identity.of(plan.experiment, PreparedSet.open(plan.experiment.data.path).sha256)
    plan.out.mkdir(parents=True, exist_ok=True)
    with told(plan.storage):
        study = open_study(plan)
        _claim(plan, study, own)
        ledger.give_up_dead(study)
        trials = study.get_trials(deepcopy=False)
        plan = replace(plan, since=len(trials))
        missing = plan.trials - ledger.counted(trials)
        if trials:
            say(f"going on with {plan.name}: {max(0, missing)} of {plan.trials} trials to do")
        try:
            _run(plan, study, min(count, missing), say, bar and count == 1)
        finally:
            found = summary.write(plan, study)
    return found


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
    identity.require_same(where, before or own, own)
    record, folder = plan.out / "study.json", plan.out / "trials"
    other = record.is_file() and read_json(record).get("study") != plan.name
    lost = folder.is_dir() and any(folder.iterdir()) and not study.get_trials(deepcopy=False)
    if other or lost:
        raise RunError(
            f"{plan.out} holds the trials of another study than {where}; name another (--out)"
        )
