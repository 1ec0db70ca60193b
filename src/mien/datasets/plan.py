"""Where each picture of a source goes, and what is known about it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.datasets.audit import conflicts, copies_in
from mien.datasets.gather import Gathered
from mien.datasets.source import SPLITS
from mien.datasets.splits import SEED, SHARE, cut
from mien.datasets.votes import Votes, VoteTable, join_votes, unanimous_non_faces


@dataclass(frozen=True, slots=True)
class Plan:
    """One entry a picture.

    Attributes:
        split: where it goes.
        rule: how the splits came about, in words.
        votes: ``int16 [N, 10]``, None where there are none.
        flags: ``bool [N]`` each, by the names of ``manifest.FLAGS`` and in their order.
    """

    split: npt.NDArray[np.str_]
    rule: str
    votes: Votes | None
    flags: dict[str, npt.NDArray[np.bool_]]


def plan(gathered: Gathered, table: VoteTable | None) -> Plan:
    """Decide the splits, join the votes and find out the flags.

    Raises:
        DataError: the votes belong to other pictures.
    """
    readable, groups = gathered.readable, gathered.groups
    joined = None
    if table is not None:
        joined = join_votes(table, gathered.usages, gathered.labels, readable)
    split, rule = _with_validation(gathered)
    nowhere = np.zeros(len(groups), bool)
    flags = {
        "unreadable": ~readable,
        "constant": gathered.constant,
        "not_a_face": nowhere if joined is None else unanimous_non_faces(joined),
        "conflicting": conflicts(groups, gathered.labels),
        **{f"copy_in_{name}": copies_in(groups, split, name) for name in SPLITS},
    }
    return Plan(split, rule, joined, flags)


def _with_validation(gathered: Gathered) -> tuple[npt.NDArray[np.str_], str]:
    """Return the splits, with one for validation cut from training where there is none."""
    train = np.flatnonzero((gathered.split == "train") & gathered.readable)
    if (gathered.split == "val").any() or not len(train):
        return gathered.split, "as in the source"
    split = gathered.split.copy()
    split[train[cut(gathered.labels[train], gathered.groups[train])]] = "val"
    return split, (
        f"validation: {SHARE:.0%} of training, stratified by class, byte-identical copies kept "
        f"together, seed {SEED}; else as in the source"
    )
