"""RAF-DB basic as a copy in folders: ``DATASET/{train,test}/{1..7}/train_00001_aligned.jpg``.

``train_labels.csv`` and ``test_labels.csv`` (``image,label``) lie beside DATASET or in it. Folder
and list have to agree; where a list is missing the folders tell.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mien.datasets.readers.by_name import Entries, Entry, bare
from mien.datasets.readers.walk import pictures, subfolders
from mien.errors import SourceError

FOLDER = "DATASET"
TRIED = 100
"""So many pictures are looked at, to tell by their names what they are."""

_SPLITS = ("train", "test")
_ALIGNED = re.compile(r"(train|test)_[0-9]+_aligned")


@dataclass(frozen=True, slots=True)
class Found:
    """The copy in folders: name → its labels and pictures, the lists, and what is to be known."""

    root: Path
    layout: str
    entries: Entries
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def find(path: Path) -> Found | None:
    """Return what a folder holds, None where it has no aligned pictures of RAF-DB in ``train``.

    Raises:
        SourceError: a list has other columns, or is no CSV.
    """
    for place in (path, path / FOLDER):
        splits = {p.name.lower(): p for p in (subfolders(place) if place.is_dir() else ())}
        splits = {name: splits[name] for name in _SPLITS if name in splits}
        if "train" in splits and known(splits["train"]):
            return _found(place, splits)
    return None


def key(name: str) -> str:
    """Return the name that a label and its picture share: ``train_00001``."""
    return bare(name).lower().removesuffix("_aligned")


def known(folder: Path) -> bool:
    """Tell whether a folder holds pictures that are named as RAF-DB's aligned ones."""
    first = islice(pictures(folder), TRIED)
    return any(_ALIGNED.fullmatch(bare(path.name).lower()) for path in first)


def _found(place: Path, splits: dict[str, Path]) -> Found:
    names = {split: f"{split}_labels.csv" for split in splits}
    near = (place, place.parent)
    lists = {s: next((p for f in near if (p := f / n).is_file()), None) for s, n in names.items()}
    entries, notes = Entries(Entry), []
    for split, folder in splits.items():
        listed = lists[split]
        _add_pictures(entries, split, folder, list(_rows(listed)) if listed else None)
        if listed is None:
            notes.append(f"{names[split]} is missing: labels are told by the folders alone")
    files = tuple(path for path in lists.values() if path is not None)
    layout = f"RAF-DB basic as folders ({', '.join(splits)} / label / picture)"
    return Found(place, layout, entries, files, tuple(notes))


def _add_pictures(
    entries: Entries, split: str, folder: Path, listed: list[tuple[str, str]] | None
) -> None:
    """Add the pictures of a split, with the labels of its folders and of its list."""
    for name, label in listed or ():
        entries[name].labels.append(label)
    names = None if listed is None else {name for name, _ in listed}
    for path in pictures(folder):
        name = key(path.name)
        entries[name].pictures.append(path)
        inner = path.relative_to(folder).parts
        if len(inner) == 2:
            entries[name].labels.append(inner[0])
        else:
            entries[name].problems.append(f"expected in a folder {folder.name}/1 to 7")
        if not name.startswith(split):
            entries[name].problems.append(f"the name tells another split than {folder.name}/")
        if names is not None and name not in names:
            entries[name].problems.append(f"picture without label in {split}_labels.csv")


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    """Stream name and label of a list; lines without any text are passed over."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        try:
            columns = [cell.strip().lower() for cell in next(rows, [])]
            if not {"image", "label"} <= set(columns):
                raise SourceError(
                    f"{path.name} has the columns {', '.join(columns)}: expected image, label"
                )
            for row in (row for row in rows if any(cell.strip() for cell in row)):
                cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
                yield key(cells.get("image", "")), cells.get("label", "")
        except csv.Error as error:
            raise SourceError(
                f"{path.name}, line {rows.line_num}: no CSV from here on ({error})"
            ) from error
