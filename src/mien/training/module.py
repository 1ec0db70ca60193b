"""The Lightning module: steps and logging only."""

from collections.abc import Callable
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.exceptions import SIGTERMException
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from mien.config import Experiment
from mien.emotions import LABEL_SETS
from mien.errors import TrainingError
from mien.models.network import Network, flip_average
from mien.training import losses, optim, progressive, resuming, schedules
from mien.training.data import Batch
from mien.training.sam import SAM
from mien.training.sampling import generator
from mien.transforms import augment, mix

Criterion = Callable[[Tensor, Tensor], Tensor]


class Lesson(LightningModule):
    """Trains a network on one experiment.

    Args:
        network: what learns.
        experiment: how.
        soft: for each head, whether its targets are votes.
        class_weights: for heads with weighted labels, ``float32 [K]``.

    Attributes:
        confusion: after a validation epoch, for each head, ``int64 [K, K]``: true classes down,
            answers across; rows with a clear target only.
        stop: set when this process is asked to end; of several, all end at the same step.
    """

    def __init__(
        self,
        network: Network,
        experiment: Experiment,
        soft: dict[str, bool],
        class_weights: dict[str, Tensor],
    ) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.experiment = experiment
        self.soft = soft
        self.criteria: dict[str, Criterion] = {
            head: losses.criterion(experiment.loss, votes, class_weights.get(head))
            for head, votes in soft.items()
        }
        self.plateau: schedules.Plateau | None = None
        self.confusion: dict[str, Tensor] = {}
        self._sums = torch.zeros(0)
        self.stop = False

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Augment, blend, normalise, and return the loss.

        Dropout is seeded from (seed, epoch, batch), so that a resumed run repeats it exactly.
        """
        with torch.autocast(self.device.type, enabled=False):  # pictures stay exact
            faces, targets = self.prepared(batch, number)
        torch.manual_seed(self._random(1, number).initial_seed())
        logits = self.network(faces)
        loss = sum((self.criteria[h](logits[h], targets[h]) for h in targets), faces.new_zeros(()))
        self._require_number(loss, number)
        if not self._climbed:
            self._log_training(loss, logits, targets)
        return loss

    def prepared(self, batch: Batch, number: int) -> tuple[Tensor, Batch]:
        """Return a training batch as the network gets it: everything random happens here."""
        settings, random = self.experiment, self._random(2, number)
        train, side = settings.train, settings.preprocess.size
        side = progressive.size_at(self.current_epoch, train.epochs, train.sizes, side)
        faces = progressive.resized(self._scaled(batch["faces"]), side)
        faces = augment.apply(faces, augment.draw(len(faces), settings.augment, random))
        targets = {head: batch[head] for head in self.soft}
        blend = mix.draw(len(faces), side, settings.mix, random)
        if blend is not None:
            faces = mix.apply_pictures(faces, blend)
            targets = {head: mix.apply_targets(values, blend) for head, values in targets.items()}
        return self._laid_out(settings.preprocess.normalised(faces)), targets

    def on_validation_epoch_start(self) -> None:
        """Count from zero."""
        sizes = {head: len(LABEL_SETS[head]) for head in self.soft}
        self.confusion = {
            head: torch.zeros(k, k, dtype=torch.int64, device=self.device)
            for head, k in sizes.items()
        }
        self._sums = torch.zeros(len(self.soft), 2, dtype=_exact(self.device), device=self.device)

    def validation_step(self, batch: Batch, number: int) -> None:
        """Count what is answered, and sum the loss."""
        faces = self.experiment.preprocess.normalised(self._scaled(batch["faces"]))
        faces = self._laid_out(faces)
        flip = self.experiment.train.flip_average
        logits = flip_average(self.network, faces) if flip else self.network(faces)
        for (head, counts), sums in zip(self.confusion.items(), self._sums, strict=True):
            weight = batch[head].sum()  # the loss is a mean over the rows that have a target
            loss = losses.head_loss(logits[head], batch[head])
            sums.add_(torch.stack([loss * weight, weight]).to(sums))
            counts.add_(losses.confusion(logits[head], batch[head], len(counts)))

    def on_validation_epoch_end(self) -> None:
        """Log loss, accuracy and macro-F1 over all processes, and move a plateau schedule."""
        reduce = self.trainer.strategy.reduce
        sums = reduce(self._sums, reduce_op="sum")
        loss = (sums[:, 0] / sums[:, 1]).sum().float()
        self.confusion = {
            head: reduce(counts, reduce_op="sum") for head, counts in self.confusion.items()
        }
        self.log("val_loss", loss, logger=False)
        for name, measure in (("accuracy", losses.accuracy), ("macro_f1", losses.macro_f1)):
            each = {head: measure(counts) for head, counts in self.confusion.items()}
            for head, value in each.items():
                self.log(f"val_{name}_{head}", value, logger=False)
            self.log(f"val_{name}", torch.stack(list(each.values())).mean(), logger=False)
        if self.plateau is not None:
            self.plateau.watch(float(loss))

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return the optimiser, with a schedule that moves at every step."""
        settings = self.experiment
        optimiser = optim.optimizer(self.network, settings.optimizer)
        steps = int(self.trainer.estimated_stepping_batches)
        an_epoch = max(1, steps // settings.train.epochs)
        schedule = schedules.step_schedule(optimiser, settings.schedule, an_epoch, steps)
        self.plateau = schedule if isinstance(schedule, schedules.Plateau) else None
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Say what the checkpoint is of."""
        checkpoint[resuming.MARK] = resuming.mark(self.experiment)

    @property
    def _climbed(self) -> bool:
        """Whether this is the second pass of sharpness-aware minimisation."""
        optimiser = self.optimizers(use_pl_optimizer=False)
        return isinstance(optimiser, SAM) and optimiser.climbed

    def _random(self, purpose: int, number: int) -> torch.Generator:
        process = (self.global_rank,) if self.global_rank else ()
        return generator(self.experiment.seed, self.current_epoch, purpose, number, *process)

    def _require_number(self, loss: Tensor, number: int) -> None:
        """Stop, all processes together, where the loss of one of them is no number.

        Raises:
            TrainingError: it is none.
            SIGTERMException: one of several processes is to end.
        """
        broken, ends = not torch.isfinite(loss), False
        if self.trainer.world_size > 1:
            told = torch.tensor([broken, self.stop], dtype=torch.int32, device=self.device)
            broken, ends = self.trainer.strategy.reduce(told, reduce_op="sum").bool().tolist()
        if broken:
            raise TrainingError(
                f"the loss became {loss.item()} in epoch {self.current_epoch + 1}, batch "
                f"{number + 1}; what was learnt up to the epoch before is kept; try a smaller "
                f"optimizer.lr than {self.experiment.optimizer.lr:g}, or optimizer.clip=1"
            )
        if ends:
            raise SIGTERMException

    def _log_training(self, loss: Tensor, logits: Batch, targets: Batch) -> None:
        self._log_mean("train_loss", loss.detach(), len(next(iter(targets.values()))))
        for head, values in targets.items():
            right, clear = losses.correct(logits[head].detach(), values)
            self._log_mean(f"train_accuracy_{head}", right / clear.clamp(min=1), int(clear))

    def _log_mean(self, name: str, value: Tensor, rows: int) -> None:
        self.log(
            *(name, value),
            on_epoch=True,
            on_step=False,
            logger=False,  # the board writes the epochs
            batch_size=rows,
            sync_dist=self.trainer.world_size > 1,
        )

    @staticmethod
    def _scaled(faces: Tensor) -> Tensor:
        return faces.float() / 255

    @staticmethod
    def _laid_out(faces: Tensor) -> Tensor:
        return faces.contiguous(memory_format=torch.channels_last)


def _exact(device: torch.device) -> torch.dtype:
    """Return the type to sum in; Apple's GPUs have no float64."""
    return torch.float32 if device.type == "mps" else torch.float64
