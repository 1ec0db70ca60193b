"""The manifest: one line a picture of the source, in the source's order."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    "conflicting",
    *(f"copy_in_{split}" for split in SPLITS),
)
"""Columns of 0 and 1. ``copy_in_*``: another picture with the same pixels lies in that split."""

VOTE_COLUMNS: tuple[str, ...] = tuple(f"votes_{name}" for name in VOTES)
COLUMNS: tuple[str, ...] = (
    *("id", "file", "split", "label", "label_set", "where", "source_split"),
    *("height", "width", "channels", "sha256"),
    *VOTE_COLUMNS,
    *FLAGS,
    *("duplicate_of", "problem"),
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as arrays, one entry a line.

    Attributes:
        ids, files, split, label_sets, hashes: text; ``files`` is empty where unreadable.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        sizes: ``int64 [N, 3]``: height, width, channels; zeros where unreadable.
        votes: ``int16 [N, 10]`` in the order of ``votes.VOTES``, None where there are none.
        flags: ``bool [N]`` each, by the names of ``FLAGS``, and ``duplicate``.
    """

    ids: npt.NDArray[np.str_]
    files: npt.NDArray[np.str_]
    split: npt.NDArray[np.str_]
    label_sets: npt.NDArray[np.str_]
    labels: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.str_]
    votes: npt.NDArray[np.int16] | None
    flags: dict[str, npt.NDArray[np.bool_]]


def write_manifest(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows (cells in the order of ``COLUMNS``) as CSV, lines ending as on Unix."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        PreparedDataError: it is missing, or was damaged or edited into something else.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        if not rows or tuple(rows[0]) != COLUMNS:
            raise ValueError("other columns than mien writes")
        short = [n for n, row in enumerate(rows[1:]) if len(row) != len(COLUMNS)]
        if short:
            raise ValueError(f"{len(short)} damaged line(s), first for row {short[0]}")
        return _arrays(rows[1:])
    except (OSError, ValueError, csv.Error, UnknownEmotionError) as error:
        raise PreparedDataError(
            f"{path} is damaged ({error}): expected the manifest that `mien data prepare` wrote; "
            "prepare the dataset again"
        ) from error


def _arrays(rows: Sequence[Sequence[str]]) -> Manifest:
    columns = dict(zip(COLUMNS, _turned(rows), strict=True))
    splits = np.array(columns["split"], dtype=str)
    unknown = sorted(set(splits.tolist()) - {*SPLITS, ""})
    if unknown:
        raise ValueError(f"unknown split {unknown[0]!r}")
    codes = {"": -1} | {emotion: index(emotion) for emotion in EMOTIONS}
    flags = {name: _flag(columns[name]) for name in FLAGS}
    flags["duplicate"] = np.array([bool(text) for text in columns["duplicate_of"]], dtype=bool)
    labels = [codes[text] if text in codes else index(text) for text in columns["label"]]
    sizes = [columns[name] for name in ("height", "width", "channels")]
    if any(not text.isdecimal() for column in sizes for text in column):
        raise ValueError("a size that is no number of pixels")
    return Manifest(
        ids=np.array(columns["id"], dtype=str),
        files=np.array(columns["file"], dtype=str),
        split=splits,
        label_sets=np.array(columns["label_set"], dtype=str),
        labels=np.where(flags["unreadable"], -1, np.array(labels, dtype=np.int64)),
        sizes=np.array([[int(n) for n in column] for column in sizes], dtype=np.int64).T,
        hashes=np.array(columns["sha256"], dtype=str),
        votes=_votes([columns[name] for name in VOTE_COLUMNS]),
        flags=flags,
    )


def _turned(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)


def _flag(column: Sequence[str]) -> npt.NDArray[np.bool_]:
    if not set(column) <= {"0", "1"}:
        raise ValueError(f"a flag that is neither 0 nor 1: {sorted(set(column) - {'0', '1'})[0]!r}")
    return np.array([text == "1" for text in column], dtype=bool)


def _votes(columns: Sequence[Sequence[str]]) -> npt.NDArray[np.int16] | None:
    """Return ``int16 [N, 10]``; None where every cell is empty."""
    if not any(columns[0]):
        return None
    return np.array([[int(text) for text in column] for column in columns], dtype=np.int16).T.copy()
