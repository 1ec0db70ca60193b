"""How many pictures of each class a split holds, and how far splits are apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import pi, sqrt

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Counts:
    """Pictures by split and class.

    Attributes:
        splits: the S names that occur.
        classes: the K names that occur.
        table: ``int64 [S, K]``.
    """

    splits: tuple[str, ...]
    classes: tuple[str, ...]
    table: Ints

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """Each class's share of its split, ``float64 [S, K]``."""
        return np.asarray(self.table / np.maximum(self.table.sum(axis=1, keepdims=True), 1))


def counted(split: Text, labels: Ints, splits: Sequence[str], classes: Sequence[str]) -> Counts:
    """Count pictures by split and class; splits and classes without any are left out.

    Args:
        split: text ``[N]``.
        labels: ``int64 [N]``, position in ``classes``; negative ones are not counted.
        splits: the names there may be, in the order to keep.
        classes: the same.
    """
    table = np.array(
        [[((split == s) & (labels == k)).sum() for k in range(len(classes))] for s in splits],
        dtype=np.int64,
    ).reshape(len(splits), len(classes))
    rows = table.sum(axis=1) > 0
    columns = table.sum(axis=0) > 0
    return Counts(
        tuple(s for s, kept in zip(splits, rows, strict=True) if kept),
        tuple(c for c, kept in zip(classes, columns, strict=True) if kept),
        table[rows][:, columns],
    )


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the class shares of two splits are apart.

    Attributes:
        first, second: positions of the splits.
        distance: half the sum of the absolute differences of shares, 0–1: the part of one split
            that would have to change its class (total variation distance).
        by_chance: what two random splits of these sizes have on average, to first order.
    """

    first: int
    second: int
    distance: float
    by_chance: float


def distances(table: Ints) -> list[Distance]:
    """Return the distance of each pair of splits, the largest first."""
    found = [
        Distance(a, b, _distance(table[a], table[b]), _by_chance(table[a], table[b]))
        for a, b in combinations(range(len(table)), 2)
    ]
    return sorted(found, key=lambda pair: -pair.distance)


def _distance(first: Ints, second: Ints) -> float:
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def _by_chance(first: Ints, second: Ints) -> float:
    """Half the sum of E|d|, where d is normal with the deviation that sampling gives."""
    pooled = (first + second) / (first.sum() + second.sum())
    variance = pooled * (1 - pooled) * (1 / first.sum() + 1 / second.sum())
    return float(np.sqrt(variance).sum() * sqrt(2 / pi) / 2)


def frequent(values: Sequence[str], most: int) -> tuple[list[tuple[str, int]], int]:
    """Return the most frequent values with their counts, and how many rows others have.

    Equally frequent ones come in alphabetical order.
    """
    names, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    ranked = [(str(names[n]), int(counts[n])) for n in order]
    return ranked[:most], sum(count for _, count in ranked[most:])
