"""The training loss of one head, and what is counted about its answers."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.config import Loss


def criterion(
    settings: Loss, soft: bool, class_weights: Tensor | None
) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the loss of one head, from logits and targets ``[B, K]`` to a number.

    Args:
        settings: which loss, and its switches.
        soft: whether the head learns votes: these are neither smoothed nor weighted by class.
            The focal loss is for both.
        class_weights: ``[K]``, or None.
    """
    gamma = settings.gamma if settings.name == "focal" else 0
    if soft:
        return partial(head_loss, gamma=gamma)
    return partial(
        head_loss, smoothing=settings.label_smoothing, class_weights=class_weights, gamma=gamma
    )


def head_loss(
    logits: Tensor,
    targets: Tensor,
    smoothing: float = 0,
    class_weights: Tensor | None = None,
    gamma: float = 0,
) -> Tensor:
    """Return the mean loss over the rows that have a target.

    Args:
        logits: ``[B, K]``.
        targets: ``[B, K]``, rows that sum to 1; a row of zeros has no target and no weight, and
            one that sums to less (mixed with such a row) has that weight.
        smoothing: share of each target that is spread over all classes (Szegedy et al. 2016,
            arXiv:1512.00567).
        class_weights: ``[K]``; each class's part of the target is multiplied by it. The mean is
            over the rows, not over their weights.
        gamma: of the focal loss; 0 is cross-entropy.
    """
    share = targets.sum(1)
    logits = logits.to(targets.dtype)
    weights = None if class_weights is None else class_weights.to(targets)
    smoothed = _smoothed(targets, share, smoothing)
    if gamma:
        each = _focal(logits, smoothed, weights, gamma)
    else:
        each = F.cross_entropy(logits, smoothed, weight=weights, reduction="none")
    return torch.where(share > 0, each, 0).sum() / share.sum().clamp(min=1e-6)


def _smoothed(targets: Tensor, share: Tensor, smoothing: float) -> Tensor:
    """Return targets with a part of each spread over all classes; each row keeps its sum.

    Torch's ``label_smoothing`` adds to a row that sums to less than 1 as much as to a whole one.
    """
    if not smoothing:
        return targets
    return targets * (1 - smoothing) + smoothing / targets.shape[1] * share[:, None]


def _focal(logits: Tensor, targets: Tensor, weights: Tensor | None, gamma: float) -> Tensor:
    """Return the focal loss (Lin et al. 2017, arXiv:1708.02002) of each row, ``[B]``.

    ``-Σ_k w_k t_k (1 - p_k)^γ ln p_k`` with softmax probabilities p and targets t. A label keeps
    one term, the paper's own, with w for its α. Deviation: soft and smoothed targets, which the
    paper has not, give a term for each class that has a part of them. For these the loss is
    least at probabilities flatter than the targets, so that confident answers are held back.
    """
    logs = F.log_softmax(logits, 1)
    others = -torch.expm1(logs)  # 1 - p; a power below 1 has no slope at 0
    others = others.clamp(min=torch.finfo(logs.dtype).eps)
    terms = targets * others**gamma * logs
    return -(terms if weights is None else terms * weights).sum(1)


def correct(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return how many rows with a clear target got its class, and how many there are.

    A target is clear where one class has more than half of it: every label, and the votes
    with a majority.
    """
    clear = _clear(targets)
    right = logits.argmax(1) == targets.argmax(1)
    return (right & clear).sum(), clear.sum()


def confusion(logits: Tensor, targets: Tensor, classes: int) -> Tensor:
    """Return counts ``int64 [K, K]`` over the rows with a clear target.

    Args:
        logits: ``[B, K]``.
        targets: ``[B, K]``; ``correct`` says which are clear.
        classes: K. Rows of the counts are true classes, columns are answers.
    """
    clear = _clear(targets)
    cells = targets.argmax(1) * classes + logits.argmax(1)
    return torch.bincount(cells[clear], minlength=classes * classes).reshape(classes, classes)


def accuracy(counts: Tensor) -> Tensor:
    """Return the share of right answers in a confusion matrix ``[K, K]``; 0 of an empty one."""
    return counts.diagonal().sum() / counts.sum().clamp(min=1)


def macro_f1(counts: Tensor) -> Tensor:
    """Return the mean F1 over the classes that occur in a confusion matrix ``[K, K]``.

    Classes without a true row are left out, since a split need not have all; one that is never
    answered has an F1 of 0. An empty matrix gives 0. ``evaluation.metrics`` differs: it takes
    the mean over all K.
    """
    support, answers = counts.sum(1), counts.sum(0)
    each = 2 * counts.diagonal() / (support + answers).clamp(min=1)
    return each[support > 0].sum() / (support > 0).sum().clamp(min=1)


def _clear(targets: Tensor) -> Tensor:
    return targets.amax(1) > 0.5
