"""Mixup (Zhang et al. 2018, arXiv:1710.09412): training on blends of two pictures.

Deviation: only a share of the batches is blended, the others stay as they are.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mien.config import Mix


@dataclass(frozen=True)
class Blend:
    """One blend of a batch: the share of each picture, and ``[B]`` partners for the rest."""

    share: float
    partners: Tensor


def draw(count: int, settings: Mix, generator: torch.Generator) -> Blend | None:
    """Draw a blend for a batch, or None where this batch stays as it is."""
    if torch.rand((), generator=generator).item() >= settings.mixup:
        return None
    seed = int(torch.randint(2**31, (), generator=generator))
    share = float(np.random.default_rng(seed).beta(settings.beta, settings.beta))
    return Blend(share, torch.randperm(count, generator=generator))


def apply(values: Tensor, blend: Blend) -> Tensor:
    """Return ``[B, …]`` values (pictures or targets) blended with their partners'."""
    partners = values[blend.partners.to(values.device)]
    return blend.share * values + (1 - blend.share) * partners
