"""Splits as files that can be published: ids and hashes, no pictures.

``split.csv``: ``id,sha256,split``. ``folds.csv``: ``id,sha256`` and a column ``fold_0``,
``fold_1`` … a repeat. The hash is that of the pixels, so a split belongs to its pictures
whatever their files are called. Unreadable pictures have no pixels and are in no file.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.source import SPLITS
from mien.errors import DataError, several

if TYPE_CHECKING:
    from mien.datasets.gather import Gathered

Text = npt.NDArray[np.str_]
COLUMNS = ("id", "sha256", "split")
SHOWN = 5
_SEVERAL = ""


def write_split(
    path: Path, columns: Mapping[str, Sequence[object] | npt.NDArray[np.generic]]
) -> None:
    """Write columns (``id``, ``sha256``, then ``split`` or folds) whole or not at all."""
    with (
        runs.whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def read_split(path: Path, gathered: "Gathered") -> Text:
    """Return the split of each gathered picture, as a published file says.

    Pictures are found by the hash of their pixels, in whatever order. Where the file has copies
    of one picture in several splits, each is found by its id. Unreadable pictures keep the
    source's split.

    Raises:
        DataError: the file is no split file, or it is not of these pictures.
    """
    table = _table(path)
    split = gathered.split.astype("U5")
    lacking: list[str] = []
    unclear: list[str] = []
    used: set[str] = set()
    for number, row in enumerate(gathered.rows()):
        if not row.shape:
            continue
        used.add(row.sha256)
        found = table.named.get((row.id, row.sha256)) or table.hashed.get(row.sha256)
        if found:
            split[number] = found
        else:
            (lacking if found is None else unclear).append(row.where)
    problems = list(
        _problems(path.name, lacking, unclear, [h for h in table.hashed if h not in used])
    )
    if problems:
        raise DataError(
            f"{path.name} is not the split of these pictures: expected the same pixels in both, "
            f"of the same size and colours; {several(problems)}"
        )
    return split


def _problems(
    name: str, lacking: Sequence[str], unclear: Sequence[str], unused: Sequence[str]
) -> Iterator[str]:
    if lacking:
        yield f"{len(lacking)} picture(s) of the source are not in {name}, first {_few(lacking)}"
    if unclear:
        yield (
            f"{len(unclear)} picture(s) of the source have another id than in {name}, which has "
            f"their copies in several splits, first {_few(unclear)}"
        )
    if unused:
        yield (
            f"{len(unused)} picture(s) of {name} are not in the source, first with the hash "
            f"{unused[0][:16]}…"
        )


def _few(places: Sequence[str]) -> str:
    return ", ".join(places[:SHOWN])


@dataclass
class _Table:
    """A split file: id and hash → split; hash → split, ``_SEVERAL`` where copies differ."""

    named: dict[tuple[str, str], str] = field(default_factory=dict)
    hashed: dict[str, str] = field(default_factory=dict)

    def add(self, row: Mapping[str, str]) -> str:
        """Take one row; return what is wrong with it, if anything."""
        name, digest, split = (row[column] for column in COLUMNS)
        if split not in SPLITS:
            return f"split {split!r}, expected {', '.join(SPLITS)}"
        if len(digest or "") != 64:
            return f"the hash {digest!r}, expected 64 hexadecimal digits"
        if self.named.setdefault((name, digest), split) != split:
            return f"{name} in {split} and in {self.named[name, digest]}, expected one split"
        if self.hashed.setdefault(digest, split) != split:
            self.hashed[digest] = _SEVERAL
        return ""


def _table(path: Path) -> _Table:
    table, problems = _Table(), []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            if not {*COLUMNS} <= {*columns}:
                raise DataError(
                    f"{path.name} is no split file: expected the columns {', '.join(COLUMNS)}, "
                    f"found {', '.join(columns) or 'nothing'}"
                )
            for number, row in enumerate(reader):
                problem = table.add(row)
                if problem:
                    problems.append(f"row {number}: {problem}")
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"the split file {path} cannot be read: {error}") from error
    if problems:
        raise DataError(f"{path.name}: {several(problems, SHOWN)}")
    return table
