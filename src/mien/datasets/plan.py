"""Where each picture of a source goes, and what is known about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.datasets import audit, splits
from mien.datasets.gather import Gathered
from mien.datasets.rules import Rule, decide
from mien.datasets.source import SPLITS, Progress
from mien.datasets.votes import Votes, VoteTable, join_votes, unanimous_non_faces
from mien.errors import DataError

Ints = npt.NDArray[np.int64]
REPEATED = re.compile(r"~\d+$")
"""How the names of repeated pictures end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One entry a line of the manifest.

    Attributes:
        index: which gathered picture it is, ascending; a repeated one comes several times.
        split: where it goes.
        groups: ``int64 [M]``: the first line with the same pixels, -1 unreadable.
        labels: ``int64 [M]``, index in ``EMOTIONS``, -1 where there is none.
        votes: ``int16 [M, 10]``, None where there are none.
        flags: ``bool [M]`` each, by the names of ``manifest.FLAGS`` and in their order.
        rule: how the splits came about, in words.
        notes: what a user has to know about the splits.
    """

    index: Ints
    split: npt.NDArray[np.str_]
    groups: Ints
    labels: Ints
    votes: Votes | None
    flags: dict[str, npt.NDArray[np.bool_]]
    rule: str
    notes: list[str]


def plan(
    gathered: Gathered,
    table: VoteTable | None,
    rule: Rule,
    has_splits: bool,
    progress: Progress | None = None,
) -> Plan:
    """Decide the splits, join the votes and find out the flags.

    Args:
        gathered: the source.
        table: FER+ votes to join by row.
        rule: how to split.
        has_splits: whether the source says which picture is in which split.
        progress: told of the search for near copies.

    Raises:
        DataError: the votes belong to other pictures, or such a split cannot be made.
    """
    joined = gathered.votes
    if table is not None:
        joined = join_votes(table, gathered.usages, gathered.labels, gathered.readable)
    decided = decide(gathered, rule, has_splits, progress)
    index = _lines(gathered, decided.split, rule)
    split, labels = decided.split[index], gathered.labels[index]
    groups = _regrouped(gathered.groups[index])
    votes = None if joined is None else joined[index]
    nowhere = np.zeros(len(index), bool)
    flags = {
        "unreadable": groups < 0,
        "constant": gathered.constant[index],
        "not_a_face": nowhere if votes is None else unanimous_non_faces(votes),
        "no_face": gathered.no_face[index],
        "conflicting": audit.conflicts(groups, labels),
        **{f"copy_in_{name}": audit.copies_in(groups, split, name) for name in SPLITS},
    }
    notes = [*decided.notes, *_balance_note(decided.split, split, rule)]
    return Plan(index, split, groups, labels, votes, flags, decided.rule, notes)


def _balance_note(
    before: npt.NDArray[np.str_], after: npt.NDArray[np.str_], rule: Rule
) -> Iterator[str]:
    if rule.balance:
        was, now = (int((split == "train").sum()) for split in (before, after))
        done = "repeating" if rule.balance == "repeat" else "leaving out"
        yield f"training was evened out by {done} pictures: {was:,} became {now:,}"


def _lines(gathered: Gathered, split: npt.NDArray[np.str_], rule: Rule) -> Ints:
    """Return which pictures become lines, some more than once where training is balanced."""
    times = np.ones(len(split), np.int64)
    if rule.balance:
        _refuse_repeated(gathered)
        train = np.flatnonzero((split == "train") & gathered.readable)
        times[train] = splits.balanced(gathered.labels[train], rule.balance, rule.seed)
    return np.repeat(np.arange(len(split)), times)


def _refuse_repeated(gathered: Gathered) -> None:
    """Refuse to balance what was balanced before: copies of copies would share their names."""
    repeated = sum(bool(REPEATED.search(row.id)) for row in gathered.rows())
    if repeated:
        raise DataError(
            f"{repeated} of these pictures are repeated ones (names ending in ~1 …): expected "
            "a set that is not balanced yet; balance the one that it was made from"
        )


def _regrouped(groups: Ints) -> Ints:
    """Return groups named by the first of these lines instead of the first of all pictures."""
    found = np.full(len(groups), -1, np.int64)
    held = np.flatnonzero(groups >= 0)
    _, first, inverse = np.unique(groups[held], return_index=True, return_inverse=True)
    found[held] = held[first][inverse]
    return found
