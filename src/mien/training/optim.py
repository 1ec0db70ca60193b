"""Optimisers."""

from typing import Any

import torch
from torch import nn

from mien.config import Optimizer
from mien.training.sam import SAM

Groups = list[dict[str, Any]]


def optimizer(network: nn.Module, settings: Optimizer) -> torch.optim.Optimizer:
    """Return the optimiser of the parameters that learn.

    Norms and biases (one-dimensional parameters) do not decay. With ``settings.sam`` the
    optimiser is a ``SAM``, whose ``step`` needs a closure.

    Args:
        network: its heads are the parameters below ``heads``, its body all others.
        settings: the section ``optimizer`` of an experiment.

    Returns:
        An optimiser whose last parameter group has the rate of the heads.
    """
    base = _base(_groups(network, settings), settings)
    return SAM(base, settings.sam, network) if settings.sam else base


def _base(groups: Groups, settings: Optimizer) -> torch.optim.Optimizer:
    if settings.name == "sgd":
        nesterov = settings.momentum > 0
        return torch.optim.SGD(groups, settings.lr, settings.momentum, nesterov=nesterov)
    kind = torch.optim.Adam if settings.name == "adam" else torch.optim.AdamW
    return kind(groups, settings.lr)


def _groups(network: nn.Module, settings: Optimizer) -> Groups:
    trained = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    if settings.backbone_lr is None:
        return _by_decay("all", [p for _, p in trained], settings.lr, settings.weight_decay)
    heads = [p for name, p in trained if name.startswith("heads.")]
    body = [p for name, p in trained if not name.startswith("heads.")]
    return [
        *_by_decay("body", body, settings.backbone_lr, settings.weight_decay),
        *_by_decay("heads", heads, settings.lr, settings.weight_decay),
    ]


def _by_decay(name: str, parameters: list[nn.Parameter], lr: float, decay: float) -> Groups:
    decaying = [p for p in parameters if p.ndim > 1]
    others = [p for p in parameters if p.ndim <= 1]
    groups: Groups = [
        {"name": name, "params": decaying, "lr": lr, "weight_decay": decay},
        {"name": f"{name} norms", "params": others, "lr": lr, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
