"""Runs an experiment: from its configuration to the best weights in a run folder."""

from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer, seed_everything
from lightning.pytorch.accelerators import CUDAAccelerator, MPSAccelerator
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from mien.config import Experiment
from mien.datasets.framing import faces_of
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.errors import ConfigError, RunError
from mien.models.network import parameters, same_shapes
from mien.models.registry import build
from mien.runs import RunFolder, environment, read_json, sha256, write_json, write_text
from mien.training import callbacks
from mien.training.data import InOrder, Shuffled, Splits, loader, splits
from mien.training.finished import PACKAGES, load_weights
from mien.training.module import Lesson
from mien.training.quiet import quiet
from mien.training.targets import class_weights

VALIDATION_BATCH = 512
LIGHTNING_HINTS = (
    ".*does not have many workers.*",
    ".*smaller than the logging interval.*",
    ".*GPU available but not used.*",
    "Checkpoint directory .* exists and is not empty.*",
    ".*LeafSpec.*",
)


def fit(
    experiment: Experiment, out: Path, *, say: Callable[[str], None] = print, bar: bool = False
) -> RunFolder:
    """Train a new run.

    Args:
        experiment: what to do; everything random follows from its seed.
        out: a folder that does not exist yet, or is empty.
        say: takes a line an epoch.
        bar: whether to draw a progress bar.

    Raises:
        RunError: ``out`` is taken.
        ConfigError, PreparedDataError: the experiment does not suit the dataset.
        TrainingError: the loss is not a number any more.
    """
    _require_device(experiment)
    prepared = PreparedSet.open(experiment.data.path)
    data = splits(prepared, experiment)
    seed_everything(experiment.seed, verbose=False)
    lesson = _lesson(experiment, data)
    run = RunFolder.create(out)
    write_text(run.config, experiment.to_yaml())
    write_json(run.data, _described(prepared, experiment, data))
    write_json(run.environment, _environment(experiment))
    say(f"{experiment.model.name}: {parameters(lesson.network):,} parameters; {_counts(data)}")
    _train(run, lesson, data, say, bar, None)
    return run


def resume(root: Path, *, say: Callable[[str], None] = print, bar: bool = False) -> RunFolder:
    """Go on with an interrupted run, to the same weights as if it had not been interrupted.

    Raises:
        RunError: no run, a finished one, another dataset than before, or a checkpoint that
            does not belong to the run's network.
    """
    run = RunFolder.open(root)
    if run.read_state().get("status") == "finished":
        raise RunError(f"{root}: this run has finished already; nothing to resume")
    experiment = Experiment.load(run.config)
    _require_device(experiment)
    prepared = PreparedSet.open(experiment.data.path)
    data = splits(prepared, experiment)
    _same_data(run, _described(prepared, experiment, data))
    seed_everything(experiment.seed, verbose=False)
    lesson = _lesson(experiment, data)
    checkpoint = run.last if run.last.is_file() else None
    if checkpoint:
        _check(checkpoint, lesson)
    say(f"resuming {root} " + ("after its last whole epoch" if checkpoint else "from the start"))
    _train(run, lesson, data, say, bar, checkpoint)
    return run


def _require_device(experiment: Experiment) -> None:
    found = CUDAAccelerator.is_available() or MPSAccelerator.is_available()
    if experiment.train.accelerator == "gpu" and not found:
        raise ConfigError(
            "train.accelerator: expected a GPU that torch can use, found none; set auto or cpu"
        )


def _train(
    run: RunFolder,
    lesson: Lesson,
    data: Splits,
    say: Callable[[str], None],
    bar: bool,
    checkpoint: Path | None,
) -> None:
    experiment = lesson.experiment
    record = callbacks.Record(run, experiment.train.monitor, say)
    with quiet("lightning.pytorch", "lightning.fabric", ignore=LIGHTNING_HINTS):
        trainer = _trainer(run, experiment, record, bar)
        batches = Shuffled(len(data.train), experiment.train.batch_size, experiment.seed)
        try:
            trainer.fit(
                lesson,
                loader(data.train, batches),
                loader(data.val, InOrder(len(data.val), VALIDATION_BATCH)),
                ckpt_path=checkpoint,
                weights_only=True,
            )
        except SystemExit:  # what Lightning makes of an interrupt
            if not trainer.interrupted:
                raise
    if trainer.interrupted:
        raise KeyboardInterrupt(f"go on with: mien train --resume {run.root}")
    record.write_state("finished")


def _lesson(experiment: Experiment, data: Splits) -> Lesson:
    weights = {}
    if experiment.loss.class_weights == "balanced":
        for head, soft in data.soft.items():
            if not soft:
                learnt = data.train.heads[head].numpy()
                weights[head] = torch.from_numpy(class_weights(learnt))
    network = build(experiment)
    if experiment.model.weights is not None:
        load_weights(network, experiment.model.weights)
    return Lesson(network, experiment, data.soft, weights)


def _trainer(run: RunFolder, experiment: Experiment, record: Callback, bar: bool) -> Trainer:
    settings = experiment.train
    extra: list[Callback] = [callbacks.Bar()] if bar else []
    if settings.average:
        extra.append(callbacks.average(settings.average))
    if settings.stop_after:
        mode = "max" if settings.monitor == "val_accuracy" else "min"
        extra.append(EarlyStopping(settings.monitor, patience=settings.stop_after, mode=mode))
    last = ModelCheckpoint(
        run.last.parent, filename="last", save_on_train_epoch_end=True, enable_version_counter=False
    )
    return Trainer(
        accelerator=settings.accelerator,
        devices=1,
        max_epochs=settings.epochs,
        logger=TensorBoardLogger(run.root, name=None, version="tensorboard"),
        callbacks=[callbacks.Threads(settings.threads), *extra, record, last],
        plugins=[callbacks.WholeCheckpoints()],
        deterministic=True,
        num_sanity_val_steps=0,
        enable_model_summary=False,
        enable_progress_bar=False,
        log_every_n_steps=50,
    )


def _described(prepared: PreparedSet, experiment: Experiment, data: Splits) -> dict[str, Any]:
    labels = {h: list(LABEL_SETS[h]) for h in experiment.data.heads}
    start = experiment.model.weights
    return {
        "name": prepared.name,
        "label_set": prepared.label_set,
        "sha256": prepared.sha256,
        "framing": {"faces": faces_of(prepared.record)},
        "left_out": list(experiment.data.leave_out),
        "rows": {split: len(rows) for split, rows in data.rows.items()},
        "heads": {h: {"classes": labels[h], "votes": data.soft[h]} for h in labels},
        "started_from": None if start is None else sha256(start),
    }


def _environment(experiment: Experiment) -> dict[str, Any]:
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    used = None if experiment.train.accelerator == "cpu" else gpu
    threads = experiment.train.threads or torch.get_num_threads()
    return {**environment(*PACKAGES), "gpu": used, "threads": threads, "seed": experiment.seed}


def _counts(data: Splits) -> str:
    return f"{len(data.train):,} pictures to learn from, {len(data.val):,} to watch"


def _same_data(run: RunFolder, now: dict[str, Any]) -> None:
    before = read_json(run.data)
    before = {"framing": {"faces": faces_of(before)}, **before}  # older runs do not say it
    changed = [key for key in now if before.get(key) != now[key]]
    if changed:
        raise RunError(
            f"{run.root}: the dataset is not the one this run began with "
            f"({', '.join(changed)} changed); "
            "prepare it again from the same source, or start a new run"
        )


def _check(checkpoint: Path, lesson: Lesson) -> None:
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        weights = saved["state_dict"]
    except (OSError, RuntimeError, UnpicklingError, EOFError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{checkpoint}: not a checkpoint of mien train: {reason}") from None
    problem = same_shapes(lesson, weights)
    if problem:
        raise RunError(f"{checkpoint}: a checkpoint of another model; its weights are {problem}")
