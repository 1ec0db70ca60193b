"""Small made-up sources in the true published layouts."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from mien.datasets.source import USAGES, Picture, Pixels
from mien.emotions import CODES

Row = tuple[int, Pixels, str]
PLUS = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def faces(count: int, seed: int = 0) -> list[Pixels]:
    rng = np.random.default_rng(seed)
    return list(rng.integers(0, 256, (count, 48, 48), np.uint8))


def rows_of(usages: Iterable[str], seed: int = 0) -> list[Row]:
    """One row for each usage, codes going round."""
    words = list(usages)
    return [
        (n % 7, face, word)
        for n, (face, word) in enumerate(zip(faces(len(words), seed), words, strict=True))
    ]


def text(face: Pixels) -> str:
    return " ".join(str(value) for value in face.ravel())


def write_csv(path: Path, rows: Iterable[Row], header: str = "emotion,pixels,Usage") -> Path:
    lines = [header]
    for code, face, usage in rows:
        cells = {"emotion": str(code), "pixels": text(face), "usage": usage}
        lines.append(",".join(cells[name.strip().lower()] for name in header.split(",")))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_votes(
    path: Path, rows: Sequence[Row], changes: Callable[[list[list[int]]], None] | None = None
) -> Path:
    """Ten votes a row, eight of them for the label."""
    order = PLUS.split(",")[2:]
    table = [[0] * len(order) for _ in rows]
    for line, (code, _, _) in zip(table, rows, strict=True):
        line[order.index(CODES["fer2013"][code])] = 8
        line[order.index("unknown")] = 2
    if changes is not None:
        changes(table)
    lines = [
        f"{usage},f.png," + ",".join(map(str, line))
        for line, (_, _, usage) in zip(table, rows, strict=True)
    ]
    path.write_text("\n".join([PLUS, *lines]) + "\n")
    return path


def encoded(face: Pixels, form: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(face).save(stream, form, **options)
    return stream.getvalue()


@dataclass
class Stream:
    """A source from a list of pictures."""

    pictures: list[Picture]
    name: str = "made"
    label_set: str = "fer2013"
    layout: str = "a list"
    keeps_row_order: bool = True
    has_splits: bool = True
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)


def stream(rows: Sequence[Row]) -> Stream:
    return Stream(
        [
            Picture(f"p{n}", f"row {n}", usage, USAGES[usage], CODES["fer2013"][code], face)
            for n, (code, face, usage) in enumerate(rows)
        ]
    )
