"""One annotation list of AffectNet: ``training.csv``, ``validation.csv`` and the automatic one.

Nine columns; some copies of ``validation.csv`` have no line of names, so they are known by their
order. Lists have up to half a million rows of about a kilobyte: they are streamed.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers.listed import code_in
from mien.datasets.readers.walk import SUFFIXES
from mien.errors import SourceError

PATH, LABEL = "subdirectory_filepath", "expression"
BOX = ("face_x", "face_y", "face_width", "face_height")
COLUMNS = (PATH, *BOX, "facial_landmarks", LABEL, "valence", "arousal")
"""In small letters, in the published order."""

NO_EMOTION: Mapping[int, str] = MappingProxyType({8: "none", 9: "uncertain", 10: "no face"})
"""Codes of rows that are labelled, but not with an emotion."""

_HEAD = 65536


class AnnotationList:
    """The rows of one list, counted from 0 without the line of names and blank lines.

    Attributes:
        path: the file.
        width: how many cells a row has.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.named = bool(columns)
        columns = columns or COLUMNS
        self.width = len(columns)
        self._places = {name: columns.index(name) for name in (PATH, *BOX, LABEL)}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Stream the number and the cells of each row.

        Raises:
            SourceError: the file is no CSV from some line on.
        """
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file)
            rows = (row for row in reader if not _blank(row))
            try:
                if self.named:
                    next(rows, None)
                yield from enumerate(rows)
            except csv.Error as error:
                raise SourceError(
                    f"{self.path.name}, line {reader.line_num}: no CSV from here on ({error})"
                ) from error

    def cell(self, row: Sequence[str], name: str) -> str:
        """Return a cell without blanks around it, empty where the row is too short."""
        place = self._places[name]
        return row[place].strip() if place < len(row) else ""

    def without_emotion(self, row: Sequence[str]) -> str:
        """Return why a whole row is left out, a value of ``NO_EMOTION``; empty where it is not."""
        code = code_in(self.cell(row, LABEL)) if len(row) == self.width else None
        return NO_EMOTION.get(code, "") if code is not None else ""

    def left_out(self) -> Counter[str]:
        """Count the rows without an emotion, in one pass over the file."""
        return Counter(why for _, row in self.rows() if (why := self.without_emotion(row)))


def open_list(path: Path) -> AnnotationList | None:
    """Return the list that a file is, None where it is none of AffectNet.

    Raises:
        SourceError: it names pictures as AffectNet does, but has not all of the columns.
    """
    if path.suffix.lower() != ".csv" or not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = file.read(_HEAD).splitlines()
    first = next((row for row in csv.reader(lines[:10]) if not _blank(row)), [])
    columns = [cell.strip().lower() for cell in first]
    if PATH not in columns:
        return AnnotationList(path, ()) if _is_row(first) else None
    missing = [name for name in (*BOX, LABEL) if name not in columns]
    if missing:
        raise SourceError(
            f"{path.name} has no column {', '.join(missing)} (columns: {', '.join(first)}): "
            f"expected {', '.join(COLUMNS)}"
        )
    return AnnotationList(path, columns)


def _blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _is_row(cells: Sequence[str]) -> bool:
    """Tell whether a first line is a row already, in the published order."""
    if len(cells) != len(COLUMNS):
        return False
    picture = cells[0].strip().lower().endswith(SUFFIXES)
    return picture and code_in(cells[COLUMNS.index(LABEL)]) is not None
