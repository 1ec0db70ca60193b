"""Lightning's trainer for a run: callbacks, devices, processes, machines."""

import os
from collections.abc import Sequence

from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.plugins.environments.slurm import SLURMEnvironment
from lightning.fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from mien.config import Experiment
from mien.errors import ConfigError
from mien.runs import RunFolder
from mien.training import averaging, callbacks
from mien.training.processes import by_srun
from mien.training.stopping import Termination
from mien.training.watching.board import Board
from mien.training.watching.table import LiveTable

PRECISION = {"32": "32-true", "bf16": "bf16-mixed", "16": "16-mixed"}


def trainer(
    run: RunFolder,
    experiment: Experiment,
    watching: Sequence[Callback],
    bar: bool,
    alone: bool = False,
) -> Trainer:
    """Return the trainer of a run.

    Args:
        run: its folder, which need not exist yet.
        experiment: what is trained, and on which devices.
        watching: callbacks after mien's own; ``callbacks.Record`` is one of them.
        bar: whether to draw the live table.
        alone: whether this process trains by itself, whatever started it beside others.

    Raises:
        ConfigError: there are not so many devices, or the launcher started other processes.
    """
    settings, machine = experiment.train, experiment.machine
    several = machine.devices != 1 or machine.nodes > 1
    try:
        environment = _environment(alone)
        found = Trainer(
            default_root_dir=run.root,
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
            plugins=[callbacks.WholeCheckpoints(), *([environment] if environment else [])],
            deterministic=True,
            num_sanity_val_steps=0,
            enable_model_summary=False,
            enable_progress_bar=False,
            log_every_n_steps=50,
        )
        if environment is not None:
            _require_agreement(environment, found.num_devices, found.num_nodes)
        return found
    except (MisconfigurationException, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"machine: {machine.devices or 'all'} device(s) on {machine.nodes} node(s) cannot be "
            f"used: {reason}"
        ) from None


def _environment(alone: bool) -> ClusterEnvironment | None:
    """Return what numbers the processes; None leaves it to Lightning.

    A SLURM job is left in mien's hands: Lightning would send it again by itself, and take up its
    own checkpoints from the current folder. A batch script without srun is one process, which may
    start others.
    """
    if alone:
        return LightningEnvironment()
    if TorchElasticEnvironment.detect():  # inside a SLURM job too
        return TorchElasticEnvironment()
    if not SLURMEnvironment.detect():
        return None
    return SLURMEnvironment(auto_requeue=False) if by_srun() else LightningEnvironment()


def _require_agreement(environment: ClusterEnvironment, devices: int, nodes: int) -> None:
    """Refuse a launcher that started other processes than the experiment asks for.

    Raises:
        ValueError: it did; without this the processes would wait for others that never come, or
            each would train a run of its own.
    """
    started, here = environment.world_size(), devices
    if isinstance(environment, TorchElasticEnvironment):
        here = int(os.environ.get("LOCAL_WORLD_SIZE", devices))
    if started != devices * nodes or here != devices:
        raise ValueError(
            f"the launcher started {started} process(es); expected {devices * nodes}, {devices} on "
            "each node; let machine.devices, machine.nodes and the launcher agree"
        )
    if started > 1:
        environment.validate_settings(devices, nodes)


def _own(run: RunFolder, experiment: Experiment, bar: bool) -> list[Callback]:
    settings = experiment.train
    found: list[Callback] = [callbacks.Threads(experiment.machine.threads), Termination()]
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
