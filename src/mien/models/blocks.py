"""What mien's own networks are made of: scaled widths, a convolutional block, dense layers."""

from collections.abc import Sequence
from math import floor

from torch import nn


def scaled(channels: int, width: float) -> int:
    """Return ``channels`` times ``width``, as the nearest multiple of 4, at least 4."""
    return max(4, 4 * floor(channels * width / 4 + 0.5))


def block(before: int, after: int, dropout: float = 0) -> nn.Sequential:
    """Convolution 3×3, batch norm, ReLU, 2×2 max-pool, and dropout where it is above 0.

    ``[B, before, H, W]`` → ``[B, after, H // 2, W // 2]``. The convolution has no bias, since
    the norm's (Ioffe & Szegedy 2015, arXiv:1502.03167) stands in its place.
    """
    layers: list[nn.Module] = [
        nn.Conv2d(before, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]
    return nn.Sequential(*layers, *([nn.Dropout(dropout)] if dropout else []))


def blocks(channels: int, widths: Sequence[int], dropout: float = 0) -> list[nn.Module]:
    """Return one ``block`` for each width; the first takes ``channels``."""
    before = (channels, *widths[:-1])
    return [block(b, after, dropout) for b, after in zip(before, widths, strict=True)]


def flattened(channels: int, size: int, pools: int) -> int:
    """Return how many numbers are left of ``size`` px after so many 2×2 pools."""
    side: int = size // 2**pools
    return channels * side * side


def dense(before: int, after: int, dropout: float = 0) -> nn.Sequential:
    """Flatten, dropout where it is above 0, a fully connected layer, batch norm, ReLU.

    The norm stands here too: what comes in is never negative, and without it Adam at 0.001 moves
    a whole layer of 128 so far in its first steps that 120 of its ReLUs answer 0 for ever.
    """
    dropped = [nn.Dropout(dropout)] if dropout else []
    layer = [nn.Linear(before, after, bias=False), nn.BatchNorm1d(after), nn.ReLU()]
    return nn.Sequential(nn.Flatten(), *dropped, *layer)
