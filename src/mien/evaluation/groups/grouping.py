"""Rows put in groups by a column: numbers by value where these are few, else at quantiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

BINS = 4
FEW = 8
"""A number with at most so many different values has a group for each."""
UNKNOWN, NO_LANDMARKS = "not known", "no landmarks"
MANIFEST = "column of the manifest"


@dataclass(frozen=True)
class Column:
    """Rows put in groups.

    Attributes:
        name: of the column.
        groups: names of the groups, in order; empty ones for a private column.
        of: int64 [N], the group of each row; -1 where nobody knows the value of a private one.
        edges: where numbers were cut, ascending; None where they were not.
        how: what the column is, in words.
        private: whether the groups' names must not be told.
    """

    name: str
    groups: tuple[str, ...]
    of: Ints
    edges: tuple[float, ...] | None = None
    how: str = MANIFEST
    private: bool = False

    @property
    def missing(self) -> int | None:
        """Return the group of the rows that have no value; None where all have one."""
        last = len(self.groups) - 1
        return last if self.groups and self.groups[-1] in (UNKNOWN, NO_LANDMARKS) else None


def cut(
    name: str,
    values: npt.NDArray[np.float64],
    missing: str = UNKNOWN,
    how: str = MANIFEST,
    unit: str = "",
) -> Column:
    """Return a column of numbers put in groups: by value where there are few, else at quantiles.

    A value that equals an edge is in the group below it. Quantiles that fall together make fewer
    than ``BINS`` groups.

    Args:
        name: of the column.
        values: float64 [N], NaN where unknown.
        missing: name of the group of those.
        how: what the column is, in words.
        unit: of the numbers, as it stands behind them.
    """
    known = values[~np.isnan(values)]
    different = np.unique(known)
    of = np.full(len(values), -1, np.int64)
    if len(different) <= FEW:
        groups, edges = [f"{value:g}{unit}" for value in different], None
        of[~np.isnan(values)] = np.searchsorted(different, known)
    else:
        inner = np.unique(np.quantile(known, np.arange(1, BINS) / BINS))
        edges = tuple(float(edge) for edge in inner if edge < different[-1])
        edges = edges or (float(different[-2]),)
        of[~np.isnan(values)] = np.searchsorted(edges, known, side="left")
        groups = _named(edges, unit)
    if len(known) < len(values):
        of[np.isnan(values)] = len(groups)
        groups.append(missing)
    return Column(name, tuple(groups), of, edges, how)


def _named(edges: Sequence[float], unit: str = "") -> list[str]:
    """Return names for what lies below, between and above the edges; rough ones with a unit."""
    least = 2 if unit else 3
    digits = (d for d in range(least, 17) if len({_short(e, d) for e in edges}) == len(edges))
    most = next(digits, 17)
    text = [_short(edge, most) for edge in edges]
    between = [f"over {low} to {high}{unit}" for low, high in pairwise(text)]
    return [f"to {text[0]}{unit}", *between, f"over {text[-1]}{unit}"]


def _short(number: float, digits: int) -> str:
    return f"{number:,.0f}" if abs(number) >= 10**digits else f"{number:.{digits}g}"
