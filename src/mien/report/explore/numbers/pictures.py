"""Numbers about pixels, gathered picture by picture: light, sharpness, mean faces, histograms."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PERCENTILES = (5, 25, 50, 75, 95)


def sharpness(faces: Pixels) -> Floats:
    """Return how sharp pictures are, ``float64 [n]``; 0 for constant ones.

    The variance of the Laplacian (Pech-Pacheco et al. 2000, doi:10.1109/ICPR.2000.903548) over
    the inner pixels, divided by the variance of the picture: without that, a picture of low
    contrast would count as blurred.

    Args:
        faces: ``uint8 [n, S, S]``, S at least 3.
    """
    values = faces.astype(np.float64)
    middle = values[:, 1:-1, 1:-1]
    beside = values[:, :-2, 1:-1] + values[:, 2:, 1:-1]
    beside += values[:, 1:-1, :-2] + values[:, 1:-1, 2:]
    laplacian = (beside - 4 * middle).var(axis=(1, 2))
    variance = values.var(axis=(1, 2))
    return np.where(variance > 0, laplacian / np.maximum(variance, 1e-9), 0.0)


@dataclass
class Sums:
    """Sums over the pictures of one class, from which mean and deviation come exactly.

    Attributes:
        n: pictures added.
        first, second: sums of the values and of their squares, ``int64 [S, S]``.
    """

    size: int
    n: int = 0
    first: Ints = field(init=False)
    second: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.first = np.zeros((self.size, self.size), np.int64)
        self.second = np.zeros((self.size, self.size), np.int64)

    def add(self, faces: Pixels) -> None:
        """Add pictures, ``uint8 [n, S, S]``."""
        wide = faces.astype(np.int64)
        self.n += len(faces)
        self.first += wide.sum(axis=0)
        self.second += (wide * wide).sum(axis=0)

    @property
    def mean(self) -> Floats:
        """The mean face, ``float64 [S, S]``, 0–255; zeros where nothing was added."""
        return np.asarray(self.first / max(self.n, 1))

    @property
    def deviation(self) -> Floats:
        """The standard deviation at each pixel over the pictures, ``float64 [S, S]``."""
        spread = self.n * self.second - self.first * self.first
        return np.asarray(np.sqrt(np.maximum(spread, 0)) / max(self.n, 1))


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each grey level occurs, ``int64 [256]``."""

    counts: Ints

    @property
    def shares(self) -> Floats:
        """Share of the pixels at each level, ``float64 [256]``."""
        return np.asarray(self.counts / max(int(self.counts.sum()), 1))

    def level(self, share: float) -> int:
        """Return the lowest level that at least this share of the pixels does not exceed."""
        reached = self.counts.cumsum() >= share * self.counts.sum()
        return int(reached.argmax())


def levels(faces: Pixels) -> Ints:
    """Return how often each grey level occurs, ``int64 [256]``."""
    return np.bincount(faces.ravel(), minlength=256).astype(np.int64)


def spreads(values: Floats, labels: Ints, classes: int) -> Floats:
    """Return the ``PERCENTILES`` of each class, ``float64 [K, 5]``, NaN for an empty one."""
    found = np.full((classes, len(PERCENTILES)), np.nan)
    for k in range(classes):
        if (labels == k).any():
            found[k] = np.percentile(values[labels == k], PERCENTILES)
    return found


def apart(faces: Sequence[Floats]) -> Floats:
    """Return mean absolute differences between mean faces, ``float64 [K, K]``, grey levels."""
    stack = np.stack(list(faces))
    return np.asarray(np.abs(stack[:, None] - stack[None]).mean(axis=(2, 3)))


def extremes(values: Floats, groups: Ints, most: int, allowed: npt.NDArray[np.bool_]) -> Ints:
    """Return the rows of the lowest values, at most ``most``, each picture's copies once.

    Args:
        values: ``float64 [N]``; negate them for the highest.
        groups: ``int64 [N]``, equal for identical pictures.
        most: how many rows.
        allowed: ``bool [N]``, rows that may be taken.
    """
    rows = np.flatnonzero(allowed)
    order = rows[np.argsort(values[rows], kind="stable")]
    _, first = np.unique(groups[order], return_index=True)
    return order[np.sort(first)][:most]
