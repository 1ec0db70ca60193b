"""A prepared dataset as a source again: to split it anew, scale it, clean it, merge it.

Nothing that the manifest says is lost: ids, places, labels and whose they are, votes, subjects,
sequences and origins stay. Unreadable pictures stay lines without a picture, with their reason;
``store.prepare`` takes them with ``skip_bad``, because they were seen and accepted before. Flags
are found out again, all but ``no_face``, which stays.
"""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.audit import group_ids
from mien.datasets.framing import faces_of
from mien.datasets.gather import Gathered
from mien.datasets.manifest import COLUMNS, FILE_NAME
from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import AS_IN_SOURCE, TOO_FEW
from mien.datasets.source import Picture
from mien.emotions import EMOTIONS
from mien.errors import UsageError

READER = "prepared"
"""What ``dataset.json`` names as the reader of a set that was made from a prepared one."""

Ints = npt.NDArray[np.int64]
_PREFIX = "prepared "
_WHERE, _PROBLEM = COLUMNS.index("where"), COLUMNS.index("problem")


class Again:
    """The pictures of a prepared dataset, or some of them, in the manifest's order."""

    keeps_row_order = False
    has_splits = True

    def __init__(
        self,
        prepared: PreparedSet,
        rows: Ints | None = None,
        split: npt.NDArray[np.str_] | None = None,
    ) -> None:
        """Describe a prepared dataset as a source.

        Args:
            prepared: the dataset.
            rows: ``int64 [n]``, which lines of the manifest to take, ascending; None takes all.
            split: text ``[n]``, another split for each of them; None keeps their own.

        Raises:
            UsageError: rows that are not ascending or not there, or a split for others.
        """
        self.prepared = prepared
        self.rows = np.arange(len(prepared)) if rows is None else np.asarray(rows, np.int64)
        _check(self.rows, len(prepared))
        self.split = prepared.split[self.rows] if split is None else split
        if len(self.split) != len(self.rows):
            raise UsageError(
                f"{len(self.split)} splits for {len(self.rows)} rows: expected one each"
            )
        self.name, self.label_set = prepared.name, prepared.label_set
        self.files: Sequence[Path] = (prepared.root / FILE_NAME,)
        self.layout = _layout(prepared)
        self.faces = faces_of(prepared.record)
        told = prepared.record.get("notes", ())
        self.notes = [note for note in told if not note.endswith(TOO_FEW)]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for (row, where, problem), split in zip(self._texts(), self.split, strict=True):
            yield self._picture(row, where, problem, str(split))

    def _texts(self) -> Iterator[tuple[int, str, str]]:
        """Stream the rows taken, with what the opened manifest does not hold."""
        with (self.prepared.root / FILE_NAME).open(encoding="utf-8", newline="") as file:
            lines = islice(csv.reader(file), 1, None)
            before = -1
            for row in self.rows.tolist():
                cells = next(islice(lines, row - before - 1, None))
                before = row
                yield row, cells[_WHERE], cells[_PROBLEM]

    def _picture(self, row: int, where: str, problem: str, split: str) -> Picture:
        manifest = self.prepared.manifest
        unreadable, label = bool(manifest.flags["unreadable"][row]), int(manifest.labels[row])
        votes = None if manifest.votes is None else tuple(manifest.votes[row].tolist())
        return Picture(
            id=str(manifest.ids[row]),
            where=where,
            source_split=str(manifest.source_splits[row]),
            split=split,
            label=EMOTIONS[label] if label >= 0 else None,
            pixels=None if unreadable else self.prepared.pixels(row),
            problem=(problem or "unreadable") if unreadable else "",
            subject=str(manifest.subjects[row]),
            sequence=str(manifest.sequences[row]),
            votes=votes if votes and any(votes) else None,
            origin=str(manifest.origins[row]),
            label_set=str(manifest.label_sets[row]),
            no_face=bool(manifest.flags["no_face"][row]),
        )


def _layout(prepared: PreparedSet) -> str:
    """Say what the set was made of and how it was split, once however often it is made again."""
    made, split = (str(prepared.record.get(key, "unknown")) for key in ("layout", "split"))
    told = made if split == AS_IN_SOURCE else f"{made}; split: {split}"
    return told if made.startswith(_PREFIX) else f"{_PREFIX}{prepared.name} ({told})"


def _check(rows: Ints, count: int) -> None:
    if len(rows) and (rows[0] < 0 or rows[-1] >= count or (np.diff(rows) <= 0).any()):
        raise UsageError(f"expected ascending rows from 0 to {count - 1}, each once")


def known(prepared: PreparedSet) -> Gathered:
    """Return what is known about a prepared dataset as if it had been read from a source.

    It serves to decide splits (``rules.decide``). It has no files, so it cannot be walked.
    """
    manifest, readable = prepared.manifest, ~prepared.flags["unreadable"]
    return Gathered(
        usages=manifest.source_splits,
        split=prepared.split,
        labels=prepared.labels,
        groups=group_ids(manifest.hashes),
        constant=prepared.flags["constant"],
        no_face=prepared.flags["no_face"],
        subjects=_numbers(manifest.subjects, manifest.origins),
        sequences=_numbers(manifest.sequences, manifest.origins),
        votes=prepared.votes,
        problems=[""] * int((~readable).sum()),
        renamed={},
        folder=prepared.root,
        pixels=prepared.pixels,
    )


def _numbers(words: npt.NDArray[np.str_], origins: npt.NDArray[np.str_]) -> Ints:
    """Return equal numbers for equal words of one origin, -1 for the empty word."""
    full = np.strings.add(np.strings.add(origins, "\n"), words)
    numbers = np.unique(full, return_inverse=True)[1].astype(np.int64)
    return np.where(words == "", -1, numbers)
