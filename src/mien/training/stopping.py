"""Several processes end together: when one is asked to, and when the first one fails."""

import signal
import threading
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mien.training.module import Lesson


class Termination(Callback):
    """Notes SIGTERM for the next step, where all processes agree to end (``Lesson``).

    Lightning's own handler speaks to the other processes at once, in the middle of what they
    speak of at that moment, and all may then wait for ever. For one process it stays as it is;
    Lightning gives the handler from before the training back.
    """

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the place of Lightning's handler."""
        assert isinstance(pl_module, Lesson)
        lesson = pl_module

        def note(number: int, frame: Any) -> None:
            lesson.stop = True

        in_main_thread = threading.current_thread() is threading.main_thread()
        if trainer.world_size > 1 and in_main_thread:
            signal.signal(signal.SIGTERM, note)


def end_children(trainer: Trainer) -> None:
    """End the processes that Lightning started for this one; no one else would.

    They may be waiting for this process, and only a kill ends that. What other launchers started
    is theirs to end.
    """
    listed = getattr(trainer.strategy.launcher, "procs", [])
    children = list(listed)
    listed.clear()  # where one ends badly, Lightning's observer kills this process too
    for child in children:
        child.kill()
        child.wait()
