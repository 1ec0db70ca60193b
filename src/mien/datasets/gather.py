"""The first walk over a source: everything is read and checked, nothing has its place yet.

Pixels and texts go to two files on the way; memory holds its name, a hash and a few numbers.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.source import Picture, Pixels, Source, pixel_hash
from mien.emotions import EMOTIONS

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many pictures are done and how many there are, if known."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the second walk needs of one picture; ``shape`` is empty where it is unreadable."""

    id: str
    where: str
    source_split: str
    shape: tuple[int, ...]
    sha256: str
    problem: str


@dataclass(frozen=True)
class Gathered:
    """A source, read once.

    Attributes:
        usages: the source's word for each picture's split.
        split: ``train``, ``val``, ``test`` or empty.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        groups: ``int64 [N]``: position of the first picture with the same pixels, -1 unreadable.
        constant: ``bool [N]``: all pixels have one value.
        problems: a line for each unreadable picture.
        pixels_file, rows_file: where pixels (flat) and rows lie.
    """

    usages: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    constant: npt.NDArray[np.bool_]
    problems: list[str]
    pixels_file: Path
    rows_file: Path

    @property
    def readable(self) -> npt.NDArray[np.bool_]:
        """``bool [N]``."""
        return self.groups >= 0

    def walk(self) -> Iterator[tuple[Row, Pixels | None]]:
        """Stream rows and pixels again, in the source's order."""
        with (
            self.rows_file.open(encoding="utf-8", newline="") as rows,
            self.pixels_file.open("rb") as spool,
        ):
            for cells in csv.reader(rows):
                shape = tuple(int(n) for n in cells[3].split())
                row = Row(cells[0], cells[1], cells[2], shape, cells[4], cells[5])
                yield row, _next_pixels(spool.read, shape) if shape else None


def _next_pixels(read: Callable[[int], bytes], shape: tuple[int, ...]) -> Pixels:
    return np.frombuffer(read(int(np.prod(shape))), np.uint8).reshape(shape)


class _Book:
    """Names and pixels seen so far."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.first: dict[bytes, int] = {}

    def row(self, number: int, picture: Picture) -> Row:
        problem = " ".join(picture.problem.split())
        name, pixels = picture.id, picture.pixels
        if name in self.names:
            problem = problem or f"the same name as {self.names[name]}, expected different names"
            name = f"{name}~{number}"
        self.names[name] = picture.where
        if problem or pixels is None:
            return Row(name, picture.where, picture.source_split, (), "", problem or "no pixels")
        return Row(name, picture.where, picture.source_split, pixels.shape, pixel_hash(pixels), "")

    def group(self, number: int, row: Row) -> int:
        return self.first.setdefault(bytes.fromhex(row.sha256), number) if row.shape else -1


def gather(source: Source, folder: Path, progress: Progress) -> Gathered:
    """Read a source; the two files are written into ``folder``."""
    book = _Book()
    usages, splits, labels, groups, constant, problems = [], [], [], [], [], []
    pixels_file, rows_file = folder / "pixels.u8", folder / "rows.csv"
    with (
        pixels_file.open("wb") as spool,
        rows_file.open("w", encoding="utf-8", newline="") as rows,
    ):
        writer = csv.writer(rows)
        for number, picture in enumerate(source):
            row = book.row(number, picture)
            shape = " ".join(str(n) for n in row.shape)
            writer.writerow([row.id, row.where, row.source_split, shape, row.sha256, row.problem])
            usages.append(picture.source_split)
            splits.append(picture.split)
            labels.append(EMOTIONS.index(picture.label) if picture.label else -1)
            groups.append(book.group(number, row))
            constant.append(_write(spool.write, picture.pixels if row.shape else None))
            if row.problem:
                problems.append(f"{row.where}: {row.problem}")
            progress("reading", number + 1, None)
    return Gathered(
        np.array(usages, dtype=str),
        np.array(splits, dtype=str),
        np.array(labels, dtype=np.int64),
        np.array(groups, dtype=np.int64),
        np.array(constant, dtype=bool),
        problems,
        pixels_file,
        rows_file,
    )


def _write(write: Callable[[bytes], int], pixels: Pixels | None) -> bool:
    """Append pixels to the spool; tell whether they are all of one value."""
    if pixels is None:
        return False
    write(pixels.tobytes())
    return bool((pixels == pixels.reshape(-1, *pixels.shape[2:])[0]).all())
