"""The Lightning module: steps and logging only."""

from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from mien.config import Experiment
from mien.errors import TrainingError
from mien.models.network import Network, flip_average
from mien.training import losses, optim
from mien.training.data import Batch, generator
from mien.transforms import augment, mix


class Lesson(LightningModule):
    """Trains a network on one experiment.

    Args:
        network: what learns.
        experiment: how.
        soft: for each head, whether its targets are votes (no smoothing, no class weights).
        class_weights: for heads with labels, ``float32 [K]``.
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
        self.weights = class_weights
        self.plateau: torch.optim.lr_scheduler.ReduceLROnPlateau | None = None

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Augment, blend, normalise, and return the loss.

        Dropout is seeded from (seed, epoch, batch), so that a resumed run repeats it exactly.
        """
        faces, targets = self.prepared(batch, number)
        torch.manual_seed(self._random(1, number).initial_seed())
        logits = self.network(faces)
        loss = sum((self._loss(h, logits[h], targets[h]) for h in targets), faces.new_zeros(()))
        if not torch.isfinite(loss):
            raise TrainingError(
                f"the loss became {loss.item()} in epoch {self.current_epoch}, batch {number}; "
                f"try a smaller optimizer.lr than {self.experiment.optimizer.lr}"
            )
        self.log("train_loss", loss, on_epoch=True, on_step=False, batch_size=len(faces))
        self._log_accuracy("train", logits, targets)
        return loss

    def prepared(self, batch: Batch, number: int) -> tuple[Tensor, Batch]:
        """Return a training batch as the network gets it: everything random happens here."""
        settings, random = self.experiment, self._random(2, number)
        faces = self._scaled(batch["faces"])
        faces = augment.apply(faces, augment.draw(len(faces), settings.augment, random))
        targets = {head: batch[head] for head in self.soft}
        blend = mix.draw(len(faces), settings.mix, random)
        if blend is not None:
            faces = mix.apply(faces, blend)
            targets = {head: mix.apply(values, blend) for head, values in targets.items()}
        return self._laid_out(settings.preprocess.normalised(faces)), targets

    def validation_step(self, batch: Batch, number: int) -> None:
        """Log loss and accuracy of the answers."""
        faces = self.experiment.preprocess.normalised(self._scaled(batch["faces"]))
        faces = self._laid_out(faces)
        flip = self.experiment.train.flip_average
        logits = flip_average(self.network, faces) if flip else self.network(faces)
        targets = {head: batch[head] for head in self.soft}
        loss = sum((losses.head_loss(logits[h], targets[h]) for h in targets), 0)
        self.log("val_loss", loss, batch_size=len(faces))
        self._log_accuracy("val", logits, targets)

    def on_validation_epoch_end(self) -> None:
        """Log the mean accuracy over the heads, and move a plateau schedule."""
        metrics = self.trainer.callback_metrics
        each = [metrics[f"val_accuracy_{head}"] for head in self.soft]
        self.log("val_accuracy", torch.stack(each).mean())
        if self.plateau is not None:
            self.plateau.step(metrics["val_loss"].item())

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return the optimiser, with a schedule that moves at every step or none."""
        settings = self.experiment
        optimiser = optim.optimizer(self.network, settings.optimizer)
        if settings.schedule.name == "plateau":
            self.plateau = optim.plateau_schedule(optimiser, settings.schedule)
            return optimiser
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = optim.step_schedule(
            optimiser, settings.schedule, max(1, steps // settings.train.epochs), steps
        )
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the plateau schedule, which Lightning does not know."""
        if self.plateau is not None:
            checkpoint["plateau"] = self.plateau.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the plateau schedule up again."""
        if self.plateau is not None:
            self.plateau.load_state_dict(checkpoint["plateau"])

    def _random(self, purpose: int, number: int) -> torch.Generator:
        return generator(self.experiment.seed, self.current_epoch, purpose, number)

    def _loss(self, head: str, logits: Tensor, targets: Tensor) -> Tensor:
        smoothing = 0.0 if self.soft[head] else self.experiment.loss.label_smoothing
        weights = self.weights.get(head)
        weights = None if weights is None else weights.to(logits)
        return losses.head_loss(logits, targets, smoothing, weights)

    def _log_accuracy(self, split: str, logits: Batch, targets: Batch) -> None:
        for head, values in targets.items():
            right, clear = losses.correct(logits[head], values)
            if clear:
                share = right / clear
                name = f"{split}_accuracy_{head}"
                self.log(name, share, on_epoch=True, on_step=False, batch_size=int(clear))

    @staticmethod
    def _scaled(faces: Tensor) -> Tensor:
        return faces.float() / 255

    @staticmethod
    def _laid_out(faces: Tensor) -> Tensor:
        return faces.contiguous(memory_format=torch.channels_last)
