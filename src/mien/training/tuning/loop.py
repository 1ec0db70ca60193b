"""One process at work on a study: trial after trial, until the study has all of them."""

from collections.abc import Callable, Mapping
from typing import Any

import optuna
from optuna import Study, Trial, TrialPruned

from mien.config import Experiment
from mien.errors import TrainingError, UsageError
from mien.training.quiet import quiet
from mien.training.tuning import ledger, space, telling
from mien.training.tuning.interrupts import interruptible
from mien.training.tuning.plan import Plan
from mien.training.tuning.sampling import Repeatable, pruner
from mien.training.tuning.storage import open_storage
from mien.training.tuning.trial import train

Say = Callable[[str], None]


class SurplusError(Exception):
    """Two processes began the study's last trial at the same moment; this one is too many."""


FAILURES = (TrainingError, UsageError, RuntimeError, MemoryError)
"""What makes a trial fail; everything else (full disk, lost data) stops the study."""


def open_study(plan: Plan) -> Study:
    """Return the study of a plan, made where it is not there yet; call it within ``told``."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna.create_study(
        storage=open_storage(plan.storage),
        study_name=plan.name,
        direction=plan.direction,
        sampler=Repeatable(plan.tune, plan.experiment.seed),
        pruner=pruner(plan.tune, plan.epochs),
        load_if_exists=True,
    )


def work(plan: Plan, study: Study, say: Say, bar: bool = False) -> None:
    """Run trials until the study has all of them, counting those of other processes.

    Raises:
        TrainingError: ten trials in a row failed.
        KeyboardInterrupt: the trial that was cut off is marked, and does not count.
    """
    sampler = study.sampler
    assert isinstance(sampler, Repeatable)
    while True:
        sampler.past = study.get_trials(deepcopy=False)
        ledger.require_hope(sampler.past, plan.since)
        if ledger.counted(sampler.past) >= plan.trials:
            return
        attempt = _Attempt(plan, study, sampler, bar)
        with interruptible():
            _optimize(study, attempt)
        ended = study.get_trials(deepcopy=False)[attempt.number]
        if ledger.state(ended) != "surplus":
            say(telling.line(ended, plan.monitor))


def _optimize(study: Study, attempt: "_Attempt") -> None:
    """Run one trial; one that another process gave up meanwhile is left as it is."""
    try:
        with quiet(ignore=(".*experimental.*",)):
            study.optimize(attempt, n_trials=1, catch=(SurplusError,))
    except (ValueError, RuntimeError):  # Optuna changes no trial that has ended
        given_up = study.get_trials(deepcopy=False)[attempt.number]
        if not given_up.state.is_finished():
            raise


class _Attempt:
    """Optuna's objective; ``number`` is the trial that it ran."""

    def __init__(self, plan: Plan, study: Study, sampler: Repeatable, bar: bool) -> None:
        self.plan, self.study, self.sampler, self.bar = plan, study, sampler, bar
        self.number = -1

    def __call__(self, trial: Trial) -> float:
        self.number, plan = trial.number, self.plan
        trial.set_user_attr("process", ledger.here())
        if ledger.counted(self.study.get_trials(deepcopy=False), trial.number) >= plan.trials:
            trial.set_user_attr("surplus", True)
            raise SurplusError
        trial.set_user_attr("place", self.sampler.place)
        params = space.suggest(trial, plan.tune.space)
        try:
            experiment = changed(plan, trial.number, params)
            protected = 0 <= self.sampler.place < plan.tune.startup_trials
            return train(trial, experiment, plan.folder(trial.number), protected, self.bar)
        except FAILURES as error:
            trial.set_user_attr("reason", telling.reason(error))
            raise TrialPruned from error


def changed(plan: Plan, number: int, params: Mapping[str, Any]) -> Experiment:
    """Return a trial's experiment.

    Raises:
        ConfigError: its values do not go together.
    """
    own: dict[str, Any] = {"name": f"{plan.experiment.name}-t{number:04d}", "tune": None}
    if plan.threads and not plan.experiment.machine.threads:
        own["machine.threads"] = plan.threads
    return plan.experiment.changed({**space.changes(plan.tune.space, params), **own})
