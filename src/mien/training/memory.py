"""A step that does not fit into memory: which batch size would."""

import traceback

import torch
from lightning.pytorch import Trainer
from lightning.pytorch.plugins.precision import Precision
from torch import Tensor

from mien.errors import TrainingError
from mien.training.data import Batch
from mien.training.module import Lesson

_SAID = (
    "not enough memory",
    "can't allocate memory",
    "out of memory",
    "could not create a primitive",  # oneDNN
)


def is_shortage(error: BaseException) -> bool:
    """Tell whether an error means that memory ran out."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error) for said in _SAID)


def explained(
    error: BaseException, lesson: Lesson, trainer: Trainer, batch_size: int
) -> TrainingError:
    """Return the error to raise: it names about the largest halving of the batch that did fit.

    About, because the optimiser's own numbers are not there while it is tried.

    Args:
        error: what said so; it lets go of the failed step's memory.
        lesson: what was trained; the end of a training brought it back to the CPU.
        trainer: what trained it: devices and precision.
        batch_size: pictures a step, over all processes together.
    """
    traceback.clear_frames(error.__traceback__)
    try:
        lesson.to(trainer.strategy.root_device).train()
        found = fitting(lesson, batch_size // trainer.world_size, trainer.precision_plugin)
    except (MemoryError, RuntimeError) as other:
        if not is_shortage(other):
            raise
        said = "the network alone does not fit either, or another program fills the device"
    else:
        said = _advice(found, trainer.world_size)
    return TrainingError(f"memory ran out with batches of {batch_size} pictures; {said}")


def _advice(found: int, world: int) -> str:
    if found:
        return f"a batch of about {found * world} did fit: train.batch_size={found * world}"
    return f"not even a batch of {2 * world} did fit; take a smaller model.name or preprocess.size"


def fitting(lesson: Lesson, batch_size: int, precision: Precision) -> int:
    """Return the largest of batch_size / 2, / 4, … of which a training step fits; 0 if none.

    Args:
        lesson: on the device.
        batch_size: pictures a step on this device.
        precision: that of the training.
    """
    count = batch_size // 2
    while count >= 2:
        try:
            torch.cuda.empty_cache()
            _step(lesson, count, precision)
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
        else:
            return count
        finally:
            lesson.network.zero_grad(set_to_none=True)
        count //= 2
    return 0


def _step(lesson: Lesson, count: int, precision: Precision) -> None:
    """Do the part of a training step that takes the memory."""
    spec = lesson.experiment.preprocess
    faces = torch.rand(count, spec.channels, spec.size, spec.size, device=lesson.device)
    with precision.forward_context():
        logits: Batch = lesson.network(faces.contiguous(memory_format=torch.channels_last))
        total: Tensor = sum((v.square().mean() for v in logits.values()), faces.new_zeros(()))
    total.backward()
