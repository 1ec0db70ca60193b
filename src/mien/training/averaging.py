"""The moving average of the weights."""

from collections.abc import Callable

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import WeightAveraging
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn

Tensors = tuple[Tensor, ...] | list[Tensor]


def average(decay: float) -> WeightAveraging:
    """Return the moving average of the weights (Polyak & Juditsky 1992), norms included.

    Validation, the best weights and the end of the run use the averaged weights. The decay
    warms up, see ``decay_at``. The number of steps averaged travels in the checkpoint.
    """
    return WeightAveraging(multi_avg_fn=_update(decay), use_buffers=True)


def decay_at(step: int, decay: float) -> float:
    """Return the share of the old average at a step: min(decay, (1 + step) / (10 + step)).

    So the first epochs are not validated with what is left of the random start. The rule is that
    of TensorFlow's ExponentialMovingAverage with ``num_updates`` (Abadi et al. 2016,
    arXiv:1603.04467). Deviation: step 0 copies the weights.

    Args:
        step: how many steps the average has seen.
        decay: at the end of the warm-up, 0 to 1.
    """
    return min(decay, (1 + step) / (10 + step))


def averaged(trainer: Trainer) -> LightningModule | None:
    """Return the module with the averaged weights, or None where nothing is averaged.

    Between ``on_validation_epoch_start`` and ``on_validation_epoch_end`` the two have changed
    places: then this is the one that learns.
    """
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, WeightAveraging) and callback._average_model is not None:
            module = callback._average_model.module
            assert isinstance(module, LightningModule)
            return module
    return None


def _update(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    @torch.no_grad()
    def update(averages: Tensors, weights: Tensors, step: Tensor | int) -> None:
        get_ema_multi_avg_fn(decay_at(int(step), decay))(averages, weights, step)

    return update
