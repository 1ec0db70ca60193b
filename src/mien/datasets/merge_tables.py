"""What a merged dataset is made of, counted: numbers only, no file names."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.merge_rules import REASONS, TAKEN, Taken
from mien.datasets.source import SPLITS
from mien.emotions import EMOTIONS

Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]
_WORDS = {
    "no_majority": "no label has more than half of the votes",
    "other_class": "of another class",
    "conflicting": "copies with different labels",
}


def by_class(words: Text, labels: Ints, order: Sequence[str] = ()) -> dict[str, dict[str, int]]:
    """Return word → emotion → pictures, for the words and emotions that occur.

    Args:
        words: text ``[N]``, the split or origin of each picture.
        labels: ``int64 [N]``; unreadable pictures (-1) are not counted.
        order: of the words; the alphabet's where there is none.
    """
    readable = labels >= 0
    emotions = np.unique(labels[readable]).tolist()
    held = np.unique(words[readable]).tolist()
    return {
        word: {EMOTIONS[n]: int(((words == word) & (labels == n)).sum()) for n in emotions}
        for word in (order or held)
        if word in held
    }


def shared(groups: Ints, of: Ints, split: Text, names: Sequence[str]) -> list[dict[str, Any]]:
    """Count the copies that each pair of sets shares.

    Args:
        groups: ``int64 [N]``, equal for copies, -1 where unreadable.
        of: ``int64 [N]``, the number of each picture's set.
        split: text ``[N]``.
        names: of the sets.

    Returns:
        For each pair: ``sets``, their names; ``groups``, how many pictures both have;
        ``pictures``, how many copies of these each has; ``groups_across_splits``, how many of
        the groups lie in more than one split.
    """
    side = np.array([SPLITS.index(s) if s in SPLITS else len(SPLITS) for s in split.tolist()])
    rows = []
    for one, other in combinations(range(len(names)), 2):
        first, second = (np.unique(groups[(of == n) & (groups >= 0)]) for n in (one, other))
        both = np.intersect1d(first, second)
        member = np.isin(groups, both) & np.isin(of, (one, other))
        rows.append(
            {
                "sets": [names[one], names[other]],
                "groups": len(both),
                "pictures": [int((member & (of == n)).sum()) for n in (one, other)],
                "groups_across_splits": _across(groups[member], side[member]),
            }
        )
    return rows


def _across(groups: Ints, side: Ints) -> int:
    pairs = np.unique(np.stack([groups, side], 1), axis=0)
    return int((np.unique(pairs[:, 0], return_counts=True)[1] > 1).sum())


def left_out(taken: Taken, of: Ints, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return set → reason → pictures left out, for the reasons that occur."""
    reasons = [n for n in np.unique(taken.reason).tolist() if n != TAKEN]
    return {
        name: {REASONS[r]: int(((of == n) & (taken.reason == r)).sum()) for r in reasons}
        for n, name in enumerate(names)
    }


def in_words(record: Mapping[str, Any]) -> list[str]:
    """Return what was left out and what became of conflicting copies, in sentences.

    Args:
        record: ``merged`` of ``dataset.json``.
    """
    lines = [
        f"left out of {name}: {count:,} ({_WORDS[reason]})"
        for name, counts in record["left_out"].items()
        for reason, count in counts.items()
        if count
    ]
    if record["copies_in_other_colours"]:
        lines.append(
            f"{record['copies_in_other_colours']:,} picture(s) differ from a copy in how colours "
            "are stored alone, and are not flagged as copies; --grey makes them the same"
        )
    torn = sum(pair["groups_across_splits"] for pair in record["shared"])
    if torn:
        lines.append(
            f"{torn:,} picture(s) lie in both sets and in two splits: deal out anew (--split), or "
            "take them out (mien data clean)"
        )
    return [*lines, *_conflicts(record["conflicts"])]


def _conflicts(counts: Mapping[str, int]) -> list[str]:
    if not counts["groups"]:
        return ["no copies carry different labels"]
    lines = [
        f"{counts['groups']:,} pictures ({counts['pictures']:,} with their copies) carry different "
        f"labels; of {counts['groups_across_sets']:,} the copies lie in several sets"
    ]
    if counts["left_out"]:
        lines.append(f"{counts['left_out']:,} of these copies were left out")
    if counts["groups_decided_by_votes"]:
        lines.append(
            f"{counts['groups_decided_by_votes']:,} of the pictures were decided by votes, which "
            f"changed {counts['relabelled']:,} labels"
        )
    return lines
