"""FER+ votes: how ten people named each picture of FER-2013, joined by row and checked.

``fer2013new.csv`` of Barsoum et al. 2016, "Training deep networks for facial expression
recognition with crowd-sourced label distribution", arXiv:1608.01041. Its rows stand in the
order of ``fer2013.csv`` and have no other key: 173 of them lack an image name.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.source import USAGES
from mien.emotions import EMOTIONS, canonical
from mien.errors import DataError, SourceError, UnknownEmotionError, several

FILE_NAME = "fer2013new.csv"

VOTES: tuple[str, ...] = (*EMOTIONS, "unknown", "not_a_face")
"""What a vote can be for, in the order of every votes array and of the manifest."""

LEAST_AGREEMENT = 0.45
"""Labels agree with the plurality of their votes on about 63 % of the rows, with the votes of
another row on about 18 %: between the two lies the border of what is taken."""

Votes = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class VoteTable:
    """A votes file as read: ``usages`` one word a row, ``counts`` ``int16 [N, 10]``."""

    name: str
    usages: npt.NDArray[np.str_]
    counts: Votes


def read_votes(path: Path) -> VoteTable:
    """Read a votes file; its columns are found by name.

    Raises:
        SourceError: columns are missing or rows damaged, all of them named.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, csv.Error) as error:
        raise SourceError(f"the votes in {path} cannot be read: {error}") from error
    places = _places(path, rows[0] if rows else [])
    usages, counts, problems = [], np.zeros((len(rows) - 1, len(VOTES)), np.int16), []
    for number, row in enumerate(rows[1:]):
        try:
            counts[number] = [_count(row[place]) for place in places[1:]]
            usages.append(row[places[0]].strip())
        except (IndexError, ValueError) as error:
            problems.append(f"{path.name}, row {number}: {error}")
    if problems:
        raise SourceError(several(problems, most=20))
    return VoteTable(path.name, np.array(usages), counts)


def _places(path: Path, header: Sequence[str]) -> list[int]:
    """Return where Usage and the ten kinds of votes stand."""
    found = {_column_name(cell): place for place, cell in enumerate(header)}
    wanted = ("usage", *VOTES)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise SourceError(
            f"{path.name} has no column for {', '.join(missing)}: expected the {FILE_NAME} of "
            "FER+, with Usage, the eight emotions, unknown and NF"
        )
    return [found[name] for name in wanted]


def _column_name(cell: str) -> str:
    name = cell.strip().lower()
    try:
        return canonical(name)
    except UnknownEmotionError:
        return "not_a_face" if name == "nf" else name


def _count(text: str) -> int:
    word = text.strip()
    if not word.isascii() or not word.isdigit() or int(word) > 1000:
        raise ValueError(f"{word[:20]!r} votes, expected a number from 0")
    return int(word)


def join_votes(
    table: VoteTable,
    usages: npt.NDArray[np.str_],
    labels: npt.NDArray[np.int64],
    readable: npt.NDArray[np.bool_],
) -> Votes:
    """Return the votes of a source's rows, ``int16 [N, 10]``.

    Rows are matched by their number. A source that holds only some of the three usages (the
    competition's ``train.csv``) takes the votes of those. Checked: the count of each usage, the
    usage of each readable row, and that labels and votes agree far above chance.

    Args:
        table: the votes file.
        usages: the source's word for each row's split.
        labels: each row's index in ``EMOTIONS``, -1 where it has none.
        readable: rows whose usage and label can be trusted.

    Raises:
        DataError: the votes do not belong to these rows.
    """
    held = [usage for usage in USAGES if (usages[readable] == usage).any()]
    taken = np.isin(table.usages, held)
    theirs, counts = table.usages[taken], table.counts[taken]
    if len(theirs) != len(usages):
        raise DataError(
            f"{table.name} has votes for {_tally(theirs)}, the source has {_tally(usages)}: "
            "expected the same rows; give the file that belongs to it with --votes, or move it "
            "away to prepare without votes"
        )
    wrong = np.flatnonzero(readable & (theirs != usages))
    if len(wrong):
        raise DataError(
            f"{table.name} names another Usage than the source in {len(wrong)} row(s), first in "
            f"row {wrong[0]}: {theirs[wrong[0]]}, not {usages[wrong[0]]}; its rows are not those "
            "of the source"
        )
    _check_agreement(table.name, counts, labels, readable)
    return counts


def _tally(usages: npt.NDArray[np.str_]) -> str:
    words, counts = np.unique(usages, return_counts=True)
    tally = dict(zip(words.tolist(), counts.tolist(), strict=True))
    return (
        ", ".join(f"{count} {word or 'without Usage'}" for word, count in tally.items()) or "none"
    )


def _check_agreement(
    name: str, counts: Votes, labels: npt.NDArray[np.int64], readable: npt.NDArray[np.bool_]
) -> None:
    voted = readable & (labels >= 0) & (counts[:, : len(EMOTIONS)].max(axis=1, initial=0) > 0)
    if not voted.any():
        return
    agreement = agreement_of(counts[voted], labels[voted])
    if agreement < LEAST_AGREEMENT:
        raise DataError(
            f"the votes of {name} agree with the source's labels in {agreement:.1%} of "
            f"{int(voted.sum())} rows, expected at least {LEAST_AGREEMENT:.0%}: its rows are "
            "shifted or belong to other pictures; give the right file with --votes, or move it "
            "away to prepare without votes"
        )


def agreement_of(counts: Votes, labels: npt.NDArray[np.int64]) -> float:
    """Return the share of rows whose label is the emotion with the most votes."""
    return float((counts[:, : len(EMOTIONS)].argmax(axis=1) == labels).mean())


def unanimous_non_faces(counts: Votes) -> npt.NDArray[np.bool_]:
    """Tell for each row whether every vote says that it shows no face."""
    every = counts.sum(axis=1)
    return np.asarray((every > 0) & (counts[:, VOTES.index("not_a_face")] == every))
