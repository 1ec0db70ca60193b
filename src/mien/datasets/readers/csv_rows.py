"""FER-2013 as text: one row a picture, 48x48 grey values between blanks.

Two layouts hold the whole set: ``fer2013.csv`` (``emotion,pixels,Usage``) and
``icml_face_data.csv`` (``emotion, Usage, pixels``, with blanks in the header). The
competition's ``train.csv`` has no ``Usage``; its ``test.csv`` has no labels.
Goodfellow et al. 2013, "Challenges in representation learning", arXiv:1307.0414.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mien.datasets.readers.listed import label_of
from mien.datasets.source import USAGES, Picture, Pixels
from mien.datasets.votes import FILE_NAME as VOTES_FILE
from mien.emotions import CODES
from mien.errors import SourceError

SIDE = 48
_NAMES = ("fer2013.csv", "icml_face_data.csv", "train.csv")
_VALUES = {str(value): value for value in range(256)}
_COLUMNS = ("emotion", "pixels", "usage")


def header(path: Path) -> list[str]:
    """Return the column names of a CSV file, without blanks, in small letters."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(1000)
    return [cell.strip().lower() for cell in first.split(",")]


def is_ck(path: Path) -> bool:
    """Tell by the name whether a file is ``ckextended.csv``, whose codes are others."""
    return path.name.lower().startswith("ckextended")


def recognise(path: Path) -> "CsvSource | None":
    """Return the source that a CSV file is, None where it is none of FER-2013.

    Of a folder, the file that holds most of the set is taken.

    Raises:
        SourceError: it is a part of FER-2013 that cannot be prepared.
    """
    if not path.is_dir():
        return _of_file(path)
    files = sorted(p for p in path.glob("*.[cC][sS][vV]") if p.name != VOTES_FILE)
    files.sort(key=lambda p: _NAMES.index(p.name) if p.name in _NAMES else len(_NAMES))
    return next((source for p in files if (source := _of_file(p))), None)


def _of_file(path: Path) -> "CsvSource | None":
    if path.suffix.lower() != ".csv" or not path.is_file() or is_ck(path):
        return None
    columns = header(path)
    if "pixels" not in columns:
        return None
    if "emotion" not in columns:
        raise SourceError(
            f"{path.name} has no labels (columns: {', '.join(columns)}): expected emotion and "
            "pixels; the competition's test.csv cannot be prepared, take fer2013.csv or "
            "icml_face_data.csv"
        )
    if "usage" not in columns and path.name.lower() != "train.csv":
        raise SourceError(
            f"{path.name} has no column Usage (columns: {', '.join(columns)}), so its splits are "
            "unknown: expected emotion, pixels, Usage; the competition's train.csv, which has "
            "none and is all training, is known by that name"
        )
    return CsvSource(path, columns)


class CsvSource:
    """Rows of ``fer2013.csv``, ``icml_face_data.csv`` or ``train.csv``, counted from 0."""

    name = "fer2013"
    prefix = "fer2013"
    label_set = "fer2013"
    codes: Mapping[int, str] = CODES["fer2013"]
    keeps_row_order = True
    has_splits = True

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self.files: Sequence[Path] = (path,)
        self._width = len(columns)
        self._places = {name: columns.index(name) for name in _COLUMNS if name in columns}
        self.layout = f"FER-2013 as CSV ({', '.join(c for c in columns if c)})"
        self.notes: list[str] = []
        if "usage" not in self._places:
            self.layout = "the competition's train.csv: training pictures only"
            self.notes.append("train.csv holds no test pictures: no score can be computed on it")

    def __iter__(self) -> Iterator[Picture]:
        """Stream the rows; lines without any text are passed over."""
        with self._path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            try:
                for number, row in enumerate(row for row in rows if row):
                    yield self._picture(number, row)
            except csv.Error as error:
                raise SourceError(
                    f"{self._path.name}, line {rows.line_num}: no CSV from here on ({error})"
                ) from error

    def _picture(self, number: int, row: Sequence[str]) -> Picture:
        cells = {n: row[i].strip() for n, i in self._places.items() if i < len(row)}
        usage = cells.get("usage", "") if "usage" in self._places else "Training"
        label, pixels, problem = None, None, ""
        try:
            _check_cells(row, self._width)
            label = label_of(cells["emotion"], self.codes)
            split = _split(usage)
            pixels = parse_pixels(cells["pixels"])
        except ValueError as error:
            problem, split = str(error), USAGES.get(usage, "")
        return Picture(
            id=f"{self.prefix}-{number:05d}",
            where=f"row {number}",
            source_split=usage,
            split=split,
            label=label,
            pixels=pixels,
            problem=problem,
        )


def _check_cells(row: Sequence[str], wanted: int) -> None:
    if len(row) != wanted:
        raise ValueError(f"{len(row)} cell(s), expected {wanted}")


def _split(usage: str) -> str:
    if usage not in USAGES:
        raise ValueError(f"Usage {usage[:20]!r}, expected {', '.join(USAGES)}")
    return USAGES[usage]


def parse_pixels(text: str) -> Pixels:
    """Return 2,304 numbers between blanks as ``uint8 [48, 48]``.

    Raises:
        ValueError: another count, or something that is no number from 0 to 255.
    """
    words = text.split()
    if len(words) != SIDE * SIDE:
        raise ValueError(f"{len(words)} pixel values, expected {SIDE * SIDE}")
    try:
        values = bytes(map(_VALUES.__getitem__, words))
    except KeyError as error:
        raise ValueError(f"pixel value {error.args[0][:20]!r}, expected 0 to 255") from None
    return np.frombuffer(values, np.uint8).reshape(SIDE, SIDE)
