"""How the learning rate moves: a factor on the peak rate at each step."""

import math

import torch
from torch.optim.lr_scheduler import LambdaLR

from mien.config import Schedule

CYCLE_START = 1 / 25  # of the peak
CYCLE_END = CYCLE_START / 1e4


def factor(step: int, settings: Schedule, steps_an_epoch: int, steps: int) -> float:
    """Return what the learning rate is multiplied by at a step.

    All names but ``onecycle`` rise linearly through the warm-up and begin after it: ``step``
    counts its epochs from there. ``cosine``: Loshchilov & Hutter 2017, arXiv:1608.03983, without
    restarts. ``plateau`` is as ``constant`` here; ``Plateau`` multiplies it by its own factor.

    Args:
        step: of the optimiser, counted from 0; ``steps`` and later give the last value.
        settings: the schedule.
        steps_an_epoch: at least 1.
        steps: of the whole run.
    """
    if settings.name == "onecycle":
        return _one_cycle(step, settings.rise, steps)
    warmup = settings.warmup_epochs * steps_an_epoch
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if settings.name == "step":
        return float(settings.factor ** ((step - warmup) // (settings.every * steps_an_epoch)))
    if settings.name in ("constant", "plateau"):
        return 1.0
    done = (step - warmup) / max(1, steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _one_cycle(step: int, rise: float, steps: int) -> float:
    """Smith & Topin 2018, arXiv:1708.07120, in the two half cosines of torch's OneCycleLR.

    Deviation from the paper: the momentum stays as it is.
    """
    top, last = rise * steps - 1, steps - 1
    if top > 0 and step <= top:
        return _half_cosine(CYCLE_START, 1.0, step / top)
    return _half_cosine(1.0, CYCLE_END, min(1.0, (step - top) / (last - top)))


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


def step_schedule(
    optimiser: torch.optim.Optimizer, settings: Schedule, steps_an_epoch: int, steps: int
) -> LambdaLR:
    """Return the schedule to step after every batch; a ``Plateau`` for that name."""
    if settings.name == "plateau":
        return Plateau(optimiser, settings, steps_an_epoch, steps)
    return LambdaLR(optimiser, lambda step: factor(step, settings, steps_an_epoch, steps))


class Plateau(LambdaLR):
    """Falls when the validation loss no longer does, with a warm-up.

    ``step()`` after every batch moves the warm-up. ``watch(loss)`` after every validation
    multiplies the rate by ``settings.factor`` when ``settings.patience`` epochs in a row were not
    better than the best by more than its 10,000th part. Torch's ReduceLROnPlateau has the same
    margin and waits one epoch longer for the same ``patience``.
    ``state_dict`` holds plain numbers only.

    Attributes:
        scale: product of the falls so far.
        best: lowest loss so far.
        waited: epochs since then or since the last fall.
    """

    MARGIN = 1e-4

    def __init__(
        self, optimiser: torch.optim.Optimizer, settings: Schedule, steps_an_epoch: int, steps: int
    ) -> None:
        self.fall, self.patience = settings.factor, settings.patience
        self.scale, self.best, self.waited = 1.0, math.inf, 0
        super().__init__(
            optimiser, lambda step: self.scale * factor(step, settings, steps_an_epoch, steps)
        )

    def watch(self, loss: float) -> None:
        """Take the validation loss of an epoch; a lower rate holds from the next step on."""
        self.waited += 1
        if loss < self.best * (1 - self.MARGIN):
            self.best, self.waited = loss, 0
        if self.waited >= self.patience:
            self.scale, self.waited = self.scale * self.fall, 0
        self._last_lr = [base * self.lr_lambdas[0](self.last_epoch) for base in self.base_lrs]
        for group, rate in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = rate
