"""The manifest: one line a picture of the source, in the source's order."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.source import SPLITS
from mien.datasets.votes import VOTES
from mien.emotions import EMOTIONS, index
from mien.errors import PreparedDataError, UnknownEmotionError

FILE_NAME = "manifest.csv"
FLAGS: tuple[str, ...] = (
    "unreadable",
    "constant",
    "not_a_face",
    "no_face",
    "conflicting",
    *(f"copy_in_{split}" for split in SPLITS),
)
"""Columns of 0 and 1. ``copy_in_*``: another picture with the same pixels lies in that split."""

VOTE_COLUMNS: tuple[str, ...] = tuple(f"votes_{name}" for name in VOTES)
COLUMNS: tuple[str, ...] = (
    *("id", "file", "split", "label", "label_set", "where", "source_split"),
    *("subject", "sequence", "origin", "height", "width", "channels", "sha256"),
    *VOTE_COLUMNS,
    *FLAGS,
    *("duplicate_of", "problem"),
)

CHUNK = 5000
_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_FILE = re.compile(r"[a-z]+/[a-z]+/[A-Za-z0-9_~-][A-Za-z0-9._~-]*\.png")
_TEXTS = {
    **{"ids": "id", "files": "file", "split": "split", "label_sets": "label_set"},
    **{"source_splits": "source_split", "subjects": "subject"},
    **{"sequences": "sequence", "origins": "origin"},
}
Text = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as arrays, one entry a line.

    Attributes:
        ids, files, split, label_sets: text; ``files`` is empty where unreadable.
        source_splits, subjects, sequences, origins: text; empty where nobody knows.
        hashes: ``bytes [N]``, 64 hexadecimal digits; empty where unreadable.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        sizes: ``int64 [N, 3]``: height, width, channels; zeros where unreadable.
        votes: ``int16 [N, 10]`` in the order of ``votes.VOTES``, zeros in rows without any; None
            where no row has some.
        flags: ``bool [N]`` each, by the names of ``FLAGS``, and ``duplicate``.
    """

    ids: Text
    files: Text
    split: Text
    label_sets: Text
    source_splits: Text
    subjects: Text
    sequences: Text
    origins: Text
    hashes: npt.NDArray[np.bytes_]
    labels: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    votes: npt.NDArray[np.int16] | None
    flags: dict[str, npt.NDArray[np.bool_]]


def write_manifest(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows (cells in the order of ``COLUMNS``) as CSV, lines ending as on Unix."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest; of the text that is parsed, a few thousand lines are held at a time.

    Raises:
        PreparedDataError: it is missing, or was damaged or edited into something else.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != COLUMNS:
                raise ValueError("other columns than mien writes")
            parts = [_part(rows, n * CHUNK) for n, rows in enumerate(_chunks(reader))]
        manifest = _whole(parts or [_part([], 0)])
        _require_distinct(manifest.ids)
    except (OSError, ValueError, ArithmeticError, csv.Error, UnknownEmotionError) as error:
        raise PreparedDataError(
            f"{path} is damaged ({error}): expected the manifest that `mien data prepare` wrote; "
            "prepare the dataset again"
        ) from error
    return manifest


def _check(part: Mapping[str, npt.NDArray[Any]], start: int) -> None:
    """Refuse lines that `mien data prepare` never writes: they would lead astray later."""
    readable = ~part["flag_unreadable"]
    faults = {
        "an id that is no name of a file": _strange(part["ids"], _ID),
        "a readable picture without its file, or with one elsewhere": readable
        & _strange(part["files"], _FILE),
        "a readable picture without its hash": readable
        & (np.strings.str_len(part["hashes"]) != 64),
        "a readable picture without split, label or size": readable
        & ((part["split"] == "") | (part["labels"] < 0) | (part["sizes"] == 0).any(1)),
        "an unreadable picture with a file": ~readable & (part["files"] != ""),
        "votes below 0": (part["votes"] < 0).any(1),
    }
    for fault, rows in faults.items():
        if rows.any():
            raise ValueError(f"{fault}, first in row {start + int(np.flatnonzero(rows)[0])}")


def _strange(words: Text, pattern: re.Pattern[str]) -> npt.NDArray[np.bool_]:
    return np.array([pattern.fullmatch(word) is None for word in words.tolist()], dtype=bool)


def _require_distinct(ids: Text) -> None:
    _, first = np.unique(ids, return_index=True)
    if len(first) < len(ids):
        row = np.setdiff1d(np.arange(len(ids)), first)[0]
        raise ValueError(f"an id that occurs twice, {str(ids[row])!r} in row {row}")


def _chunks(reader: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while rows := list(islice(reader, CHUNK)):
        yield rows


def _part(rows: Sequence[Sequence[str]], start: int) -> dict[str, npt.NDArray[Any]]:
    """Return some lines as arrays by the names of ``Manifest``; flags begin with ``flag_``."""
    short = [n for n, row in enumerate(rows, start) if len(row) != len(COLUMNS)]
    if short:
        raise ValueError(f"{len(short)} damaged line(s), first for row {short[0]}")
    turned = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    columns = dict(zip(COLUMNS, turned, strict=True))
    unknown = sorted(set(columns["split"]) - {*SPLITS, ""})
    if unknown:
        raise ValueError(f"unknown split {unknown[0]!r}")
    codes = {"": -1} | {emotion: n for n, emotion in enumerate(EMOTIONS)}
    labels = [codes[text] if text in codes else index(text) for text in columns["label"]]
    flags = {f"flag_{name}": _flag(columns[name]) for name in FLAGS}
    flags["flag_duplicate"] = np.array([bool(text) for text in columns["duplicate_of"]], dtype=bool)
    texts = {name: np.array(columns[column], dtype=str) for name, column in _TEXTS.items()}
    part = {
        **texts,
        **flags,
        "hashes": np.array([text.encode("ascii") for text in columns["sha256"]], dtype="S64"),
        "labels": np.where(flags["flag_unreadable"], -1, np.array(labels, dtype=np.int64)),
        "sizes": _sizes([columns[name] for name in ("height", "width", "channels")]),
        "votes": _votes([columns[name] for name in VOTE_COLUMNS]),
    }
    _check(part, start)
    return part


def _whole(parts: Sequence[dict[str, npt.NDArray[Any]]]) -> Manifest:
    whole = {name: np.concatenate([part.pop(name) for part in parts]) for name in list(parts[0])}
    flags = {name: whole.pop(f"flag_{name}") for name in (*FLAGS, "duplicate")}
    votes = whole.pop("votes")
    return Manifest(**whole, votes=votes if votes.any() else None, flags=flags)


def _flag(column: Sequence[str]) -> npt.NDArray[np.bool_]:
    if not set(column) <= {"0", "1"}:
        raise ValueError(f"a flag that is neither 0 nor 1: {sorted(set(column) - {'0', '1'})[0]!r}")
    return np.array([text == "1" for text in column], dtype=bool)


def _sizes(columns: Sequence[Sequence[str]]) -> npt.NDArray[np.int64]:
    if any(not text.isdecimal() or len(text) > 5 for column in columns for text in column):
        raise ValueError("a size that is no number of pixels")
    return np.array([[int(n) for n in column] for column in columns], dtype=np.int64).T


def _votes(columns: Sequence[Sequence[str]]) -> npt.NDArray[np.int16]:
    """Return ``int16 [N, 10]``, 0 where a cell is empty."""
    counts = [[int(text or 0) for text in column] for column in columns]
    return np.array(counts, dtype=np.int16).T.copy()
