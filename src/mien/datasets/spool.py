"""What is put aside on the first walk over a source: texts, and all pixels in one file."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.source import Pixels

ROWS, PIXELS = "rows.csv", "pixels.u8"
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The texts of one picture; ``shape`` is empty where it is unreadable."""

    id: str
    where: str
    source_split: str
    shape: tuple[int, ...]
    sha256: str
    problem: str
    subject: str
    sequence: str
    origin: str
    label_set: str


def size_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return height, width and channels; zeros where there are no pixels."""
    return (*shape, 1)[:3] if shape else (0, 0, 0)


def read_rows(folder: Path) -> Iterator[Row]:
    """Stream the texts of all pictures."""
    with (folder / ROWS).open(encoding="utf-8", newline="") as file:
        for cells in csv.reader(file):
            shape = tuple(int(n) for n in cells[3].split())
            yield Row(cells[0], cells[1], cells[2], shape, *cells[4:])


def next_pixels(read: Callable[[int], bytes], shape: tuple[int, ...]) -> Pixels:
    """Return the next picture of a file of pixels."""
    return np.frombuffer(read(int(np.prod(shape))), np.uint8).reshape(shape)


class Spool:
    """The pixels of gathered pictures, by number. Nothing is read before the first is asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _shapes(self) -> npt.NDArray[np.int32]:
        rows = (size_of(row.shape) for row in read_rows(self._folder))
        return np.fromiter(rows, np.dtype(("i4", 3)))

    @cached_property
    def _starts(self) -> Ints:
        return np.concatenate([[0], self._shapes.prod(1, dtype=np.int64).cumsum()])

    @cached_property
    def _flat(self) -> Pixels:
        return np.memmap(self._folder / PIXELS, np.uint8, "r")

    def __call__(self, number: int) -> Pixels:
        """Return a readable picture, read-only."""
        height, width, channels = (int(n) for n in self._shapes[number])
        flat = self._flat[self._starts[number] : self._starts[number + 1]]
        return flat.reshape((height, width) if channels == 1 else (height, width, channels))
