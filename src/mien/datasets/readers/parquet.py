"""FER-2013 as the hubs keep it: Parquet files, one split a file (or several shards of one).

Pictures are encoded files in ``image{bytes, path}`` or ``img_bytes``; codes are in ``label``
or ``labels``. Codes mean what the schema's ``huggingface`` metadata says, by name: some
copies count the classes in alphabetical order, where 4 is neutral and not sadness.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mien.datasets.pictures import as_grey, decode
from mien.datasets.readers.hub_table import Table
from mien.datasets.source import SPLITS, USAGES, Picture
from mien.errors import ImageError, SourceError

_SPLIT_WORDS = {"train": "train", "training": "train", "valid": "val", "validation": "val"} | {
    "val": "val",
    "dev": "val",
    "test": "test",
}


def split_of(name: str) -> str | None:
    """Return the split that a file name tells, ``train-00000-of-00001.parquet``: ``train``."""
    words = re.split(r"[^a-z]+", name.lower())
    return next((_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS), None)


def recognise(path: Path) -> "ParquetSource | None":
    """Return the source that a Parquet file, or a folder of them, is; None where it is none.

    Raises:
        MissingExtraError: pyarrow is not installed.
        SourceError: the files are Parquet, but their splits or columns are not known.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    files = [f for f in files if f.suffix.lower() == ".parquet" and f.is_file()]
    if not files:
        return None
    untold = [f.name for f in files if split_of(f.name) is None]
    if untold:
        raise SourceError(
            f"the split of {', '.join(untold)} is unknown: expected train, valid (or validation) "
            "or test in the name of each Parquet file"
        )
    return ParquetSource(sorted(files, key=lambda f: (SPLITS.index(_told(f)), f.name)))


class ParquetSource:
    """Rows of hub Parquet files, counted from 0 over train, val and test in this order.

    Where all three splits are there they are the competition's three under other names, in the
    order of ``fer2013.csv``, and are called by the competition's words.
    """

    name = "fer2013"
    label_set = "fer2013"
    has_splits = True

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = files
        self._tables = {file: Table(file) for file in files}
        splits = {_told(file) for file in files}
        whole = splits == set(SPLITS)
        by_class = any(table.sorted_by_class() for table in self._tables.values())
        self._words = {s: word for word, s in USAGES.items()} if whole else {s: s for s in SPLITS}
        self.keeps_row_order = whole and not by_class
        self.layout = f"FER-2013 as hub Parquet ({', '.join(s for s in SPLITS if s in splits)})"
        self.notes = list(_notes(splits, by_class))

    def __iter__(self) -> Iterator[Picture]:
        """Stream the rows, a batch of them in memory at a time."""
        number = 0
        for file in self.files:
            split = _told(file)
            for place, (data, label) in enumerate(self._tables[file].rows()):
                yield self._picture(number, f"row {place} of {file.name}", split, data, label)
                number += 1

    def _picture(self, number: int, place: str, split: str, data: Any, label: Any) -> Picture:
        pixels, problem = None, ""
        try:
            if not isinstance(label, str):
                raise ValueError(f"label {label.code!r}, expected {label.expected}")
            pixels = as_grey(decode(data or b""))
        except (ImageError, ValueError) as error:
            problem = f"{error} ({place})"
        return Picture(
            id=f"fer2013-{number:05d}",
            where=f"row {number}",
            source_split=self._words[split],
            split=split,
            label=label if isinstance(label, str) else None,
            pixels=pixels,
            problem=problem,
        )


def _told(file: Path) -> str:
    split = split_of(file.name)
    assert split is not None, "recognise refuses files without a split"
    return split


def _notes(splits: set[str], by_class: bool) -> Iterator[str]:
    if by_class:
        yield "rows stand class after class: the order of fer2013.csv is lost, and votes with it"
    if splits == {"train", "test"}:
        yield (
            "test holds PublicTest and PrivateTest together: the official private-test score "
            "cannot be computed"
        )
    elif "test" not in splits:
        yield "there are no test pictures: no score can be computed on this set"
