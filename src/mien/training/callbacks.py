"""What happens around the epochs: the metrics file, the best weights, the state of the run."""

import csv
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import WeightAveraging
from lightning.pytorch.plugins.io import TorchCheckpointIO
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from safetensors.torch import save
from torch.optim.swa_utils import get_ema_multi_avg_fn

from mien.runs import RunFolder, whole_file, write_json, write_text
from mien.training.module import Lesson

Say = Callable[[str], None]


def average(decay: float) -> WeightAveraging:
    """Return the moving average of the weights (Polyak & Juditsky 1992), norms included.

    Validation, the best weights and the end of the run use the averaged weights.
    """
    return WeightAveraging(multi_avg_fn=get_ema_multi_avg_fn(decay))


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
    the same best value.
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
        value = trainer.callback_metrics[self.monitor].item()
        better = (
            value > (self.best or 0)
            if self.monitor == "val_accuracy"
            else (self.best is None or value < self.best)
        )
        if better or self.best is None:
            self.best, self.best_epoch = value, trainer.current_epoch
            self._keep(trainer, pl_module)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Add a row to metrics.csv."""
        self.seconds += time.monotonic() - self._began
        row = {name: round(value.item(), 6) for name, value in trainer.callback_metrics.items()}
        lr = trainer.optimizers[0].param_groups[0]["lr"]
        row = {"epoch": trainer.current_epoch + 1, **dict(sorted(row.items())), "lr": lr}
        self.rows.append({**row, "seconds": round(self.seconds, 1)})
        write_text(self.run.metrics, _csv(self.rows))
        self.write_state("running")
        self.say(_sentence(self.rows[-1], trainer.max_epochs or 0))

    def write_state(self, status: str) -> None:
        """Write state.json."""
        values = {
            "status": status,
            "epochs": len(self.rows),
            "best_epoch": self.best_epoch,
            "monitor": self.monitor,
            "best": self.best,
            "hours": round(self.seconds / 3600, 4),
        }
        write_json(self.run.state, values)

    def _keep(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, Lesson)
        source: Any = _averaged(trainer) or pl_module
        weights = {k: v.detach().cpu().contiguous() for k, v in source.network.state_dict().items()}
        with whole_file(self.run.best) as temporary:
            temporary.write_bytes(save(weights))  # a full disk is an OSError here


def _averaged(trainer: Trainer) -> Any:
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, WeightAveraging) and callback._average_model is not None:
            return callback._average_model.module
    return None


def _csv(rows: list[dict[str, float]]) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _sentence(row: dict[str, float], epochs: int) -> str:
    values = [f"{k} {v:.4f}" for k, v in row.items() if k.startswith(("train_loss", "val_"))]
    return f"epoch {int(row['epoch'])}/{epochs}: {', '.join(values)}, {row['seconds']:.0f} s"


class Bar(Callback):
    """Shows on the error output how far the run is, and how long it still takes."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        left = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(compact=True))
        self.progress = Progress(*columns, *left, console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task("training", total=None)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the bar."""
        steps = int(trainer.num_training_batches) * (trainer.max_epochs or 1)
        self.progress.update(self.task, total=steps, completed=trainer.global_step)
        self.progress.start()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Move the bar."""
        said = f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"
        self.progress.update(self.task, description=said, completed=trainer.global_step)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the bar away."""
        self.progress.stop()

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Take the bar away when the run is cut off; the terminal's cursor comes back."""
        self.progress.stop()


class Threads(Callback):
    """Sets torch's number of threads for the run, and gives the old number back."""

    def __init__(self, count: int) -> None:
        self.count, self.before = count, torch.get_num_threads()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Set the number of threads."""
        torch.set_num_threads(self.count or self.before)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Give the old number back."""
        torch.set_num_threads(self.before)
