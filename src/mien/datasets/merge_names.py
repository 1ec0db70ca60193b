"""Names in a merged dataset: of its sets, its pictures, and the people and films in them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mien.datasets.source import safe_id

Text = npt.NDArray[np.str_]


def set_names(names: Sequence[str]) -> list[str]:
    """Return the names of sets, counted where several have the same: ``fer2013``, ``fer2013-2``."""
    found: list[str] = []
    for place, name in enumerate(names):
        number = list(names[:place]).count(name) + 1
        found.append(name if number == 1 else f"{name}-{number}")
    return found


def distinct(ids: Sequence[Text], origins: Sequence[Text]) -> Text:
    """Return an id for each picture of all sets, text ``[N]``, no two the same.

    Ids that occur once stay. The others begin with their origin; where that is not enough, with
    the number of their set (from 1) too.

    Args:
        ids: text ``[n]`` of each set, unique in it.
        origins: text ``[n]`` of each set.
    """
    names = np.concatenate(ids).astype(object)
    whence = np.concatenate(origins)
    number = np.repeat(np.arange(1, len(ids) + 1), [len(one) for one in ids])
    plain = names.copy()
    for numbered in (False, True):
        for row in _repeated(names):
            first = f"{number[row]}-{whence[row]}" if numbered else str(whence[row])
            names[row] = safe_id([first, plain[row]])
    for row in _repeated(names):
        names[row] = f"{names[row]}~{row}"
    return names.astype(str)


def _repeated(names: npt.NDArray[np.object_]) -> list[int]:
    _, inverse, counts = np.unique(names.astype(str), return_inverse=True, return_counts=True)
    return np.flatnonzero(counts[inverse] > 1).tolist()


def of_origin(word: str, origin: str) -> str:
    """Return a person's or film's word as one of its origin: ``S010`` → ``ckplus/S010``.

    So people of two datasets stay two. A word that has its origin already (of a set that was
    merged before) stays, and the empty one too.
    """
    return word if not word or word.startswith(f"{origin}/") else f"{origin}/{word}"
