"""Runs an experiment: from its configuration to the best weights in a run folder."""

import errno
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning.pytorch import Callback, Trainer, seed_everything
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import ConfigError, RunError, TrainingError, several
from mien.models.registry import build, problems
from mien.report.learning import draw
from mien.runs import RunFolder, write_json, write_text
from mien.training import callbacks, described, guard, machines, memory, resuming
from mien.training.data import Batch, Splits, loader, splits
from mien.training.finished import load_weights
from mien.training.module import Lesson
from mien.training.quiet import quiet
from mien.training.sampling import InOrder, Shuffled, Weighted, row_weights
from mien.training.stopping import end_children
from mien.training.targets import class_weights

Say = Callable[[str], None]
VALIDATION_BATCH = 512
LIGHTNING_HINTS = (
    ".*does not have many workers.*",
    ".*smaller than the logging interval.*",
    ".*GPU available but not used.*",
    "Checkpoint directory .* exists and is not empty.*",
    "The dirpath has changed from .*",  # a run folder may be moved
    ".*in eval mode at the start of training.*",  # frozen layers
    ".*LeafSpec.*",
    ".*`srun` command is available.*",  # a batch script may start processes itself
    ".*sync_dist=True.*",  # the module sums over the processes itself
)


@dataclass(frozen=True)
class _Job:
    """All that a run needs, made and checked before its folder is."""

    experiment: Experiment
    prepared: PreparedSet
    data: Splits
    lesson: Lesson
    record: callbacks.Record
    trainer: Trainer
    train: DataLoader[Batch]
    val: DataLoader[Batch]


def fit(
    experiment: Experiment,
    out: Path,
    *,
    say: Say = print,
    bar: bool = False,
    watching: Sequence[Callback] = (),
    alone: bool = False,
) -> RunFolder:
    """Train a new run.

    Args:
        experiment: what to do; everything random follows from its seed.
        out: a folder that does not exist yet, or is empty.
        say: takes a line an epoch.
        bar: whether to draw a live table.
        watching: callbacks of Lightning, called after mien's own.
        alone: whether a launcher's other processes have work of their own, as in a study.

    Raises:
        RunError: ``out`` is taken, or its disk is too full.
        ConfigError, PreparedDataError: the experiment does not suit the dataset.
        TrainingError: the loss is not a number any more, or memory ran out.
    """
    run = RunFolder(out)
    job = _job(run, experiment, say, bar, watching, alone=alone)
    with ExitStack() as stack:
        if job.trainer.is_global_zero:
            guard.require_space(out, experiment, job.lesson.network)
            RunFolder.create(out)
            stack.enter_context(guard.alone(out))
            _describe(run, job, say)
        _train(run, job, None)
    return run


def resume(
    root: Path, *, say: Say = print, bar: bool = False, watching: Sequence[Callback] = ()
) -> RunFolder:
    """Go on with an interrupted run, to the same weights as if it had not been interrupted.

    Raises:
        RunError: no run, a finished one, one that goes on at this moment, another dataset or
            other settings than before, or a checkpoint that does not belong to the run.
    """
    run = RunFolder.open(root)
    if run.read_state().get("status") == "finished":
        raise RunError(f"{root}: this run has finished already; nothing to resume")
    experiment = Experiment.load(run.config)
    checkpoint = resuming.checkpoint_of(run)
    job = _job(run, experiment, say, bar, watching, start=checkpoint is None)
    if checkpoint:
        described.require_same_data(run, described.data_of(job.prepared, experiment, job.data))
        resuming.check(checkpoint, job.lesson, experiment)
    with ExitStack() as stack:
        if job.trainer.is_global_zero:
            stack.enter_context(guard.alone(root))
            guard.require_space(root, experiment, job.lesson.network)
            where = "after its last whole epoch" if checkpoint else "from the start"
            say(f"resuming {root} {where}")
            if not checkpoint:
                _describe(run, job, say)
        _train(run, job, checkpoint)
    return run


def _job(
    run: RunFolder,
    experiment: Experiment,
    say: Say,
    bar: bool,
    watching: Sequence[Callback],
    start: bool = True,
    alone: bool = False,
) -> _Job:
    guard.require_device(experiment)
    if wrong := problems(experiment):
        raise ConfigError(several(wrong))
    prepared = PreparedSet.open(experiment.data.path)
    data = splits(prepared, experiment)
    seed_everything(experiment.seed, verbose=False)
    lesson = _lesson(experiment, data, start)
    record = callbacks.Record(run, experiment.train.monitor, say)
    with quiet("lightning.pytorch", "lightning.fabric", ignore=LIGHTNING_HINTS):
        trainer = machines.trainer(run, experiment, (record, *watching), bar, alone)
    place = (trainer.global_rank, trainer.world_size)
    at_once = 2 * experiment.train.batch_size // trainer.world_size
    watched = InOrder(len(data.val), max(2, min(VALIDATION_BATCH, at_once)), *place)
    train = loader(data.train, _batches(experiment, data, *place))
    return _Job(
        experiment, prepared, data, lesson, record, trainer, train, loader(data.val, watched)
    )


def _lesson(experiment: Experiment, data: Splits, start: bool) -> Lesson:
    weights = {}
    if experiment.loss.class_weights == "balanced":
        for head, soft in data.soft.items():
            if not soft:
                learnt = data.train.heads[head].numpy()
                weights[head] = torch.from_numpy(class_weights(learnt))
    network = build(experiment, start)
    if start and experiment.model.weights is not None:
        load_weights(network, experiment.model.weights)
    return Lesson(network, experiment, data.soft, weights)


def _describe(run: RunFolder, job: _Job, say: Say) -> None:
    """Write what the run is, or, where it was cut off before its first epoch ended, compare it."""
    experiment, network = job.experiment, job.lesson.network
    data = described.data_of(job.prepared, experiment, job.data)
    data = {**data, **described.start_of(experiment)}
    if run.data.is_file():
        described.require_same_data(run, data)
    write_text(run.config, experiment.to_yaml())
    write_json(run.data, {**data, "started_on": described.started_on(experiment)})
    write_json(run.network, found := described.network_of(network, experiment))
    write_json(run.environment, described.machine_of(experiment, job.trainer.world_size))
    say(described.sentence(found, job.data))
    for note in job.data.notes:
        say(note)


def _train(run: RunFolder, job: _Job, checkpoint: Path | None) -> None:
    trainer = job.trainer
    with quiet("lightning.pytorch", "lightning.fabric", ignore=LIGHTNING_HINTS):
        try:
            trainer.fit(job.lesson, job.train, job.val, ckpt_path=checkpoint, weights_only=True)
        except SystemExit:  # what Lightning makes of an interrupt
            if not trainer.interrupted:
                raise
        except Exception as error:
            raise _failed(run, job, error) from error
    if trainer.interrupted:
        end_children(trainer)
        raise KeyboardInterrupt(f"go on with: mien train --resume {run.root}")
    if trainer.is_global_zero:
        job.record.write_state("finished")
        job.record.say(draw(run.root).text)


def _failed(run: RunFolder, job: _Job, error: Exception) -> Exception:
    """Return what to raise for an error in training, and note it in the run's state."""
    end_children(job.trainer)
    if memory.is_shortage(error):
        size = job.experiment.train.batch_size
        error = memory.explained(error, job.lesson, job.trainer, size)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return RunError(
            f"{run.root}: the disk is full; free some space, then: mien train --resume {run.root}"
        )
    if isinstance(error, TrainingError) and job.trainer.is_global_zero:
        job.record.write_state("failed", str(error))
    return error


def _batches(experiment: Experiment, data: Splits, rank: int, world: int) -> Sampler[Tensor]:
    size, seed = experiment.train.batch_size, experiment.seed
    if experiment.train.sampler == "weighted":
        weights = row_weights(next(iter(data.train.heads.values())))
        return Weighted(weights, size, seed, rank, world)
    return Shuffled(len(data.train), size, seed, rank, world)
