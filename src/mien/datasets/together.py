"""What no split tears apart: copies and near copies, the frames of a film, a person's pictures."""

import numpy as np
import numpy.typing as npt

from mien.datasets.gather import Gathered
from mien.datasets.near import near_groups
from mien.datasets.source import Progress
from mien.errors import DataError

Ints = npt.NDArray[np.int64]


def together(
    gathered: Gathered, rows: Ints, by: str, near: bool = True, progress: Progress | None = None
) -> list[Ints]:
    """Return what no split tears apart, ``int64 [N]`` each, see ``splits.joined``.

    Args:
        gathered: the pictures.
        rows: those that are dealt out; near copies are looked for among them alone.
        by: ``subject``, ``picture`` or empty: by subject where they are known.
        near: whether near copies are looked for, and kept together.

        progress: told what is being done.

    Raises:
        DataError: by subject was asked for, and nobody knows them.
    """
    require_subjects(gathered, by)
    people = bool((gathered.subjects >= 0).any())
    keys = [gathered.groups, gathered.sequences]
    if near:
        keys.append(near_groups(gathered.groups, rows, gathered.pixels, progress))
    return [*keys, gathered.subjects] if people and by != "picture" else keys


def require_subjects(gathered: Gathered, by: str) -> None:
    """Refuse to go by subject where nobody knows them.

    Raises:
        DataError: so it is.
    """
    if by == "subject" and not (gathered.subjects >= 0).any():
        raise DataError(
            "a split by subject cannot be made: the source does not say who is in a picture; "
            "expected a source with subjects, or split by picture"
        )


def kept(gathered: Gathered, by: str, near: bool = True) -> str:
    """Say what ``together`` keeps together."""
    subjects = (gathered.subjects >= 0).any() and by != "picture"
    words = f"copies{' and near copies' if near else ''} and films kept together"
    return f"by subject, {words}" if subjects else words
