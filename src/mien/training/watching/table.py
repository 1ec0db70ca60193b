"""The live table of a run on a terminal: the last epochs, the speed, the time left."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from rich.console import Console
from rich.live import Live

from mien.training.callbacks import Record
from mien.training.module import Lesson
from mien.training.progressive import size_at
from mien.training.watching.pace import Pace, costs
from mien.training.watching.view import Progress, View, progress_line

EVERY = 0.25
"""Seconds between two drawings, at least."""
THRIFT = 600
"""A drawing that takes t is followed by a pause of 600 t at least: under 0.2 % of the time."""
FORWARD = 1 / 3
"""What a picture costs in validation, as a share of its cost in training, until it is timed."""


class LiveTable(Callback):
    """Shows a run on the error output, where that is a terminal; else it does nothing.

    The rows are those of ``Record``, so a resumed run shows the epochs before it too. The time
    left is that of the whole run, from the mean step of this process. The cursor comes back
    however the run ends. A terminal that is gone ends the table, not the run.
    """

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.live: Live | None = None
        self._view = View()
        self._pace = Pace([1], 1, 0)
        self._next = 0.0  # when to draw again
        self._before = 0.0  # seconds of the run until this epoch
        self._began = 0.0  # when this epoch began
        self._mark = 0.0  # when its last step ended
        self._epoch = self._done = self._pictures = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the table."""
        if not (trainer.is_global_zero and self.console.is_terminal):
            return
        self._pace, self._next, self._done = _pace(trainer, pl_module), 0.0, 0
        self.live = Live(
            get_renderable=lambda: self._view,
            console=self.console,
            auto_refresh=False,
            redirect_stdout=sys.stdout.isatty(),  # where it goes to a file, it stays there
        )
        self._guarded(self.live.start)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Count steps from zero."""
        now, rows = time.monotonic(), _record(trainer)[0]
        if self._done:
            self._pace.pause(now - self._mark)
        self._before = float(rows[-1]["seconds"]) if rows else 0.0
        self._began = self._mark = now
        self._epoch, self._done, self._pictures = trainer.current_epoch, 0, 0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count a step; draw where it is time to."""
        if self.live is None:
            return
        now = time.monotonic()
        self._pace.step(self._epoch, now - self._mark)
        self._mark = now
        self._done += 1
        self._pictures += len(batch["faces"]) * trainer.world_size
        if now >= self._next:
            self._draw(trainer, "training")

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Draw where it is time to."""
        if self.live is not None and time.monotonic() >= self._next:
            self._draw(trainer, "validating")

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Leave the last state of the table on the terminal."""
        self._end(trainer, "finished")

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Leave the table as it was when the run was cut off; the cursor comes back."""
        self._end(trainer, "stopped")

    def _draw(self, trainer: Trainer, doing: str) -> None:
        if self.live is None:
            return
        began = time.perf_counter()
        rows, best = _record(trainer)
        self._view.show(rows, best, self.console.height)
        self._view.line = progress_line(self._progress(trainer, doing), self._plain)
        self._guarded(self.live.refresh)
        spent = time.perf_counter() - began
        self._next = time.monotonic() + max(EVERY, THRIFT * spent)

    @property
    def _plain(self) -> bool:
        """Whether the terminal knows ASCII alone."""
        return self.console.options.ascii_only

    def _progress(self, trainer: Trainer, doing: str) -> Progress:
        module, now = trainer.lightning_module, time.monotonic()
        assert isinstance(module, Lesson)
        settings, ended = module.experiment.train, doing in ("finished", "stopped")
        seconds = self._mark - self._began
        resting = now - self._mark if doing == "validating" else 0.0
        left = self._pace.left(self._epoch, self._done, resting)
        return Progress(
            epoch=self._epoch + 1,
            epochs=settings.epochs,
            step=self._done,
            steps=self._pace.steps,
            doing=doing,
            speed=self._pictures / seconds if seconds else 0.0,
            elapsed=self._before + now - self._began,
            left=None if ended else left,
            at_most=settings.stop_after > 0,
        )

    def _end(self, trainer: Trainer, how: str) -> None:
        if self.live is not None:
            self._draw(trainer, how)
        if self.live is not None:
            self._guarded(self.live.stop)
        self.live = None

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do something on the terminal; where it is gone, go on without it."""
        try:
            act()
        except OSError:
            live, self.live = self.live, None
            with suppress(OSError):
                if live is not None:
                    live.stop()  # gives the streams back, if nothing else


def _pace(trainer: Trainer, module: LightningModule) -> Pace:
    assert isinstance(module, Lesson)
    settings, side = module.experiment.train, module.experiment.preprocess.size
    sizes = [
        size_at(epoch, settings.epochs, settings.sizes, side) for epoch in range(settings.epochs)
    ]
    passes = 2 if settings.flip_average else 1
    watched: Any = trainer.val_dataloaders
    guess = passes * FORWARD * len(watched.dataset) / settings.batch_size
    return Pace(costs(sizes), int(trainer.num_training_batches), guess)


def _record(trainer: Trainer) -> tuple[list[dict[str, float]], int]:
    """Return the rows of the run so far, and its best epoch, from 1; 0 where there is none."""
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, Record):
            return callback.rows, callback.best_epoch + 1
    return [], 0
