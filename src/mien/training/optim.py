"""Optimisers and learning-rate schedules."""

import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from mien.config import Optimizer, Schedule


def optimizer(network: nn.Module, settings: Optimizer) -> torch.optim.Optimizer:
    """Return the optimiser; norms and biases (one-dimensional parameters) do not decay."""
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if settings.name == "sgd":
        nesterov = settings.momentum > 0
        return torch.optim.SGD(groups, settings.lr, settings.momentum, nesterov=nesterov)
    kind = torch.optim.Adam if settings.name == "adam" else torch.optim.AdamW
    return kind(groups, settings.lr)


def factor(step: int, settings: Schedule, steps_an_epoch: int, steps: int) -> float:
    """Return what the learning rate is multiplied by at a step, for cosine and constant.

    Cosine after a linear warm-up: Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts.
    """
    warmup = settings.warmup_epochs * steps_an_epoch
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if settings.name == "constant":
        return 1.0
    done = (step - warmup) / max(1, steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def step_schedule(
    optimiser: torch.optim.Optimizer, settings: Schedule, steps_an_epoch: int, steps: int
) -> LambdaLR:
    """Return the schedule that moves at every step."""
    return LambdaLR(optimiser, lambda step: factor(step, settings, steps_an_epoch, steps))


def plateau_schedule(optimiser: torch.optim.Optimizer, settings: Schedule) -> ReduceLROnPlateau:
    """Return the schedule that falls when the validation loss no longer does."""
    return ReduceLROnPlateau(optimiser, factor=settings.factor, patience=settings.patience - 1)
