"""The training loss: cross-entropy with soft targets, summed over the heads."""

import torch
from torch import Tensor
from torch.nn import functional as F


def head_loss(
    logits: Tensor, targets: Tensor, smoothing: float = 0, class_weights: Tensor | None = None
) -> Tensor:
    """Return the mean cross-entropy over the rows that have a target.

    Args:
        logits: ``[B, K]``.
        targets: ``[B, K]``, rows that sum to 1; a row of zeros has no target and no weight.
        smoothing: share of each target that is spread over all classes (Szegedy et al. 2016,
            arXiv:1512.00567).
        class_weights: ``[K]``; each class's part of the target is multiplied by it.
    """
    share = targets.sum(1)
    each = F.cross_entropy(
        logits, targets, weight=class_weights, label_smoothing=smoothing, reduction="none"
    )
    return torch.where(share > 0, each, 0).sum() / share.sum().clamp(min=1e-6)


def correct(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return how many rows with a clear target got its class, and how many there are.

    A target is clear where one class has more than half of it: every label, and the votes
    with a majority.
    """
    clear = targets.amax(1) > 0.5
    right = logits.argmax(1) == targets.argmax(1)
    return (right & clear).sum(), clear.sum()
