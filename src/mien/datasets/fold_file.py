"""The folds of a dataset as a file: ``id,sha256,fold``, a line a training picture.

``id`` and ``fold`` are enough to be read. The hash is that of the pixels; where it is given,
pictures of another dataset are told apart from those of the same name.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.folds import OUTSIDE
from mien.datasets.prepared import PreparedSet
from mien.datasets.split_file import write_split
from mien.errors import DataError, several

COLUMNS = ("id", "fold")
SHOWN = 5
DIGITS = 5
_LACKING, _OUTSIDE, _OTHER, _UNNAMED = range(4)
_WORDS = {
    _LACKING: "of the file are not in the dataset",
    _OUTSIDE: "of the file are no readable training pictures of the dataset",
    _OTHER: "of the file have other pixels in the dataset",
    _UNNAMED: "of the dataset, readable and for training, are in no fold",
}

Ints = npt.NDArray[np.int64]
Row = tuple[str, int, str]
"""Id, fold and hash (empty where the file has none)."""


def write(path: Path, prepared: PreparedSet, folds: Ints) -> None:
    """Write the folds of a dataset, whole or not at all.

    Args:
        path: the CSV.
        prepared: the dataset.
        folds: ``int64 [N]``, ``OUTSIDE`` for pictures in no fold; see ``folds.folds_of``.
    """
    rows = np.flatnonzero(folds != OUTSIDE)
    hashes = prepared.manifest.hashes[rows].astype(str)
    write_split(path, {"id": prepared.ids[rows], "sha256": hashes, "fold": folds[rows]})


def read(path: Path, prepared: PreparedSet) -> Ints:
    """Return the fold of each picture of a dataset.

    Args:
        path: a CSV as ``write`` writes it; lines in any order, further columns do not matter.
        prepared: the dataset that the folds are of.

    Returns:
        ``int64 [N]``, ``OUTSIDE`` for pictures in no fold: all that are not for training.

    Raises:
        DataError: the file is missing or no fold file, or its folds are not those of this
            dataset's training pictures; everything that is wrong is listed.
    """
    rows = _rows(path)
    found, wrong = _placed(rows, prepared)
    used = {name for name, _, _ in rows}
    train = prepared.where("train")
    unnamed = prepared.ids[train[found[train] == OUTSIDE]].tolist()
    wrong[_UNNAMED] += [name for name in unnamed if name not in used]
    _refuse_other(path, prepared, len(rows), wrong)
    return found


def _placed(rows: list[Row], prepared: PreparedSet) -> tuple[Ints, dict[int, list[str]]]:
    """Return the folds of the pictures that fit, and by kind the ids of those that do not."""
    found = np.full(len(prepared), OUTSIDE, np.int64)
    wrong: dict[int, list[str]] = {kind: [] for kind in _WORDS}
    places = {name: place for place, name in enumerate(prepared.ids.tolist())}
    train = set(prepared.where("train").tolist())
    for name, fold, digest in rows:
        place = places.get(name)
        if place is None:
            wrong[_LACKING].append(name)
        elif place not in train:
            wrong[_OUTSIDE].append(name)
        elif digest and digest != prepared.manifest.hashes[place].decode():
            wrong[_OTHER].append(name)
        else:
            found[place] = fold
    return found, wrong


def _refuse_other(
    path: Path, prepared: PreparedSet, rows: int, wrong: dict[int, list[str]]
) -> None:
    problems = [
        f"{len(names)} picture(s) {_WORDS[kind]}, first {', '.join(names[:SHOWN])}"
        for kind, names in wrong.items()
        if names
    ]
    if problems:
        fit = rows - sum(len(wrong[kind]) for kind in (_LACKING, _OUTSIDE, _OTHER))
        hint = "; it is of another dataset" if not fit else ""
        raise DataError(
            f"{path}: not the folds of {prepared.root}{hint}: expected each of its readable "
            f"training pictures once, and no others; {several(problems)}"
        )


def _rows(path: Path) -> list[Row]:
    """Return the lines of a fold file, each sound in itself.

    Raises:
        DataError: it is no such file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            if not {*COLUMNS} <= {*columns}:
                raise DataError(
                    f"{path}: no fold file: expected the columns {', '.join(COLUMNS)}, "
                    f"found {', '.join(columns) or 'nothing'}"
                )
            lines = list(reader)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; expected folds of mien crossval") from None
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{path}: the fold file cannot be read: {error}") from error
    problems = list(_faults(lines))
    if problems:
        raise DataError(f"{path}: {several(problems, SHOWN)}")
    return [(line["id"], int(line["fold"]), line.get("sha256") or "") for line in lines]


def _faults(lines: list[dict[str, str]]) -> Iterator[str]:
    """Say what is wrong with lines; they count from 0."""
    first: dict[str, int] = {}
    folds = set()
    for number, line in enumerate(lines):
        name, fold = line["id"], line["fold"] or ""
        if not name:
            yield f"row {number}: no id"
        elif first.setdefault(name, number) != number:
            yield f"row {number}: {name} is there already, in row {first[name]}"
        if fold.isascii() and fold.isdigit() and len(fold) <= DIGITS:
            folds.add(int(fold))
        else:
            yield f"row {number}: fold {fold!r}, expected a whole number from 0"
    if len(folds) < 2:
        yield f"{len(folds)} fold(s), expected two or more"
    elif missing := sorted(set(range(max(folds))) - folds):
        yield f"fold {missing[0]} has no picture, expected each from 0 to {max(folds)} to have some"
