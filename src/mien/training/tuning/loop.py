"""One process at work on a study: trial after trial, until the study has all of them.

A trial is a run of its own folder, reported to the study as it learns.
"""

from collections.abc import Callable
from math import isfinite
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer
from optuna import Study, Trial, TrialPruned
from optuna.exceptions import UpdateFinishedTrialError

from mien.config import Experiment
from mien.errors import TrainingError, UsageError
from mien.runs import RunFolder, write_json
from mien.training.fit import fit
from mien.training.quiet import quiet
from mien.training.tuning import ledger, space, summary
from mien.training.tuning.plan import Plan
from mien.training.tuning.sampling import Repeatable
from mien.training.tuning.signals import interruptible

Say = Callable[[str], None]


class SurplusError(Exception):
    """Two processes began the study's last trial at the same moment; this one is too many."""


FAILURES = (TrainingError, UsageError, RuntimeError, MemoryError)
"""What makes a trial fail; everything else (full disk, lost data) stops the study."""


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
            say(summary.line(ended, plan.monitor))


def _optimize(study: Study, attempt: "_Attempt") -> None:
    """Run one trial; one that another process gave up meanwhile is left as it is.

    Optuna changes no trial that has ended, and says so with errors of its own.
    """
    try:
        with quiet(ignore=(".*experimental.*",)):
            study.optimize(attempt, n_trials=1, catch=(SurplusError,))
    except (ValueError, UpdateFinishedTrialError) as error:
        given_up = study.get_trials(deepcopy=False)[attempt.number].state.is_finished()
        if error is attempt.error or not given_up:
            raise


class _Attempt:
    """Optuna's objective; ``number`` is the trial that it ran, ``error`` what stopped the study."""

    def __init__(self, plan: Plan, study: Study, sampler: Repeatable, bar: bool) -> None:
        self.plan, self.study, self.sampler, self.bar = plan, study, sampler, bar
        self.number = -1
        self.error: Exception | None = None

    def __call__(self, trial: Trial) -> float:
        self.number = trial.number
        try:
            return self._tried(trial)
        except Exception as error:
            self.error = error
            raise

    def _tried(self, trial: Trial) -> float:
        plan = self.plan
        trial.set_user_attr("process", ledger.here())
        if ledger.counted(self.study.get_trials(deepcopy=False), trial.number) >= plan.trials:
            trial.set_user_attr("surplus", True)
            raise SurplusError
        trial.set_user_attr("place", self.sampler.place)
        params = space.suggest(trial, plan.tune.space)
        try:
            experiment = plan.of(trial.number, params)
            protected = 0 <= self.sampler.place < plan.tune.startup_trials
            return train(trial, experiment, plan.folder(trial.number), protected, self.bar)
        except FAILURES as error:
            trial.set_user_attr("reason", summary.reason(error))
            raise TrialPruned from error


class Pruning(Callback):
    """Reports each epoch's value to the study, and stops a trial that it gives up.

    A trial stops where its next epoch would begin: by then everything of the last one is in
    the run folder. A trial whose epochs are over has finished, however bad it is.

    Args:
        trial: of the study.
        monitor: which measure of the validation split is reported.
        protected: whether the trial is never stopped.
    """

    def __init__(self, trial: Trial, monitor: str, protected: bool = False) -> None:
        self.trial, self.monitor, self.protected = trial, monitor, protected
        self.hopeless = False

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report the epoch's value, and ask whether the trial is worth going on."""
        value = trainer.callback_metrics[self.monitor].item()
        if not isfinite(value):
            raise TrainingError(
                f"{self.monitor} is {value} after epoch {trainer.current_epoch + 1}"
            )
        self.trial.report(value, trainer.current_epoch)
        self.hopeless = not self.protected and self.trial.should_prune()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop a trial that was given up."""
        if self.hopeless:
            raise TrialPruned(f"after {trainer.current_epoch} epochs")


def train(trial: Trial, experiment: Experiment, folder: Path, protected: bool, bar: bool) -> float:
    """Train one trial and return the best value of ``train.monitor`` on the validation split.

    Nobody goes on with a trial, so its checkpoint goes when it ends, however it does.

    Raises:
        TrialPruned: the study gave it up; ``state.json`` then says ``pruned``.
        MienError: it cannot be trained; see ``fit``.
    """
    run = RunFolder(folder)
    pruning = Pruning(trial, experiment.train.monitor, protected)
    try:
        fit(experiment, folder, say=lambda line: None, bar=bar, watching=[pruning], alone=True)
    except TrialPruned:
        write_json(run.state, {**run.read_state(), "status": "pruned"})
        raise
    finally:
        run.last.unlink(missing_ok=True)
    return float(run.read_state()["best"])
