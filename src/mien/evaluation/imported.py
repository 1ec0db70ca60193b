"""Another recogniser's answers, brought into the form of mien's own.

A ``.npz`` holds ``probabilities`` [N, K], ``classes`` (names of the K columns, in any accepted
spelling), and which picture each row answers: ``ids``, or ``row`` (also ``csv_row``), the
position in the dataset's source, counted from 0. A ``.csv`` has a column ``id`` or ``row`` (or
``csv_row``) and a column an emotion; other columns are not read.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS, canonical
from mien.errors import DataError, UnknownEmotionError, several
from mien.evaluation.answers import Answers, own_classes
from mien.evaluation.arrays import read_arrays
from mien.evaluation.asked import rows_of
from mien.evaluation.checks import ids_problems
from mien.evaluation.predictions import Predictions

ROW, ID = ("row", "csv_row"), ("id", "ids")
EXPECTED = (
    "expected a .npz with probabilities [N, K], classes [K] and ids or row [N], or a .csv with a "
    "column id or row and a column an emotion"
)


@dataclass(frozen=True, slots=True)
class _Table:
    """What a file holds: ``pictures`` are ids (text) or rows of the source (int)."""

    classes: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    pictures: npt.NDArray[Any]


def read(path: Path, prepared: PreparedSet, split: str, name: str = "") -> Predictions:
    """Return another recogniser's answers as predictions, in the order of the split.

    Args:
        path: see the module.
        prepared: the dataset whose pictures were answered.
        split: every readable picture of it has to have an answer; ``all`` takes all splits.
        name: of the recogniser; empty takes the file's.

    Raises:
        DataError: a file of another form, pictures that the split does not have, that are missing
            or doubly answered, probabilities that are none; with counts and the first ids. A
            class that is no emotion.
    """
    table = _npz(path) if path.suffix == ".npz" else _csv(path)
    try:
        rows = rows_of(prepared, split)
        order = _order(table.pictures, prepared, rows)
        heads = {own_classes(table.classes): Answers(table.classes, table.probabilities[order])}
        return Predictions.of(
            prepared,
            rows,
            heads,
            model=name or path.stem,
            model_sha256=runs.sha256(path),
            split=split,
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _order(
    pictures: npt.NDArray[Any], prepared: PreparedSet, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return which line of the file answers each of the rows."""
    named = pictures.dtype.kind == "U"
    wanted: npt.NDArray[Any] = prepared.ids[rows] if named else rows
    answered = {picture: line for line, picture in enumerate(pictures.tolist())}
    order = np.array([answered.get(one, -1) for one in wanted.tolist()], np.int64)
    shown = pictures.astype(str)
    twice = np.array([answered[one] == line for line, one in enumerate(pictures.tolist())], bool)
    problems = [
        *ids_problems(shown, twice, "are answered again further down"),
        *ids_problems(shown, np.isin(pictures, wanted), "are not in this split of the dataset"),
        *ids_problems(prepared.ids[rows], order >= 0, "of the split have no answer"),
    ]
    if problems:
        raise DataError(several(problems))
    return order


def _npz(path: Path) -> _Table:
    try:
        arrays = read_arrays(path)
    except ValueError as error:
        raise DataError(f"{path}: {EXPECTED}; it cannot be read ({error})") from None
    pictures = next((arrays[name] for name in (*ID, *ROW) if name in arrays), None)
    if pictures is None or not {"probabilities", "classes"} <= arrays.keys():
        raise DataError(f"{path}: {EXPECTED}; found {', '.join(arrays) or 'nothing'}")
    classes, probabilities = arrays["classes"], arrays["probabilities"]
    shapes = (probabilities.ndim, classes.ndim, pictures.ndim) == (2, 1, 1)
    if not shapes or probabilities.shape != (len(pictures), len(classes)):
        raise DataError(
            f"{path}: {EXPECTED}; found probabilities {list(probabilities.shape)}, classes "
            f"{list(classes.shape)}, pictures {list(pictures.shape)}"
        )
    kinds = {
        "ids as text or rows as whole numbers": (pictures, "Uiu"),
        "classes as text": (classes, "U"),
        "probabilities as numbers": (probabilities, "fiub"),
    }
    wrong = [
        f"{name}, found {values.dtype}"
        for name, (values, kind) in kinds.items()
        if values.dtype.kind not in kind
    ]
    if wrong:
        raise DataError(f"{path}: expected {wrong[0]}")
    return _named(path, classes.tolist(), probabilities, pictures)


def _csv(path: Path) -> _Table:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            (_, header), *lines = [(reader.line_num, line) for line in reader if line] or [(1, [])]
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path}: {EXPECTED}; it cannot be read ({error})") from None
    header = [name.strip() for name in header]
    key = next((name for name in (*ID, *ROW) if name in header), None)
    if key is None:
        raise DataError(f"{path}: {EXPECTED}; it has no column id or row")
    columns = [i for i, name in enumerate(header) if name and _is_emotion(name)]
    probabilities = np.empty((len(lines), len(columns)))
    pictures: list[Any] = []
    for place, (number, line) in enumerate(lines):
        try:
            probabilities[place] = [float(line[i]) for i in columns]
            found = line[header.index(key)].strip()
            pictures.append(np.int64(int(found)) if key in ROW else found)
        except (ValueError, IndexError, OverflowError) as error:
            why = "it is too short" if isinstance(error, IndexError) else error
            raise DataError(f"{path}: {EXPECTED}; line {number} cannot be read ({why})") from None
    return _named(path, [header[i] for i in columns], probabilities, np.array(pictures))


def _named(
    path: Path, classes: list[str], probabilities: npt.NDArray[Any], pictures: npt.NDArray[Any]
) -> _Table:
    """Return a table with canonical class names, its columns in canonical order."""
    if not len(pictures):
        raise DataError(f"{path}: expected a line for each picture, found none")
    unknown = [name for name in classes if not _is_emotion(name)]
    if unknown or not classes:
        found = f"found {', '.join(unknown)}" if unknown else "found none"
        raise DataError(f"{path}: expected emotions as classes ({', '.join(EMOTIONS)}), {found}")
    names = [canonical(name) for name in classes]
    if len(set(names)) != len(names):
        raise DataError(f"{path}: expected each emotion once, found {', '.join(classes)}")
    order = sorted(range(len(names)), key=lambda i: EMOTIONS.index(names[i]))
    with np.errstate(over="ignore"):  # what is too large for float32 is refused as no probability
        ordered = probabilities.astype(np.float32)[:, order]
    return _Table(tuple(names[i] for i in order), ordered, pictures)


def _is_emotion(name: str) -> bool:
    try:
        canonical(name)
    except UnknownEmotionError:
        return False
    return True
