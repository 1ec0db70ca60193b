"""TensorBoard: scores, learning rates, histograms and faces, one point an epoch.

Tags are ``<measure>/…``: ``loss/train`` and ``loss/val``, ``accuracy/<head>/train``,
``recall/<head>/<emotion>``, ``macro_f1/<head>/val``, ``lr/…``, ``weights/…``, ``gradients/…`` and
``faces/<head>``. The page *Scalars* shows each measure under one heading; the page *Custom
Scalars* draws training and validation as two lines of one chart. All lies in one run folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor

from mien.emotions import LABEL_SETS
from mien.models.network import flip_average
from mien.training.data import Faces
from mien.training.module import Lesson
from mien.training.watching import faces as pictures
from mien.training.watching.histograms import histogram
from mien.training.watching.tags import classes, layout, scalars

Write = Callable[[Any, int], None]
"""Writes something, given a ``SummaryWriter`` and the epoch, counted from 1."""


class Board(Callback):
    """Writes an epoch to the run's TensorBoard logger, once its checkpoint is on the disk.

    An epoch that is killed before that leaves nothing behind, so a resumed run writes no epoch
    twice. It draws no random numbers and answers with the network in evaluation mode: the
    weights of a run are bit for bit the same with and without it. Of several processes only
    the first writes. Gradients are those of the epoch's last step, clipped as they were used.
    Layers that do not learn have no histograms.

    Args:
        faces: how many validation faces to show, always the same; 0 shows none.
        histograms: whether to write those of the weights and gradients.
    """

    def __init__(self, faces: int, histograms: bool) -> None:
        self.faces, self.histograms = faces, histograms
        self._rows: Tensor | None = None
        self._waiting: list[Write] = []
        self._epoch = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Lay out the page of custom scalars."""
        assert isinstance(pl_module, Lesson)
        self._waiting = []
        writer = _writer(trainer)
        if writer is not None:
            writer.add_custom_scalars(layout(tuple(pl_module.soft)))

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the epoch before, whose checkpoint is written by now."""
        self._write(trainer)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take the last gradients of an epoch: validation begins by clearing them."""
        if self.histograms and trainer.is_last_batch and trainer.is_global_zero:
            assert isinstance(pl_module, Lesson)
            for name, parameter in pl_module.network.named_parameters():
                if parameter.grad is not None:
                    self._count(f"gradients/{name}", parameter.grad)

    def on_validation_batch_start(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Draw the faces, answered by the network that is validated (averaged, where it is)."""
        wanted = self.faces and batch_idx == 0
        if wanted and trainer.is_global_zero:
            assert isinstance(pl_module, Lesson)
            self._draw(trainer, pl_module)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take scores, learning rates and weights."""
        assert isinstance(pl_module, Lesson)
        found = {name: float(value) for name, value in trainer.callback_metrics.items()}
        if not trainer.is_global_zero:  # the others have taken part in reducing the metrics
            return
        values = dict(scalars(found, pl_module.confusion, tuple(pl_module.soft)))
        for group in trainer.optimizers[0].param_groups:
            values[f"lr/{group['name']}"] = float(group["lr"])
        self._waiting.append(lambda writer, epoch: _add_scalars(writer, values, epoch))
        self._epoch = trainer.current_epoch + 1
        if self.histograms:
            for name, parameter in pl_module.network.named_parameters():
                if parameter.requires_grad:
                    self._count(f"weights/{name}", parameter)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the last epoch."""
        self._write(trainer)

    def _write(self, trainer: Trainer) -> None:
        writer, waiting, self._waiting = _writer(trainer), self._waiting, []
        if writer is not None and waiting:
            for write in waiting:
                write(writer, self._epoch)
            writer.flush()  # a kill loses nothing of it

    def _count(self, tag: str, values: Tensor) -> None:
        counts = histogram(values)
        if counts is not None:
            fields = asdict(counts)
            self._waiting.append(
                lambda writer, epoch: writer.add_histogram_raw(tag, **fields, global_step=epoch)
            )

    def _draw(self, trainer: Trainer, lesson: Lesson) -> None:
        loader: Any = trainer.val_dataloaders
        data = loader.dataset
        assert isinstance(data, Faces)
        head = next(iter(lesson.soft))
        if self._rows is None:
            self._rows = torch.from_numpy(pictures.spread(classes(data.heads[head]), self.faces))
        shown, names = data.faces[self._rows], LABEL_SETS[head]
        if not len(shown):
            return
        true = [names[k] for k in classes(data.heads[head][self._rows])]
        with trainer.precision_plugin.forward_context():
            answered = [names[k] for k in answers(lesson, shown)[head]]
        grid = pictures.grid(shown.numpy(), true, answered)
        self._waiting.append(
            lambda writer, epoch: writer.add_image(f"faces/{head}", grid, epoch, dataformats="HWC")
        )


def answers(lesson: Lesson, faces: Tensor) -> dict[str, list[int]]:
    """Return the class that each head answers with, as validation does it.

    Args:
        lesson: in evaluation mode; gradients are switched off.
        faces: uint8 [N, C, S, S].

    Returns:
        Head → N positions in its classes.
    """
    experiment = lesson.experiment
    inputs = experiment.preprocess.normalised(faces.to(lesson.device).float() / 255)
    inputs = inputs.contiguous(memory_format=torch.channels_last)
    flip = experiment.train.flip_average
    logits = flip_average(lesson.network, inputs) if flip else lesson.network(inputs)
    return {head: values.argmax(1).tolist() for head, values in logits.items()}


def _writer(trainer: Trainer) -> Any:
    """Return TensorBoard's writer, or None where this process has none."""
    for logger in trainer.loggers:
        if isinstance(logger, TensorBoardLogger) and trainer.is_global_zero:
            return logger.experiment
    return None


def _add_scalars(writer: Any, values: Mapping[str, float], epoch: int) -> None:
    for tag, value in values.items():
        writer.add_scalar(tag, value, epoch)
