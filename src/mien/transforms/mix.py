"""Mixup (Zhang et al. 2018, arXiv:1710.09412) and cutmix (Yun et al. 2019, arXiv:1905.04899).

Both train on pictures made of two, with their targets mixed alike. What is drawn holds for a
whole batch, as in both papers. Deviation: only a share of the batches is mixed, the others stay
as they are.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
import torch
from torch import Tensor

from mien.config import Mix


@dataclass(frozen=True)
class Blend:
    """Mixup of a batch: the share of each picture, and ``[B]`` partners for the rest."""

    share: float
    partners: Tensor


@dataclass(frozen=True)
class Paste:
    """Cutmix of a batch: the box that each picture takes from its partner.

    Attributes:
        rows, columns: first and, not included, last of the box, in pixels of the picture.
        share: of each picture that is its own: 1 - (area of the box) / (area of the picture).
        partners: ``[B]``.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    share: float
    partners: Tensor


Mixed = Blend | Paste


def draw(count: int, size: int, settings: Mix, generator: torch.Generator) -> Mixed | None:
    """Draw what happens to a batch: a blend, a paste, or None where it stays as it is.

    Args:
        count: pictures in the batch.
        size: side of the pictures as they are mixed, px.
        settings: shares of the batches, at most 1 together, and the Beta distributions.
        generator: only moved on by what is drawn. Without cutmix the draws are those of mixup
            alone.
    """
    lot = torch.rand((), generator=generator).item()
    if lot < settings.mixup:
        share = _beta(settings.beta, generator)
        return Blend(share, torch.randperm(count, generator=generator))
    if lot < settings.mixup + settings.cutmix:
        share = _beta(settings.cutmix_beta, generator)
        row, column = (size * torch.rand(2, generator=generator)).tolist()
        return paste(share, (row, column), size, torch.randperm(count, generator=generator))
    return None


def paste(share: float, middle: tuple[float, float], size: int, partners: Tensor) -> Paste:
    """Return the box around a point that leaves a share of a picture its own.

    The box has the picture's proportions and is clipped at its edges. The share that is kept is
    that of the clipped box in whole pixels, so that the targets are true to the picture.

    Args:
        share: kept if nothing is clipped, 0 to 1.
        middle: row and column of the point, 0 to ``size``, in pixels from the outer edges.
        size: side of the picture, px.
        partners: ``[B]``.
    """
    side = round(size * (1 - share) ** 0.5)
    (top, bottom), (left, right) = (_clipped(place, side, size) for place in middle)
    area = (bottom - top) * (right - left)
    return Paste((top, bottom), (left, right), 1 - area / size**2, partners)


def apply_pictures(faces: Tensor, mixed: Mixed) -> Tensor:
    """Return pictures ``[B, C, S, S]`` mixed with their partners'; ``faces`` stay unchanged."""
    if isinstance(mixed, Blend):
        return apply_targets(faces, mixed)
    rows, columns = slice(*mixed.rows), slice(*mixed.columns)
    result = faces.clone()
    result[:, :, rows, columns] = faces[:, :, rows, columns][mixed.partners.to(faces.device)]
    return result


def apply_targets(targets: Tensor, mixed: Mixed) -> Tensor:
    """Return targets ``[B, K]`` mixed with their partners', by the share of each picture.

    Where one of two rows has no target (zeros), the mixed one sums to the share of the other.
    """
    partners = targets[mixed.partners.to(targets.device)]
    return mixed.share * targets + (1 - mixed.share) * partners


def _beta(parameter: float, generator: torch.Generator) -> float:
    seed = int(torch.randint(2**31, (), generator=generator))
    return float(np.random.default_rng(seed).beta(parameter, parameter))


def _clipped(middle: float, side: int, size: int) -> tuple[int, int]:
    first = floor(middle - side / 2 + 0.5)
    return max(0, first), min(size, first + side)
