"""Splits as files that can be published: ids and hashes, no pictures.

``split.csv``: ``id,sha256,split``. ``folds.csv``: ``id,sha256`` and a column ``fold_0``,
``fold_1`` … a repeat. The hash is that of the pixels, so a split belongs to its pictures
whatever their files are called.
"""

import csv
from collections.abc import Mapping, Sequence
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
SHOWN = 5


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

    Pictures are found by the hash of their pixels; where several have the same, by their id.

    Raises:
        DataError: the file is no split file, or it is not of these pictures.
    """
    named, hashed = _table(path)
    split = gathered.split.astype("U5")
    lacking, used = [], set()
    for number, (row, _) in enumerate(gathered.walk()):
        if not row.shape:
            continue
        key = (row.id, row.sha256)
        found = named.get(key) or hashed.get(row.sha256)
        if found is None:
            lacking.append(row.where)
        else:
            split[number] = found
            used.add(row.sha256)
    unused = [digest for digest in hashed if digest not in used]
    problems = []
    if lacking:
        problems.append(
            f"{len(lacking)} picture(s) of the source are not in {path.name}, first "
            f"{', '.join(lacking[:SHOWN])}"
        )
    if unused:
        problems.append(
            f"{len(unused)} picture(s) of {path.name} are not in the source, first with the hash "
            f"{unused[0][:16]}…"
        )
    if problems:
        raise DataError(
            f"{path.name} is not the split of these pictures: expected the same pixels in both; "
            f"{several(problems)}"
        )
    return split


def _table(path: Path) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"the split file {path} cannot be read: {error}") from error
    columns = set(rows[0]) if rows else set()
    if not {"id", "sha256", "split"} <= columns:
        raise DataError(
            f"{path.name} is no split file: expected the columns id, sha256, split, found "
            f"{', '.join(str(c) for c in columns) or 'nothing'}"
        )
    wrong = [n for n, row in enumerate(rows) if row["split"] not in SPLITS]
    if wrong:
        raise DataError(
            f"{path.name}, row {wrong[0]}: split {rows[wrong[0]]['split']!r}, expected "
            f"{', '.join(SPLITS)} ({len(wrong)} such row(s))"
        )
    return (
        {(row["id"], row["sha256"]): row["split"] for row in rows},
        {row["sha256"]: row["split"] for row in rows},
    )
