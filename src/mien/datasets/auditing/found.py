"""Findings of one kind as arrays, and how pictures of a group find their counterpart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind, one entry a finding.

    Attributes:
        rows: ``int64 [M]``, lines of the manifest.
        groups: ``int64 [M]``: the first line of what belongs together, -1 where it stands alone.
        others: ``int64 [M]``: line of the other picture, -1 where there is none.
        sets: ``int64 [M]``: which dataset the other is in: 0 the audited one, n the n-th other.
        values: ``float64 [M]``, NaN where there is none.
    """

    rows: Ints
    groups: Ints
    others: Ints
    sets: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.rows)


def found(
    rows: npt.NDArray[np.integer],
    groups: Ints | None = None,
    others: Ints | None = None,
    values: npt.NDArray[np.floating] | None = None,
    number: int = 0,
) -> Found:
    """Return findings; what is not given is -1 or NaN, ``number`` is the dataset of ``others``."""
    none = np.full(len(rows), -1, np.int64)
    return Found(
        rows.astype(np.int64),
        none if groups is None else groups,
        none if others is None else others,
        np.full(len(rows), number, np.int64),
        np.full(len(rows), np.nan) if values is None else values.astype(np.float64),
    )


def together(parts: list[Found]) -> Found:
    """Return several findings as one, in the order of the lines."""
    if not parts:
        return found(np.empty(0, np.int64))
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Found.__slots__]
    order = np.argsort(columns[0], kind="stable")
    return Found(*(column[order] for column in columns))


@dataclass(frozen=True, slots=True)
class Nodes:
    """Pictures of one group and one trait (a split, a label) as one node.

    Nodes stand in the order of their groups, in a group the highest trait first.

    Attributes:
        group, trait: ``int64 [K]``.
        first: ``int64 [K]``: the first picture of the node.
        rows: ``int64 [M]``: the pictures that are in a node.
        of: ``int64 [M]``: the node of each of them.
    """

    group: Ints
    trait: Ints
    first: Ints
    rows: Ints
    of: Ints


def nodes(groups: Ints, traits: Ints) -> Nodes:
    """Return the nodes of pictures; those without group or trait (-1) are in none."""
    held = np.flatnonzero((groups >= 0) & (traits >= 0))
    base = int(traits.max(initial=0)) + 1
    number = groups[held] * base + (base - 1 - traits[held])
    keys, first, of = np.unique(number, return_index=True, return_inverse=True)
    return Nodes(keys // base, base - 1 - keys % base, held[first], held, of.astype(np.int64))


def alike(groups: Ints, traits: Ints) -> Found:
    """Find pictures that share group and trait with another; that is the first such one."""
    pictures = nodes(groups, traits)
    sizes = np.bincount(pictures.of, minlength=len(pictures.first))
    first = pictures.first[pictures.of]
    second = np.full(len(pictures.first), -1, np.int64)
    later = np.flatnonzero(pictures.rows != first)[::-1]
    second[pictures.of[later]] = pictures.rows[later]
    taken = sizes[pictures.of] > 1
    rows, of, first = pictures.rows[taken], pictures.of[taken], first[taken]
    return found(rows, first, np.where(rows == first, second[of], first))


def apart(groups: Ints, traits: Ints) -> Found:
    """Find pictures whose group has another trait too.

    The other picture is the first one with the highest of the other traits.
    """
    pictures = nodes(groups, traits)
    count = len(pictures.group)
    top = np.searchsorted(pictures.group, pictures.group)
    here = np.arange(count)
    next_one = np.minimum(top + 1, count - 1)
    other = np.where(here == top, next_one, top)
    several = (other != here) & (pictures.group[other] == pictures.group)
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, top, pictures.first)
    taken = several[pictures.of]
    of = pictures.of[taken]
    return found(pictures.rows[taken], least[top[of]], pictures.first[other[of]])
