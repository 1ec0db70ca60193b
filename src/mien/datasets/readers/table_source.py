"""The pictures that a table of paths and labels lists, perhaps with splits and people.

Labels are names of emotions in any spelling that ``emotions.canonical`` knows. Paths are relative
to the table's folder, or to ``images/`` beside the table. Of ``train.csv``, ``val.csv`` and
``test.csv`` in one folder (or ``train_labels.csv`` …) all are taken, each as that split.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mien.datasets.readers.listed import Findings
from mien.datasets.readers.names import SPLIT_WORDS, Ids, Seen, dataset_name, shown
from mien.datasets.readers.table_columns import Columns
from mien.datasets.readers.table_rows import Words, file_of, label_of, place_of, split_of
from mien.datasets.readers.walk import load
from mien.datasets.source import Picture
from mien.errors import SourceError

_PLAIN = ("labels", "label", "data", "table", "list", "index", "metadata", "annotations", "images")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of paths and labels; ``mark`` is the split that its file is named by, if any."""

    path: Path
    columns: Columns
    mark: str = ""

    def rows(self) -> Iterator[dict[str, str]]:
        """Stream the cells (see ``Columns.rows``); ``split`` is the file's where it has one."""
        for cells in self.columns.rows(self.path):
            yield {**cells, "split": self.mark} if self.mark else cells


class TableSource:
    """Rows of tables, counted from 0, in their order."""

    keeps_row_order = False

    def __init__(self, tables: Sequence[Table], words: Words, split_asked: bool) -> None:
        self._tables = tables
        self.files: Sequence[Path] = [table.path for table in tables]
        self.name = _name(self.files[0], len(tables) > 1)
        self.label_set = "eight" if "contempt" in words.emotions else "seven"
        self.notes: list[str] = []
        self.has_splits = bool(words.splits)
        if words.marks and not words.splits:
            self._no_split(words, split_asked)
        columns = tables[0].columns
        told = ", ".join(f"{what}: {shown(columns.names[n])}" for what, n in columns.places.items())
        self.layout = f"{'tables' if len(tables) > 1 else 'a table'} of pictures ({told})"

    def _no_split(self, words: Words, split_asked: bool) -> None:
        column = self._tables[0].columns.names[self._tables[0].columns.places["split"]]
        told = f"the column {shown(column)} names no split ({', '.join(sorted(words.marks)[:8])})"
        if split_asked:
            raise SourceError(f"{told}: expected {', '.join(SPLIT_WORDS)}")
        self.notes.append(f"{told}, so it was not taken for one")

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        ids, seen = Ids(), Seen()
        for table in self._tables:
            for number, cells in enumerate(table.rows()):
                yield self._picture(table, number, cells, ids, seen)

    def _picture(
        self, table: Table, number: int, cells: Mapping[str, str], ids: Ids, seen: Seen
    ) -> Picture:
        found, folder = Findings(), table.path.parent
        text, word = cells.get("path", ""), cells.get("split", "") if self.has_splits else ""
        if "problem" in cells:
            found.problems.append(cells["problem"])
        inner = found(place_of, folder, text)
        label = found(label_of, cells.get("label", ""))
        split = found(split_of, word) if self.has_splits else "train"
        file = found(file_of, folder, inner) if inner is not None else None
        parts: Sequence[str] = (table.path.stem, str(number))
        if inner is not None and seen.add(str(inner)):
            parts = inner.parts
        elif inner is not None:
            found.problems.append("the same picture as in an earlier row, expected it once")
        pixels, problem = load(file) if file is not None and not found.problems else (None, "")
        where = f"row {number} ({shown(text[:200])})"
        return Picture(
            id=ids(parts),
            where=f"{shown(table.path.name)} {where}" if len(self._tables) > 1 else where,
            source_split=shown(word),
            split=split or "",
            label=label,
            pixels=pixels,
            problem=found.text or problem,
            subject=shown(cells.get("subject", "")),
        )


def _name(file: Path, several: bool) -> str:
    """Return a dataset's name: the table's, or its folder's where the table's says nothing."""
    words = re.split(r"[^a-z]+", file.stem.lower())
    plain = several or all(word in (*_PLAIN, *SPLIT_WORDS, "") for word in words)
    return dataset_name(file.resolve().parent.name if plain else file.stem, "table")
