"""What each of two processes runs in test_distributed.py: training, then its weights in a file."""

import errno
import sys
import time
from pathlib import Path

from mien.models.torchvision_operators import declare

declare()

from lightning.pytorch import Callback  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

from mien.config import Experiment  # noqa: E402
from mien.training.fit import fit  # noqa: E402
from mien.training.module import Lesson  # noqa: E402


class Weights(Callback):
    def on_train_end(self, trainer, pl_module):  # type: ignore[no-untyped-def]
        weights = {k: v.contiguous() for k, v in pl_module.network.state_dict().items()}
        save_file(weights, folder / f"process{trainer.global_rank}.safetensors")


def _full(self, batch, number):  # type: ignore[no-untyped-def]
    """Fail in the first process, while the other waits for it."""
    if self.global_rank == 0:
        raise OSError(errno.ENOSPC, "No space left on device")
    time.sleep(120)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    if sys.argv[2:] == ["full"]:
        Lesson.training_step = _full  # type: ignore[method-assign]
    elif len(sys.argv) > 2:  # in one of the two the loss stops being a number
        step = Lesson.prepared

        def breaks(self, batch, number):  # type: ignore[no-untyped-def]
            faces, targets = step(self, batch, number)
            return (
                faces * float("nan") if self.global_rank == int(sys.argv[2]) else faces
            ), targets

        Lesson.prepared = breaks  # type: ignore[method-assign]
    fit(Experiment.load(folder / "small.yaml"), folder / "run", watching=[Weights()])
