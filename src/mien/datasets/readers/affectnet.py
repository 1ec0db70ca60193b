"""AffectNet as it was first published: lists of pictures that keep the whole photograph.

``training.csv`` and ``validation.csv`` name pictures in ``Manually_Annotated_Images/`` and the box
of the face in each. The newer form is ``affectnet_npy``.
Mollahosseini, Hasani and Mahoor 2017, "AffectNet: a database for facial expression, valence, and
arousal computing in the wild", arXiv:1708.03985.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers import affectnet_npy
from mien.datasets.readers.affectnet_csv import BOX, LABEL, PATH, AnnotationList, open_list
from mien.datasets.readers.listed import (
    Findings,
    check_area,
    check_inside,
    inner_path,
    label_of,
    numbers,
    pictures_folder,
    read,
)
from mien.datasets.source import Box, FileSource, Picture, safe_id
from mien.emotions import CODES
from mien.errors import SourceError

AUTOMATIC = "automatically_annotated.csv"
LISTS: Mapping[str, str] = MappingProxyType(
    {"training.csv": "train", "validation.csv": "val", AUTOMATIC: "train"}
)
"""Name of a list → the split of its pictures."""

_LIST_FOLDERS = (
    *(".", "Manually_Annotated_file_lists", "Manually_Annotated/Manually_Annotated_file_lists"),
    *("Automatically_annotated_file_list", "Automatically_Annotated_file_lists"),
)
_MANUAL = (
    "Manually_Annotated_Images",
    "Manually_Annotated/Manually_Annotated_Images",
    "Manually_Annotated_compressed/Manually_Annotated_Images",
    "Manually_Annotated_compressed",
)
_BY_PROGRAM = tuple(name.replace("Manually", "Automatically") for name in _MANUAL)


def recognise(path: Path) -> FileSource | None:
    """Return the source that a folder or a list is, in either form; None where it is none.

    The pictures of ``automatically_annotated.csv`` were labelled by a program. They are taken
    where there is no other list, or where that file itself is named.

    Raises:
        SourceError: there are lists without pictures or pictures without lists, or a list's split
            is not known.
    """
    if not path.is_dir():
        listed = open_list(path)
        return _of_lists(path.parent, [listed], "") if listed else None
    lists = [found for name in LISTS if (found := _first(path, name))]
    manual = [listed for listed in lists if listed.path.name != AUTOMATIC]
    if lists:
        return _of_lists(path, manual or lists, AUTOMATIC if manual and manual != lists else "")
    if any((path / name).is_dir() for name in (*_MANUAL[:2], *_BY_PROGRAM[:2])):
        raise SourceError(
            f"{path} has AffectNet's pictures but none of its lists: expected {', '.join(LISTS)}, "
            f"beside them or in {_LIST_FOLDERS[1]}"
        )
    return affectnet_npy.recognise(path)


def _first(root: Path, name: str) -> AnnotationList | None:
    return next((found for f in _LIST_FOLDERS if (found := open_list(root / f / name))), None)


def _of_lists(root: Path, lists: Sequence[AnnotationList], skipped: str) -> "ListSource":
    unknown = [listed.path.name for listed in lists if listed.path.name.lower() not in LISTS]
    if unknown:
        raise SourceError(
            f"the split of {', '.join(unknown)} is unknown: expected a list of AffectNet to be "
            f"called {', '.join(LISTS)}"
        )
    return ListSource(root, lists, skipped)


class ListSource:
    """Rows of AffectNet's lists, each list counted from 0; rows without an emotion are left out."""

    name = "affectnet"
    label_set = "affectnet"
    keeps_row_order = False
    has_splits = True

    def __init__(self, root: Path, lists: Sequence[AnnotationList], skipped: str = "") -> None:
        self._folders = {listed: _folder(root, listed) for listed in lists}
        self.files: Sequence[Path] = tuple(listed.path for listed in lists)
        self.layout = f"AffectNet as lists ({', '.join(path.name for path in self.files)})"
        self.notes: list[str] = list(_notes(lists, skipped))

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for listed, folder in self._folders.items():
            for number, row in listed.rows():
                if not listed.without_emotion(row):
                    yield _picture(listed, folder, number, row)


def _picture(listed: AnnotationList, folder: Path, number: int, row: Sequence[str]) -> Picture:
    found = Findings()
    found(_check_width, row, listed.width)
    path = found(inner_path, listed.cell(row, PATH))
    label = found(label_of, listed.cell(row, LABEL), CODES["affectnet"])
    box = found(_box, {name: listed.cell(row, name) for name in BOX})
    pixels = found(read, folder, path) if path is not None else None
    if box is not None and pixels is not None:
        found(check_inside, box, pixels)
    word = listed.path.stem
    return Picture(
        id=safe_id(path.with_suffix("").parts if path else (word, "row", str(number))),
        where=f"row {number} of {listed.path.name}",
        source_split=word,
        split=LISTS[listed.path.name.lower()],
        label=label,
        pixels=None if found.problems else pixels,
        problem=found.text,
        box=box,
    )


def _check_width(row: Sequence[str], wanted: int) -> None:
    if len(row) != wanted:
        raise ValueError(f"{len(row)} cell(s), expected {wanted}")


def _box(cells: Mapping[str, str]) -> Box:
    x, y, across, down = numbers(cells)
    return check_area((x, y, across, down))


def _folder(root: Path, listed: AnnotationList) -> Path:
    """Return where a list's pictures lie."""
    near = list(dict.fromkeys([root, listed.path.parent, listed.path.parent.parent]))
    automatic = listed.path.name.lower() == AUTOMATIC
    names = (*(_BY_PROGRAM if automatic else _MANUAL), ".")
    paths = (listed.cell(row, PATH) for _, row in listed.rows())
    found = pictures_folder(near, names, paths)
    if found is None:
        raise SourceError(
            f"{listed.path.name} is there but not its pictures: expected them in "
            f"{', '.join(names[:-1])} beside it"
        )
    return found


def _notes(lists: Sequence[AnnotationList], skipped: str) -> Iterator[str]:
    splits = {LISTS[listed.path.name.lower()] for listed in lists}
    yield from affectnet_npy.split_notes(splits)
    for listed in lists:
        counts = listed.left_out()
        if counts:
            told = ", ".join(f"{counts[why]} {why}" for why in sorted(counts))
            yield f"rows of {listed.path.name} without an emotion were left out: {told}"
        if listed.path.name.lower() == AUTOMATIC:
            yield f"the labels of {listed.path.name} were given by a program, not by people"
    if skipped:
        yield f"{skipped} was not used: its labels were given by a program; name it to prepare it"
