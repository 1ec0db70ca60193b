"""ExpW: photographs from the web, one or several labelled faces in each.

``label.lst`` has a line a face: the picture's name, the face's number in it, the face's edges
(top, left, right, bottom), how sure the face detector was, and the label, between blanks.
Zhang, Luo, Loy and Tang 2016, "From facial expression recognition to interpersonal relation
prediction", arXiv:1609.06426.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from mien.datasets.readers.listed import (
    TRIED,
    Findings,
    check_area,
    check_inside,
    inner_path,
    label_of,
    numbers,
    pictures_folder,
    read,
)
from mien.datasets.source import Box, Picture, Pixels, safe_id
from mien.emotions import CODES
from mien.errors import SourceError

FILE = "label.lst"
CELLS = ("name", "face_id", "top", "left", "right", "bottom", "confidence", "label")
_FOLDERS = ("image/origin", "image", "images", "origin")


def recognise(path: Path) -> "ExpwSource | None":
    """Return the source that a folder or ``label.lst`` is, None where there is no such file.

    Raises:
        SourceError: the file has no line of eight cells, or its pictures are not there.
    """
    if path.is_dir():
        listed = next((p for p in (path / "label" / FILE, path / FILE) if p.is_file()), None)
    else:
        listed = path if path.name == FILE and path.is_file() else None
    return ExpwSource(listed) if listed else None


class ExpwSource:
    """Lines of ``label.lst``, counted from 0 without blank ones.

    A picture comes once for each of its faces, with the face's box. Its name is their
    ``sequence``: it is no film, but the faces of one picture stay together when splits are made.
    Lines of one picture that follow each other share one decoding.
    """

    name = "expw"
    label_set = "expw"
    keeps_row_order = False
    has_splits = False

    def __init__(self, listed: Path) -> None:
        self._list = listed
        self._folder = _folder(listed)
        self.files: Sequence[Path] = (listed,)
        self.layout = f"ExpW as {FILE} and {self._folder.name}/"
        self.notes: list[str] = []

    def __iter__(self) -> Iterator[Picture]:
        """Stream the faces; one picture is in memory at a time."""
        last = _Last(self._folder)
        for number, line in enumerate(_lines(self._list)):
            yield _picture(last, number, line)


class _Last:
    """Reads pictures and keeps the last one, or why it cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: PurePosixPath | None = None
        self._pixels: Pixels | None = None
        self._problem = ""

    def read(self, path: PurePosixPath) -> Pixels:
        """Return the pixels; raise ``ValueError`` where there are none."""
        if path != self._path:
            self._path, self._pixels = path, None
            found = Findings()
            self._pixels = found(read, self._folder, path)
            self._problem = found.text
        if self._pixels is None:
            raise ValueError(self._problem)
        return self._pixels


def _picture(last: _Last, number: int, line: str) -> Picture:
    found = Findings()
    cells = dict(zip(CELLS, _cells(line), strict=False))
    if len(cells) < len(CELLS):
        found.problems.append(f"{len(cells)} cell(s), expected {len(CELLS)}: {' '.join(CELLS)}")
        return _faceless(number, found)
    path = found(inner_path, cells["name"])
    face = found(numbers, {name: cells[name] for name in ("face_id", "confidence")})
    label = found(label_of, cells["label"], CODES["expw"])
    box = found(_box, {name: cells[name] for name in ("left", "top", "right", "bottom")})
    pixels = found(last.read, path) if path is not None else None
    if box is not None and pixels is not None:
        found(check_inside, box, pixels)
    if path is None or face is None:
        return _faceless(number, found)
    return Picture(
        id=safe_id((*path.with_suffix("").parts, f"{face[0]:g}")),
        where=_where(number),
        source_split="",
        split="train",
        label=label,
        pixels=None if found.problems else pixels,
        problem=found.text,
        sequence=path.as_posix(),
        box=box,
    )


def _faceless(number: int, found: Findings) -> Picture:
    """Return a line that does not say which face it is about."""
    name = safe_id(("label", "row", str(number)))
    return Picture(name, _where(number), "", "train", None, None, found.text)


def _where(number: int) -> str:
    return f"row {number} of {FILE}"


def _box(edges: dict[str, str]) -> Box:
    left, top, right, bottom = numbers(edges)
    return check_area((left, top, right - left, bottom - top))


def _cells(line: str) -> list[str]:
    """Return the cells of a line; blanks in the picture's name, the first cell, are kept."""
    return line.strip().rsplit(None, len(CELLS) - 1)


def _lines(listed: Path) -> Iterator[str]:
    with listed.open(encoding="utf-8-sig", errors="replace") as file:
        yield from (line for line in file if line.strip())


def _folder(listed: Path) -> Path:
    """Return where the pictures lie."""
    first = (_cells(line) for line in islice(_lines(listed), TRIED))
    whole = [cells for cells in first if len(cells) == len(CELLS)]
    if not whole:
        raise SourceError(f"{FILE} has no line of {len(CELLS)} cells: expected {' '.join(CELLS)}")
    root = listed.parent.parent if listed.parent.name == "label" else listed.parent
    folder = pictures_folder([root], _FOLDERS, (cells[0] for cells in whole))
    if folder is None:
        raise SourceError(
            f"{FILE} is there but not its pictures: expected them in {', '.join(_FOLDERS)} beside "
            f"{'label/' if root != listed.parent else 'it'}"
        )
    return folder
