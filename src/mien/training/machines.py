"""Lightning's trainer for a run: callbacks, devices, processes, machines."""

from collections.abc import Sequence

from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from mien.config import Experiment
from mien.errors import ConfigError
from mien.runs import RunFolder
from mien.training import averaging, callbacks
from mien.training.watching.board import Board
from mien.training.watching.table import LiveTable

PRECISION = {"32": "32-true", "bf16": "bf16-mixed", "16": "16-mixed"}


def trainer(
    run: RunFolder, experiment: Experiment, watching: Sequence[Callback], bar: bool
) -> Trainer:
    """Return the trainer of a run.

    Args:
        run: its folder, which need not exist yet.
        experiment: what is trained, and on which devices.
        watching: callbacks after mien's own; ``callbacks.Record`` is one of them.
        bar: whether to draw the live table.

    Raises:
        ConfigError: there are not so many devices, or the job scheduler counts others.
    """
    settings, machine = experiment.train, experiment.machine
    several = machine.devices != 1 or machine.nodes > 1
    try:
        return Trainer(
            accelerator=machine.accelerator,
            devices=machine.devices or "auto",
            num_nodes=machine.nodes,
            strategy="ddp" if several else "auto",
            precision=PRECISION[machine.precision],  # type: ignore[arg-type]
            use_distributed_sampler=False,
            sync_batchnorm=False,
            max_epochs=settings.epochs,
            gradient_clip_val=experiment.optimizer.clip or None,
            logger=TensorBoardLogger(run.root, name=None, version="tensorboard"),
            callbacks=[*_own(run, experiment, bar), *watching, _last(run)],
            plugins=[callbacks.WholeCheckpoints()],
            deterministic=True,
            num_sanity_val_steps=0,
            enable_model_summary=False,
            enable_progress_bar=False,
            log_every_n_steps=50,
        )
    except (MisconfigurationException, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"machine: {machine.devices or 'all'} device(s) on {machine.nodes} node(s) cannot be "
            f"used: {reason}"
        ) from None


def _own(run: RunFolder, experiment: Experiment, bar: bool) -> list[Callback]:
    settings = experiment.train
    found: list[Callback] = [callbacks.Threads(experiment.machine.threads)]
    if bar:
        found.append(LiveTable())
    if settings.average:
        found.append(averaging.average(settings.average))
    found.append(Board(settings.show_faces, settings.histograms))
    if settings.stop_after:
        better = callbacks.mode(settings.monitor)
        found.append(
            callbacks.Stopping(settings.monitor, patience=settings.stop_after, mode=better)
        )
    return found


def _last(run: RunFolder) -> Callback:
    return ModelCheckpoint(
        run.last.parent, filename="last", save_on_train_epoch_end=True, enable_version_counter=False
    )
