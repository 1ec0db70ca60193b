"""What is taken for what: confusions one way and both ways, with examples.

Shares are of pictures with the label, so that a rare class is seen; the order is by count.
"""

from itertools import combinations
from typing import Any

import numpy as np

from mien.evaluation.case import Case
from mien.evaluation.errors.erring import emotions_of, majority_of, pictures, surest
from mien.evaluation.metrics import confusion_matrix
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.resampling import Groups
from mien.evaluation.sampling.share import share_interval
from mien.ferplus import NO_LABEL

SHEETS, EXAMPLES = 6, 6
"""How many pairs get examples, and how many of each kind."""


def directed(case: Case, subjects: Groups | None = None) -> list[dict[str, Any]]:
    """Return each confusion that occurs, the commonest first.

    Keys: ``label``, ``answer``; ``n`` pictures of ``of`` with that label, their ``share`` with
    its 95 % ``interval`` (by person where people are known, see ``share.share_interval``).

    Args:
        case: the rows and answers.
        subjects: text [M], whose face each row is; empty, or None, where nobody knows.
    """
    matrix = confusion_matrix(case.true, case.predicted, case.classes)
    found = [
        _one_way(case, int(row), int(column), subjects)
        for row, column in zip(*np.nonzero(matrix), strict=True)
        if row != column
    ]
    return sorted(found, key=lambda one: (-one["n"], -one["share"]))


def _one_way(case: Case, label: int, answer: int, subjects: Groups | None) -> dict[str, Any]:
    there = case.true == label
    hits = case.predicted[there] == answer
    n, of = int(hits.sum()), len(hits)
    return {
        "label": case.classes[label],
        "answer": case.classes[answer],
        "n": n,
        "of": of,
        "share": n / of if of else 0.0,
        "interval": share_interval(hits, None if subjects is None else subjects[there]),
    }


def pairs(predictions: Predictions, case: Case) -> list[dict[str, Any]]:
    """Return each two emotions that are confused, the commonest first.

    Keys: ``between`` (two names), ``n`` errors of ``of`` pictures with either label, their
    ``share``, ``of_errors`` (share of all errors), ``ways`` (both directions, as ``directed``
    tells them, the stronger share first), ``votes`` (see ``sides``; None without votes) and, for
    the first ``SHEETS``, ``examples``.
    """
    matrix = confusion_matrix(case.true, case.predicted, case.classes)
    support, errors = matrix.sum(axis=1), int(matrix.sum() - np.trace(matrix))
    subjects = predictions.subjects[case.rows]
    found: list[dict[str, Any]] = []
    for a, b in combinations(range(len(case.classes)), 2):
        n, of = int(matrix[a, b] + matrix[b, a]), int(support[a] + support[b])
        if n == 0:
            continue
        ways = [_one_way(case, *way, subjects) for way in ((a, b), (b, a))]
        found.append(
            {
                "between": [case.classes[a], case.classes[b]],
                **{"n": n, "of": of, "share": n / of, "of_errors": n / errors},
                "ways": sorted(ways, key=lambda way: -way["share"]),
                "votes": sides(predictions, case, _between(case, a, b)),
            }
        )
    found.sort(key=lambda one: (-one["n"], -one["share"]))
    for one in found[:SHEETS]:
        one["examples"] = examples(predictions, case, *one["between"])
    return found


def _between(case: Case, a: int, b: int) -> Any:
    """Return where one of two classes is taken for the other."""
    one = (case.true == a) & (case.predicted == b)
    return np.flatnonzero(one | ((case.true == b) & (case.predicted == a)))


def examples(predictions: Predictions, case: Case, first: str, second: str) -> list[dict[str, Any]]:
    """Return the surest pictures of each label and answer of a pair, four kinds.

    Keys: ``label``, ``answer``, ``n`` in all, ``pictures`` (the first ``EXAMPLES``).
    """
    found = []
    for label, answer in ((first, first), (first, second), (second, first), (second, second)):
        of = case.true == case.classes.index(label)
        places = surest(case, np.flatnonzero(of & (case.predicted == case.classes.index(answer))))
        shown = pictures(predictions, case, places[:EXAMPLES].tolist())
        found.append({"label": label, "answer": answer, "n": len(places), "pictures": shown})
    return found


def sides(predictions: Predictions, case: Case, places: Any) -> dict[str, int] | None:
    """Tell on whose side people are where the model is wrong; None without votes.

    Keys: ``n`` pictures, ``judged`` (those with a FER+ majority), ``with_answer``,
    ``with_label``: how often that majority is the model's answer, and the label.
    """
    majority = majority_of(predictions, case)
    if majority is None:
        return None
    there = majority[places]
    return {
        "n": len(places),
        "judged": int((there != NO_LABEL).sum()),
        "with_answer": int((there == emotions_of(case, case.predicted[places])).sum()),
        "with_label": int((there == emotions_of(case, case.true[places])).sum()),
    }
