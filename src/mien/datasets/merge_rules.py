"""What a merged dataset takes: whose labels, which classes, which of conflicting copies.

Arrays in, arrays out. Rows are those of all sets, one set after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS, LABEL_SETS, index
from mien.errors import DataError, UnknownEmotionError, UsageError
from mien.ferplus import NO_LABEL, ferplus_majority

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Text = npt.NDArray[np.str_]

CONFLICTS = ("keep", "drop", "first", "votes")
LABELS = ("published", "ferplus")
REASONS = ("taken", "no_majority", "other_class", "conflicting")
"""Why a picture is left out, by the numbers of ``Taken.reason``."""
TAKEN, NO_MAJORITY, OTHER_CLASS, CONFLICTING = range(4)


@dataclass(frozen=True, slots=True)
class Pool:
    """The rows of all sets.

    Attributes:
        of: ``int64 [N]``, the number of the set.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where unreadable.
        label_sets: text ``[N]``, whose label it is.
        votes: ``int16 [N, 10]``, zeros where there are none.
        groups: ``int64 [N]``, the first row with the same pixels, -1 where unreadable.
    """

    of: Ints
    labels: Ints
    label_sets: Text
    votes: npt.NDArray[np.int16]
    groups: Ints


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken: ``reason`` (``int64 [N]``, 0 where taken), labels, and whose they are."""

    reason: Ints
    labels: Ints
    label_sets: Text
    conflicts: dict[str, int]


def take(pool: Pool, labels: str, classes: str, conflicts: str) -> Taken:
    """Decide what is taken; labels are settled first, then classes, then conflicts.

    Args:
        pool: the rows.
        labels: ``published``, or ``ferplus``: pictures with votes take the label that has more
            than half of them (Barsoum et al. 2016, arXiv:1608.01041), or are left out.
        classes: ``all``, ``common`` (those that every set has), or emotions parted by commas.
        conflicts: what to do where copies of a picture carry several labels. ``keep`` takes
            them; ``drop`` takes none; ``first`` takes the label of the first copy and leaves out
            the copies in later sets and those with another label; ``votes`` adds the votes of
            all copies and gives each the label with more than half, where there is one and its
            class is wanted.

    Raises:
        UsageError: another word, or a class that is no emotion.
        DataError: the sets have no class in common, or none has votes where they are asked for.
    """
    for what, word, choices in (("labels", labels, LABELS), ("conflicts", conflicts, CONFLICTS)):
        if word not in choices:
            raise UsageError(f"{what} {word!r}: expected {', '.join(choices)}")
    reason = np.zeros(len(pool.of), np.int64)
    now, whose = pool.labels, pool.label_sets
    if labels == "ferplus":
        now, whose, reason = _voted(pool, reason)
    wanted = _classes(classes, pool.of, np.where(reason == TAKEN, now, -1))
    reason[(reason == TAKEN) & (now >= 0) & ~np.isin(now, wanted)] = OTHER_CLASS
    return _settled(pool, now, whose, reason, conflicts, wanted)


def _voted(pool: Pool, reason: Ints) -> tuple[Ints, Text, Ints]:
    voted = pool.votes.any(axis=1) & (pool.groups >= 0)
    if not voted.any():
        raise DataError("labels ferplus: none of the sets has FER+ votes; expected one that has")
    majority = ferplus_majority(pool.votes)
    labels = np.where(voted, majority, pool.labels)
    whose = np.where(voted, "ferplus", pool.label_sets)
    return labels, whose, np.where(voted & (majority == NO_LABEL), NO_MAJORITY, reason)


def _classes(text: str, of: Ints, labels: Ints) -> Ints:
    """Return the emotions that are wanted, as indices."""
    if text == "all":
        return np.arange(len(EMOTIONS))
    if text == "common":
        each = [set(labels[of == number].tolist()) for number in np.unique(of)]
        common = sorted(set.intersection(*each) - {-1})
        if not common:
            raise DataError("the sets have no class in common: expected one at least, or all")
        return np.array(common, np.int64)
    try:
        return np.array([index(word) for word in text.split(",")], np.int64)
    except UnknownEmotionError as error:
        raise UsageError(f"classes {text!r}: expected all, common or emotions; {error}") from None


def differing(groups: Ints, labels: Ints, among: Mask) -> Mask:
    """Tell which of some pictures have a copy among them with another label, ``bool [N]``."""
    held = np.flatnonzero(among & (groups >= 0))
    low, high = np.full(len(groups), np.iinfo(np.int64).max), np.full(len(groups), -1)
    np.minimum.at(low, groups[held], labels[held])
    np.maximum.at(high, groups[held], labels[held])
    found = np.zeros(len(groups), bool)
    found[held] = (low != high)[groups[held]]
    return found


def _settled(pool: Pool, labels: Ints, whose: Text, reason: Ints, way: str, wanted: Ints) -> Taken:
    differ = differing(pool.groups, labels, reason == TAKEN)
    out, decided = np.zeros_like(differ), np.full(len(labels), NO_LABEL, np.int64)
    if way == "drop":
        out = differ
    elif way == "first":
        first = _first(pool.groups, differ)
        out = differ & ((pool.of != pool.of[first]) | (labels != labels[first]))
    elif way == "votes":
        decided = np.where(differ, _majority(pool, differ), NO_LABEL)
        decided[~np.isin(decided, wanted)] = NO_LABEL
    settled = decided != NO_LABEL
    return Taken(
        reason=np.where(out, CONFLICTING, reason),
        labels=np.where(settled, decided, labels),
        label_sets=np.where(settled, "ferplus", whose),
        conflicts={
            "groups": _groups(pool.groups, differ),
            "groups_across_sets": _groups(
                pool.groups, differ & differing(pool.groups, pool.of, differ)
            ),
            "pictures": int(differ.sum()),
            "left_out": int(out.sum()),
            "groups_decided_by_votes": _groups(pool.groups, settled),
            "relabelled": int((settled & (decided != labels)).sum()),
        },
    )


def _groups(groups: Ints, among: Mask) -> int:
    return len(np.unique(groups[among]))


def _first(groups: Ints, among: Mask) -> Ints:
    """Return the first of some pictures in each one's group, ``int64 [N]``, 0 for the others."""
    rows = np.flatnonzero(among)
    least = np.full(len(groups), len(groups), np.int64)
    np.minimum.at(least, groups[rows], rows)
    found = np.zeros(len(groups), np.int64)
    found[rows] = least[groups[rows]]
    return found


def _majority(pool: Pool, among: Mask) -> Ints:
    """Return the label with more than half of the votes of all copies, ``int64 [N]``."""
    rows = np.flatnonzero(among)
    votes = np.zeros(pool.votes.shape, np.int64)
    np.add.at(votes, pool.groups[rows], pool.votes[rows])
    found = np.full(len(among), NO_LABEL, np.int64)
    found[rows] = ferplus_majority(votes[pool.groups[rows]])
    return found


def label_set_of(label_sets: Text, labels: Ints) -> str:
    """Return the label set of a merged dataset: that of all rows, else ``seven`` or ``eight``.

    Args:
        label_sets: text ``[n]``, of the rows taken.
        labels: ``int64 [n]``, their labels.
    """
    names: Sequence[str] = np.unique(label_sets[labels >= 0]).tolist()
    if len(names) == 1 and names[0] in LABEL_SETS:
        return names[0]
    contempt = EMOTIONS.index("contempt")
    return "eight" if (labels == contempt).any() else "seven"
