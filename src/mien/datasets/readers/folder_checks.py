"""Folders of pictures that cannot be what they seem to stand for."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from mien.datasets.readers.names import CODES_SAY_NOTHING, SPLIT_FOLDERS
from mien.datasets.readers.walk import is_picture, own_files, subfolders
from mien.datasets.source import SPLITS
from mien.emotions import FOLDERS
from mien.errors import SourceError

MOST_CODES = 12
"""Folders named 0, 1, 2 … are taken for classes where there are at most so many."""


def problems(unknown: Sequence[str], odd: Sequence[str], below: Sequence[str]) -> Iterator[str]:
    """Say what is wrong with the folders of a tree.

    Args:
        unknown: those at the place of an emotion that are named by none.
        odd: those beside the splits that hold pictures.
        below: those in an emotion's folder that are named by a split.
    """
    if unknown:
        yield (
            f"folders that are no emotion: {', '.join(unknown)}; expected "
            f"{', '.join(FOLDERS.values())} or their usual spellings"
        )
    if odd:
        yield (
            f"folders with pictures beside those of the splits: {', '.join(odd)}; expected "
            f"{', '.join(SPLITS)} alone"
        )
    if below:
        yield (
            f"folders of splits below the emotion's: {', '.join(below)}; expected the split above, "
            "<split>/<emotion>/"
        )


def refuse_numbers(path: Path) -> None:
    """Raise ``SourceError`` where a folder's classes, with or without splits, are numbers."""
    inner = subfolders(path) if path.is_dir() else []
    splits = [folder for folder in inner if folder.name.lower() in SPLIT_FOLDERS]
    classes = [folder for split in splits for folder in subfolders(split)] or inner
    names = {folder.name for folder in classes}
    counted = [{str(n) for n in range(first, first + len(names))} for first in (0, 1)]
    numbers = (
        all(name.isascii() and name.isdigit() for name in names)
        if splits
        else (len(names) <= MOST_CODES and names in counted)
    )
    if len(names) > 1 and numbers and any(map(is_picture, chain(*map(own_files, classes)))):
        raise SourceError(
            f"{path} has folders named by numbers ({', '.join(sorted(names)[:MOST_CODES])}): "
            f"{CODES_SAY_NOTHING}"
        )
