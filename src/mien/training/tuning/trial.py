"""One trial: a run of its own folder, reported to the study as it learns."""

from math import isfinite
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer
from optuna import Trial, TrialPruned

from mien.config import Experiment
from mien.errors import TrainingError
from mien.runs import RunFolder, write_json
from mien.training.fit import fit


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

    Raises:
        TrialPruned: the study gave it up; ``state.json`` then says ``pruned``.
        MienError: it cannot be trained; see ``fit``.
    """
    pruning = Pruning(trial, experiment.train.monitor, protected)
    try:
        run = fit(experiment, folder, say=lambda line: None, bar=bar, watching=[pruning])
    except TrialPruned:
        run = RunFolder(folder)
        write_json(run.state, {**run.read_state(), "status": "pruned"})
        raise
    return float(run.read_state()["best"])
