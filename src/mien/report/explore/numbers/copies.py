"""Pictures that occur more than once, pixel for pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.datasets.audit import copies_in

Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Copies:
    """Groups of identical pictures.

    Attributes:
        sizes: pictures of each group of two or more, ``int64 [G]``.
        copied: pictures that have another one with the same pixels.
        across: ``int64 [S, S]``: pictures of the row's split that have a copy (other than
            themselves) in the column's split.
        held: pictures of each split, ``int64 [S]``.
        shown: a few groups, each the rows of its pictures.
    """

    sizes: Ints
    copied: int
    across: Ints
    held: Ints
    shown: tuple[Ints, ...]


def copies(groups: Ints, split: Text, labels: Ints, splits: Sequence[str], most: int) -> Copies:
    """Find identical pictures.

    Args:
        groups: ``int64 [N]``: position of the first picture with the same pixels, -1 for
            unreadable ones; see ``mien.datasets.audit.group_ids``.
        split: text ``[N]``.
        labels: ``int64 [N]``.
        splits: the S names to count.
        most: how many groups to show: those with the most different labels first, then the
            largest, then the earliest.
    """
    counts = np.bincount(groups[groups >= 0], minlength=len(groups))
    several = np.flatnonzero(counts > 1)
    across = [
        [(copies_in(groups, split, column) & (split == row)).sum() for column in splits]
        for row in splits
    ]
    return Copies(
        sizes=counts[several].astype(np.int64),
        copied=int(counts[several].sum()),
        across=np.array(across, np.int64).reshape(len(splits), len(splits)),
        held=np.array([((split == s) & (groups >= 0)).sum() for s in splits], np.int64),
        shown=_shown(groups, labels, several, counts, most),
    )


def _shown(groups: Ints, labels: Ints, several: Ints, counts: Ints, most: int) -> tuple[Ints, ...]:
    among = np.flatnonzero(np.isin(groups, several))
    pairs = np.unique(np.stack([groups[among], labels[among]], axis=1), axis=0)
    different = np.bincount(pairs[:, 0], minlength=len(groups))[several]
    order = np.lexsort((several, -counts[several], -different))
    return tuple(np.flatnonzero(groups == several[n]) for n in order[:most])
