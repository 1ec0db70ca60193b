"""A step that does not fit into memory: which batch size would."""

import traceback

import torch
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
    error: BaseException, lesson: Lesson, device: torch.device, batch_size: int
) -> TrainingError:
    """Return the error to raise: it names the largest halving of the batch that did fit.

    Args:
        error: what said so; it lets go of the failed step's memory.
        lesson: what was trained.
        device: where; the end of a training brings the network back to the CPU.
        batch_size: pictures a step on this device.
    """
    traceback.clear_frames(error.__traceback__)
    found = fitting(lesson.to(device).train(), batch_size)
    said = (
        f"a batch of {found} did fit: train.batch_size={found}"
        if found
        else "not even a batch of 2 did fit; take a smaller model.name or preprocess.size"
    )
    return TrainingError(f"memory ran out with batches of {batch_size} pictures; {said}")


def fitting(lesson: Lesson, batch_size: int) -> int:
    """Return the largest of batch_size / 2, / 4, … of which a training step fits; 0 if none."""
    count = batch_size // 2
    while count >= 2:
        torch.cuda.empty_cache()
        try:
            _step(lesson, count)
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
        else:
            return count
        finally:
            lesson.network.zero_grad(set_to_none=True)
        count //= 2
    return 0


def _step(lesson: Lesson, count: int) -> None:
    """Do the part of a training step that takes the memory."""
    spec = lesson.experiment.preprocess
    faces = torch.rand(count, spec.channels, spec.size, spec.size, device=lesson.device)
    logits: Batch = lesson.network(faces.contiguous(memory_format=torch.channels_last))
    total: Tensor = sum((v.square().mean() for v in logits.values()), faces.new_zeros(()))
    total.backward()
