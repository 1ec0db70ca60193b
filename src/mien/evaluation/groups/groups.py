"""Scores of groups of pictures, and the gap between the best and the worst of them.

A group smaller than ``LEAST`` rows is counted and not scored. Groups differ in their emotions too:
``expected_accuracy`` is what a group would have if each emotion in it were recognised as often as
in all rows, so what is left between it and the accuracy is not the mix of emotions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.evaluation.case import Case
from mien.evaluation.groups import looks
from mien.evaluation.groups.columns import columns
from mien.evaluation.groups.gaps import gap
from mien.evaluation.groups.grouping import Column
from mien.evaluation.matching import rows_in
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.parts import Parts, intervals
from mien.evaluation.sampling.resampling import FEWEST, clusters, record, unit
from mien.evaluation.sampling.weighted import Samples
from mien.inference.framed import faces_in
from mien.runs import environment

Ints = npt.NDArray[np.int64]

LEAST = 30
"""Rows that a group has at least, to be scored."""
SPREAD = {"lowest": 0, "lower_quartile": 25, "median": 50, "upper_quartile": 75, "highest": 100}


def groups(
    predictions: Predictions,
    prepared: PreparedSet,
    names: Sequence[str] = (),
    *,
    least: int = LEAST,
    progress: Progress | None = None,
    find: looks.Find = faces_in,
) -> dict[str, Any]:
    """Score groups of rows, as plain JSON values (the content of ``groups.json``).

    Each head is scored on all rows of its own labels (``protocols.own_protocol``); one without
    any has no entry.

    Args:
        predictions: N answers.
        prepared: the dataset that they are on.
        names: columns to group by, see ``columns.columns``.
        least: rows that a group has at least, to be scored.
        progress: told what is being done.
        find: see ``looks.face``.

    Raises:
        DataError: predictions on another dataset, a column that makes no groups, or no
            head that has a class of the labels.
        UnknownNameError: no such column.
    """
    rows, heads = rows_in(predictions, prepared), predictions.scored_heads()
    made = columns(prepared, rows, names, progress=progress, find=find)
    return {
        **predictions.origin.to_dict(),
        "environment": environment("opencv-python-headless"),
        "least": least,
        "bootstrap": record(),
        "columns": {
            one.name: {
                "how": one.how,
                "edges": None if one.edges is None else list(one.edges),
                "private": one.private,
            }
            for one in made
        },
        "heads": {head: _head(predictions, head, made, least) for head in heads},
    }


def _head(
    predictions: Predictions, head: str, made: Sequence[Column], least: int
) -> dict[str, Any]:
    case = predictions.case(head)
    subjects = predictions.subjects[case.rows]
    return {
        "protocol": case.protocol,
        "n": len(case.rows),
        "accuracy": float(case.right.mean()),
        "columns": {one.name: scored(case, one, subjects, least) for one in made},
    }


def scored(
    case: Case, column: Column, subjects: npt.NDArray[np.str_], least: int = LEAST
) -> dict[str, Any]:
    """Return the scores of a column's groups.

    Args:
        case: what is scored against what, M of the N rows.
        column: all N rows put in groups.
        subjects: text [M], whose face each row is; empty where nobody knows. Intervals are then
            by person, but for a private column, whose groups are people themselves.
        least: rows that a group has at least, to be scored.

    Returns:
        ``groups``: for each group ``group``, ``n``, ``clusters`` (people, else pictures), the
        scores of ``parts.SCORES`` (macro-F1 over the emotions that the group has),
        ``expected_accuracy`` and ``intervals`` (None for fewer than ``FEWEST`` people); of a
        private column ``spread`` instead, over its groups. ``small``: how many groups and rows
        were not scored, with their names where these may be told. ``unknown``: rows in no group.
        ``gap``: see ``gaps.gap``; None for fewer than two groups; ``gap_known`` is the same
        without the rows that have no value, None where there are none. ``unit``: what was
        resampled.
    """
    of = column.of[case.rows]
    sizes = np.bincount(of[of >= 0], minlength=len(column.groups))
    large = np.flatnonzero(sizes >= least)
    small = np.flatnonzero((sizes > 0) & (sizes < least))
    parts = [np.flatnonzero(of == group) for group in large]
    by = "picture" if column.private else unit(subjects)
    people = subjects if by == "subject" else None
    scores = Parts(case, parts, present=True)
    observed, samples = scores.observed(), scores.resampled(people)
    names = [column.groups[group] for group in large]
    told = [] if column.private else [column.groups[group] for group in small]
    entries = _entries(case, names, parts, observed, samples, people)
    known = [place for place, group in enumerate(large) if group != column.missing]
    return {
        **({"spread": _spread(observed)} if column.private else {"groups": entries}),
        "scored": {"groups": len(large), "rows": int(sizes[large].sum())},
        "small": {"groups": len(small), "rows": int(sizes[small].sum()), "names": told},
        "unknown": int((of < 0).sum()),
        "gap": gap(case, parts, entries, samples),
        "gap_known": gap(case, parts, entries, samples, known) if len(known) < len(large) else None,
        "unit": by,
    }


def _entries(
    case: Case,
    names: Sequence[str],
    parts: Sequence[Ints],
    observed: Sequence[dict[str, float]],
    samples: Sequence[Samples],
    people: npt.NDArray[np.str_] | None,
) -> list[dict[str, Any]]:
    found = []
    for name, part, scores, drawn in zip(names, parts, observed, samples, strict=True):
        count = clusters(None if people is None else people[part], len(part))[1]
        few = people is not None and count < FEWEST
        found.append(
            {
                "group": name,
                "n": len(part),
                "clusters": count,
                **scores,
                "expected_accuracy": expected_accuracy(case, part),
                "intervals": dict.fromkeys(scores) if few else intervals(drawn),
            }
        )
    return found


def expected_accuracy(case: Case, part: Ints) -> float:
    """Return the accuracy of a part if each class in it had the recall that it has in all rows."""
    right = np.bincount(case.true, case.right, len(case.classes))
    recall = right / np.maximum(np.bincount(case.true, minlength=len(case.classes)), 1)
    return float(recall[case.true[part]].mean())


def _spread(observed: Sequence[dict[str, float]]) -> dict[str, float] | None:
    """Return how the accuracies of groups lie; None where none was scored."""
    values = [scores["accuracy"] for scores in observed]
    if not values:
        return None
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    found = {name: float(np.percentile(values, at)) for name, at in SPREAD.items()}
    return {**found, "mean": float(np.mean(values)), **({"sd": sd} if sd is not None else {})}
