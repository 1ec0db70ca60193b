"""The first walk over a source: everything is read and checked, nothing has its place yet.

Pixels, texts and numbers go to files on the way. Memory holds one picture, the words that
repeat (splits, people, films) and, at the end, about 175 bytes a picture.
"""

import csv
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from mien.datasets.framing import AS_IT_IS, Framing
from mien.datasets.source import SPLITS, Picture, Pixels, Progress, Source, pixel_hash
from mien.datasets.spool import PIXELS, ROWS, Row, Spool, next_pixels, read_rows
from mien.datasets.votes import VOTES
from mien.emotions import EMOTIONS

Ints = npt.NDArray[np.int64]
_NUMBERS = np.dtype(
    [
        *(("id", "u8", 2), ("pixels", "u8", 2), ("subject", "i4"), ("sequence", "i4")),
        *(("usage", "i4"), ("split", "i1"), ("label", "i1"), ("flags", "u1")),
    ]
)
_LINE = struct.Struct("<4Q3i2bB")
_READABLE, _CONSTANT, _NO_FACE, _VOTED = 1, 2, 4, 8


@dataclass(frozen=True)
class Gathered:
    """A source, read once.

    Attributes:
        usages: the source's word for each picture's split.
        split: ``train``, ``val``, ``test`` or empty.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        groups: ``int64 [N]``: position of the first picture with the same pixels, -1 unreadable.
        constant, no_face: ``bool [N]``: all pixels have one value; no face was found in it.
        subjects, sequences: ``int64 [N]``, equal for the same person or film, -1 unknown.
        votes: ``int16 [N, 10]`` that came with the pictures, None where there were none.
        problems: a line for each unreadable picture.
        renamed: number of a picture → number of the one whose name it has.
        folder: where pixels (flat) and rows lie.
        pixels: returns a readable picture by its number.
    """

    usages: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    labels: Ints
    groups: Ints
    constant: npt.NDArray[np.bool_]
    no_face: npt.NDArray[np.bool_]
    subjects: Ints
    sequences: Ints
    votes: npt.NDArray[np.int16] | None
    problems: list[str]
    renamed: dict[int, int]
    folder: Path
    pixels: Callable[[int], Pixels]

    @property
    def readable(self) -> npt.NDArray[np.bool_]:
        """``bool [N]``."""
        return self.groups >= 0

    @property
    def pixels_file(self) -> Path:
        """Where all pixels lie, one picture after the other."""
        return self.folder / PIXELS

    def rows(self) -> Iterator[Row]:
        """Stream the texts again, in the source's order."""
        for number, row in enumerate(read_rows(self.folder)):
            yield _nameless(row, number) if number in self.renamed else row

    def walk(self) -> Iterator[tuple[Row, Pixels | None]]:
        """Stream rows and pixels again, in the source's order."""
        with self.pixels_file.open("rb") as spool:
            for read, row in zip(read_rows(self.folder), self.rows(), strict=True):
                pixels = next_pixels(spool.read, read.shape) if read.shape else None
                yield row, pixels if row.shape else None


def _nameless(row: Row, number: int) -> Row:
    problem = row.problem or "the same name as another picture, expected different names"
    name = f"{row.id}~{number}"
    return Row(name, row.where, row.source_split, (), "", problem, *_tail(row))


def _tail(row: Row | Picture) -> tuple[str, str, str, str]:
    return (row.subject, row.sequence, row.origin, row.label_set)


class _Words:
    """Words that repeat, as numbers, those of each origin apart; the empty word is -1."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def __call__(self, word: str, origin: str = "") -> int:
        return self.numbers.setdefault((word, origin), len(self.numbers)) if word else -1


def gather(
    source: Source, folder: Path, progress: Progress, framing: Framing = AS_IT_IS
) -> Gathered:
    """Read a source; the files are written into ``folder``."""
    usages, subjects, sequences = _Words(), _Words(), _Words()
    problems: list[str] = []
    with ExitStack() as stack:
        spool, numbers, votes = (
            stack.enter_context((folder / name).open("wb"))
            for name in (PIXELS, "numbers.bin", "votes.i2")
        )
        texts = stack.enter_context((folder / ROWS).open("w", encoding="utf-8", newline=""))
        writer = csv.writer(texts)
        for number, picture in enumerate(source):
            pixels, face, problem = _framed(picture, framing)
            row = _row(picture, pixels, problem)
            shape = " ".join(str(n) for n in row.shape)
            writer.writerow(
                [row.id, row.where, row.source_split, shape, row.sha256, problem, *_tail(row)]
            )
            flags = _NO_FACE * (picture.no_face or not face) + _VOTED * _write_votes(votes, picture)
            if pixels is not None:
                spool.write(pixels.tobytes())
                flags += _READABLE + _CONSTANT * _is_constant(pixels)
            split = SPLITS.index(picture.split) if picture.split else -1
            label = EMOTIONS.index(picture.label) if picture.label else -1
            digests = (*_digest(row.id), *_pixel_digest(row.sha256))
            people = (subjects(row.subject, row.origin), sequences(row.sequence, row.origin))
            numbers.write(
                _LINE.pack(*digests, *people, usages(row.source_split), split, label, flags)
            )
            if problem:
                problems.append(f"{row.where}: {problem}")
            progress("reading", number + 1, None)
    return _gathered(folder, [*(word for word, _ in usages.numbers), ""], problems)


def _framed(picture: Picture, framing: Framing) -> tuple[Pixels | None, bool, str]:
    """Return pixels, whether a face was found, and what is wrong."""
    problem = " ".join(picture.problem.split())
    if problem or picture.pixels is None:
        return None, True, problem or "no pixels"
    if not picture.label or not picture.split:
        return None, True, f"no {'split' if picture.label else 'label'}, expected one"
    try:
        return *framing.apply(picture.pixels, picture.box), ""
    except ValueError as error:
        return None, True, str(error)


def _row(picture: Picture, pixels: Pixels | None, problem: str) -> Row:
    shape, digest = ((), "") if pixels is None else (pixels.shape, pixel_hash(pixels))
    words = (picture.id, picture.where, picture.source_split)
    return Row(*words, shape, digest, problem, *_tail(picture))


def _write_votes(file: IO[bytes], picture: Picture) -> bool:
    counts = picture.votes if picture.votes is not None else (0,) * len(VOTES)
    file.write(np.array(counts, np.int16).tobytes())
    return picture.votes is not None


def _is_constant(pixels: Pixels) -> bool:
    return bool((pixels == pixels.reshape(-1, *pixels.shape[2:])[0]).all())


def _digest(name: str) -> tuple[int, int]:
    return _halves(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _pixel_digest(sha256: str) -> tuple[int, int]:
    return _halves(bytes.fromhex(sha256[:32])) if sha256 else (0, 0)


def _halves(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big")


def _gathered(folder: Path, usages: list[str], problems: list[str]) -> Gathered:
    table = np.fromfile(folder / "numbers.bin", _NUMBERS)
    names = same(table["id"])
    renamed = {int(n): int(names[n]) for n in np.flatnonzero(names != np.arange(len(names)))}
    readable = (table["flags"] & _READABLE > 0) & (names == np.arange(len(names)))
    fresh = {n: first for n, first in renamed.items() if table["flags"][n] & _READABLE}
    _name_problems(folder, fresh, problems)
    groups = np.full(len(table), -1, np.int64)
    held = np.flatnonzero(readable)
    groups[held] = held[same(table["pixels"][held])]
    votes = None
    if (table["flags"] & _VOTED).any():
        votes = np.fromfile(folder / "votes.i2", np.int16).reshape(-1, len(VOTES))
    return Gathered(
        usages=np.array(usages, dtype=str)[table["usage"]],
        split=np.array([*SPLITS, ""])[table["split"]],
        labels=table["label"].astype(np.int64),
        groups=groups,
        constant=readable & (table["flags"] & _CONSTANT > 0),
        no_face=readable & (table["flags"] & _NO_FACE > 0),
        subjects=table["subject"].astype(np.int64),
        sequences=table["sequence"].astype(np.int64),
        votes=votes,
        problems=problems,
        renamed=renamed,
        folder=folder,
        pixels=Spool(folder),
    )


def same(digests: npt.NDArray[np.uint64]) -> Ints:
    """Return the position of the first equal row of ``uint64 [N, 2]``, ``int64 [N]``."""
    order = np.lexsort((digests[:, 1], digests[:, 0]))  # stable: the first of equals is first
    ordered = digests[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(1)
    found = np.empty(len(order), np.int64)
    found[order] = order[begins][np.cumsum(begins) - 1] if len(order) else order
    return found


def _name_problems(folder: Path, renamed: dict[int, int], problems: list[str]) -> None:
    """Add a line for each picture that has the name of an earlier one."""
    if not renamed:
        return
    wanted = {*renamed, *renamed.values()}
    where = {n: row.where for n, row in enumerate(read_rows(folder)) if n in wanted}
    for number, first in renamed.items():
        problems.append(
            f"{where[number]}: the same name as {where[first]}, expected different names"
        )
