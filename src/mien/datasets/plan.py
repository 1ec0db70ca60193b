"""Where each picture of a source goes, and what is known about it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.datasets import audit, splits
from mien.datasets.gather import Gathered
from mien.datasets.rules import Rule, decide
from mien.datasets.source import SPLITS
from mien.datasets.votes import Votes, VoteTable, join_votes, unanimous_non_faces

Ints = npt.NDArray[np.int64]


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
) -> Plan:
    """Decide the splits, join the votes and find out the flags.

    Args:
        gathered: the source.
        table: FER+ votes to join by row.
        rule: how to split.
        has_splits: whether the source says which picture is in which split.

    Raises:
        DataError: the votes belong to other pictures, or such a split cannot be made.
    """
    joined = gathered.votes
    if table is not None:
        joined = join_votes(table, gathered.usages, gathered.labels, gathered.readable)
    decided = decide(gathered, rule, has_splits)
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
    return Plan(index, split, groups, labels, votes, flags, decided.rule, decided.notes)


def _lines(gathered: Gathered, split: npt.NDArray[np.str_], rule: Rule) -> Ints:
    """Return which pictures become lines, some more than once where training is balanced."""
    times = np.ones(len(split), np.int64)
    if rule.balance:
        train = np.flatnonzero((split == "train") & gathered.readable)
        times[train] = splits.balanced(gathered.labels[train], rule.balance, rule.seed)
    return np.repeat(np.arange(len(split)), times)


def _regrouped(groups: Ints) -> Ints:
    """Return groups named by the first of these lines instead of the first of all pictures."""
    found = np.full(len(groups), -1, np.int64)
    held = np.flatnonzero(groups >= 0)
    _, first, inverse = np.unique(groups[held], return_index=True, return_inverse=True)
    found[held] = held[first][inverse]
    return found
