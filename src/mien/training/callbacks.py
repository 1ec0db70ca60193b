"""What happens around the epochs: the metrics file, the best weights, the state of the run."""

import csv
import io
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping
from lightning.pytorch.plugins.io import TorchCheckpointIO
from safetensors.torch import save

from mien.errors import TrainingError
from mien.runs import RunFolder, whole_file, write_json, write_text
from mien.training.averaging import averaged
from mien.training.module import Lesson

Say = Callable[[str], None]
LESS_IS_BETTER = ("val_loss",)


def mode(monitor: str) -> str:
    """Return ``min`` or ``max``: which values of a measure are better."""
    return "min" if monitor in LESS_IS_BETTER else "max"


class WholeCheckpoints(TorchCheckpointIO):
    """Writes the checkpoint to resume from whole or not at all.

    Lightning's own goes through the system's folder for temporary files, which may lie on
    another disk: a kill or a full disk while it is copied leaves half of the only checkpoint.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | os.PathLike[str], storage_options: Any = None
    ) -> None:
        """Write a checkpoint."""
        encoded = io.BytesIO()  # a full disk is an OSError then
        torch.save(checkpoint, encoded)
        with whole_file(Path(path)) as temporary:
            temporary.write_bytes(encoded.getbuffer())


class Record(Callback):
    """Keeps metrics.csv, best.safetensors and state.json, and says a line an epoch.

    Its own state travels in the checkpoint, so a resumed run goes on with the same rows and
    the same best value. Of several processes only the first writes.
    """

    def __init__(self, run: RunFolder, monitor: str, say: Say) -> None:
        self.run, self.monitor, self.say = run, monitor, say
        self.rows: list[dict[str, float]] = []
        self.best: float | None = None
        self.best_epoch = -1
        self.seconds = 0.0
        self._began = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs."""
        keys = ("rows", "best", "best_epoch", "seconds")
        return {key: getattr(self, key) for key in keys}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up the state of an interrupted run."""
        for key, value in state_dict.items():
            setattr(self, key, value)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Keep the weights if they are the best so far (the averaged ones, where there are)."""
        loss = trainer.callback_metrics["val_loss"].item()
        if not math.isfinite(loss):
            raise TrainingError(
                f"the validation loss became {loss} after epoch {trainer.current_epoch + 1}; "
                "the best weights and the checkpoint of the epoch before are kept; "
                "try a smaller optimizer.lr, or optimizer.clip=1"
            )
        value = trainer.callback_metrics[self.monitor].item()
        sign = 1 if mode(self.monitor) == "max" else -1
        if self.best is None or sign * value > sign * self.best:
            self.best, self.best_epoch = value, trainer.current_epoch
            if trainer.is_global_zero:
                self._keep(trainer, pl_module)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Add a row to metrics.csv."""
        self.seconds += time.monotonic() - self._began
        found = {name: value.item() for name, value in trainer.callback_metrics.items()}
        lr = trainer.optimizers[0].param_groups[-1]["lr"]  # that of the heads
        row = {name: round(found[name], 6) for name in sorted(found)}
        row = {"epoch": trainer.current_epoch + 1, **row, "lr": lr}
        self.rows.append({**row, "seconds": round(self.seconds, 1)})
        if trainer.is_global_zero:
            write_text(self.run.metrics, _csv(self.rows))
            self.write_state("running")
            self.say(_sentence(self.rows[-1], trainer.max_epochs or 0))

    def write_state(self, status: str, reason: str = "") -> None:
        """Write state.json."""
        values = {
            "status": status,
            "epochs": len(self.rows),
            "best_epoch": self.best_epoch,
            "monitor": self.monitor,
            "best": self.best,
            "hours": round(self.seconds / 3600, 4),
        }
        write_json(self.run.state, {**values, "reason": reason} if reason else values)

    def _keep(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, Lesson)
        source: Any = averaged(trainer) or pl_module
        weights = {k: v.detach().cpu().contiguous() for k, v in source.network.state_dict().items()}
        with whole_file(self.run.best) as temporary:
            temporary.write_bytes(save(weights))  # a full disk is an OSError here


def _csv(rows: list[dict[str, float]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _sentence(row: dict[str, float], epochs: int) -> str:
    shown = ("train_loss", "val_loss", "val_accuracy", "val_macro_f1")
    values = [f"{name} {row[name]:.4f}" for name in shown if name in row]
    return f"epoch {int(row['epoch'])}/{epochs}: {', '.join(values)}, {row['seconds']:.0f} s"


class Stopping(EarlyStopping):
    """Early stopping that also holds for a run resumed after the epoch that it stopped at."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stop at once where the patience was used up already."""
        if self.wait_count >= self.patience:
            trainer.should_stop = True


class Threads(Callback):
    """Sets torch's number of threads for the run, and gives the old number back.

    Where no number was asked for, Lightning's share of the cores for each process holds.
    """

    def __init__(self, count: int) -> None:
        self.count, self.before = count, torch.get_num_threads()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Set the number of threads."""
        if self.count:
            torch.set_num_threads(self.count)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Give the old number back."""
        torch.set_num_threads(self.before)
