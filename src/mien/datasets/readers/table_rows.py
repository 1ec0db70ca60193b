"""The cells of a table's row: a path, an emotion, a split; each is checked by itself."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mien.datasets.readers.names import SPLIT_WORDS, emotion, shown

IMAGES = "images"
"""A folder beside a table in which its pictures may lie."""

_MOST_WORDS = 50
_NUMBER = re.compile(r"[+-]?[0-9]+(\.0*)?")


def place_of(folder: Path, text: str) -> Path:
    r"""Return the path that a cell names, within the table's folder.

    ``\`` counts as ``/``, as tables from Windows have it. An absolute path is taken where it
    leads into the folder.

    Raises:
        ValueError: it is empty or leads out of the folder.
    """
    path = Path(os.path.normpath(text.replace("\\", "/")))
    if path.is_absolute():
        roots = (folder.absolute(), folder.resolve())
        path = next((path.relative_to(r) for r in roots if path.is_relative_to(r)), path)
    if not text or not path.parts:
        raise ValueError(f"path {shown(text[:80])!r}, expected that of a picture")
    drive = re.match(r"[A-Za-z]:", path.parts[0])
    if path.is_absolute() or path.parts[0] == ".." or drive or "\0" in text:
        raise ValueError(
            f"path {shown(text[:80])!r} leads out of the table's folder, expected one within it"
        )
    return path


def file_of(folder: Path, inner: Path) -> Path:
    """Return where a picture lies: in the table's folder, or in ``images/`` beside the table.

    Raises:
        ValueError: in neither of them.
    """
    for place in (folder / inner, folder / IMAGES / inner):
        if os.path.lexists(place):
            return place
    raise ValueError("there is no such file")


def label_of(text: str) -> str:
    """Return the emotion that a cell names; raise ``ValueError`` where it names none."""
    found = emotion(text)
    if found is None:
        raise ValueError(f"label {shown(text[:40])!r}, expected the name of an emotion")
    return found


def split_of(text: str) -> str:
    """Return the split that a cell names; raise ``ValueError`` where it names none."""
    found = SPLIT_WORDS.get(text.lower())
    if found is None:
        raise ValueError(f"split {shown(text[:40])!r}, expected {', '.join(SPLIT_WORDS)}")
    return found


@dataclass(slots=True)
class Words:
    """What the labels and splits of a table are.

    Attributes:
        rows: how many there are.
        emotions: that occur.
        numbers: labels that are numbers, some of them.
        others: labels that are neither, some of them.
        splits: whether any cell names a split.
        marks: words in the split's column that name none, some of them.
    """

    rows: int = 0
    emotions: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    splits: bool = False
    marks: set[str] = field(default_factory=set)


def words_of(rows: Iterable[Mapping[str, str]]) -> Words:
    """Read the labels and splits of all rows."""
    found = Words()
    for cells in rows:
        label, mark = cells.get("label", ""), cells.get("split", "")
        found.rows += 1
        named = emotion(label)
        if named is not None:
            found.emotions.add(named)
        elif label:
            _keep(found.numbers if _NUMBER.fullmatch(label) else found.others, label)
        if mark.lower() in SPLIT_WORDS:
            found.splits = True
        elif mark:
            _keep(found.marks, mark)
    return found


def _keep(words: set[str], word: str) -> None:
    if len(words) < _MOST_WORDS:
        words.add(shown(word[:40]))
