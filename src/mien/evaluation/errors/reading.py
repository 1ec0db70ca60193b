"""Errors in plain words, each sentence by a stated rule from the numbers.

1. How many answers are the label, with the interval: by person where people are known.
2. The ``TOLD`` commonest pairs that are confused at least ``FEW`` times: how often, each way;
   *mostly one way* where one share is ``ONE_WAY`` times the other or more; what their textbook
   faces have in common; on whose side people are, where at least ``FEW`` of these pictures have
   a FER+ majority.
3. A class that is answered ``OFTEN`` times as often as it is the label, or more; or the other way
   round. Classes with fewer than ``SMALL`` pictures are not spoken of here and in 4.
4. The class that is found least, and the one that is found most.
5. How many of the answers with a confidence of ``SURE`` or more are wrong.
6. Of all errors, how often people side with the answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mien.evaluation.case import Case
from mien.evaluation.errors.movements import likeness
from mien.evaluation.metrics import classification_report
from mien.evaluation.sampling.resampling import Groups, clusters
from mien.evaluation.sampling.share import share_interval, why_none

TOLD, FEW, ONE_WAY, OFTEN, SMALL, SURE = 3, 10, 2.0, 1.25, 30, 0.9

Pairs = Sequence[Mapping[str, Any]]


def reading(
    case: Case, pairs: Pairs, votes: Mapping[str, int] | None, subjects: Groups | None = None
) -> list[str]:
    """Return the sentences.

    Args:
        case: the rows and answers.
        pairs: what ``confusions.pairs`` returned for it.
        votes: what ``confusions.sides`` returned for all its errors.
        subjects: text [M], whose face each row is; empty, or None, where nobody knows.
    """
    report = classification_report(case.true, case.predicted, case.classes)
    common = [pair for pair in pairs[:TOLD] if pair["n"] >= FEW]
    return [
        _score(case, subjects),
        *(_pair(pair, rank) for rank, pair in enumerate(common)),
        *_lopsided(case, report),
        *_extremes(report),
        *_sure(case),
        *([_sides("all the errors", votes)] if votes and votes["judged"] >= FEW else []),
    ]


def _score(case: Case, subjects: Groups | None) -> str:
    n, right, around = len(case.right), int(case.right.sum()), share_interval(case.right, subjects)
    said = why_none(clusters(subjects, n)[1])
    if around is not None:
        said = f"95 % interval {100 * around[0]:.1f}–{100 * around[1]:.1f}"
    return (
        f"{right:,} of {n:,} answers are the label "
        f"({100 * right / n:.1f} %, {said}); {n - right:,} are not."
    )


def _pair(pair: Mapping[str, Any], rank: int) -> str:
    first, second = pair["between"]
    more, less = pair["ways"]
    place = ("most often", "next most often")[min(rank, 1)]
    words = [
        f"{first.capitalize()} and {second} are confused {place}: {pair['n']:,} of the errors "
        f"({percent(pair['of_errors'])}).",
        f"{_called(more)}, {_called(less, again=True)}.",
        *(["It goes mostly one way."] if more["share"] >= ONE_WAY * less["share"] else []),
        likeness(first, second),
    ]
    votes = pair["votes"]
    if votes and votes["judged"] >= FEW:
        words.append(_sides("these", votes))
    return " ".join(words)


def _called(way: Mapping[str, Any], again: bool = False) -> str:
    if not way["of"]:
        return f"no picture is labelled {way['label']}"
    pictures = f"{percent(way['share'])} of the {way['of']:,} pictures labelled {way['label']}"
    return f"{pictures} {'as' if again else 'are answered as'} {way['answer']}"


def _sides(what: str, votes: Mapping[str, int]) -> str:
    """Tell on whose side the FER+ majority is."""
    judged = votes["judged"]
    return (
        f"Of {what}, {judged:,} have a FER+ majority: it is with the model in "
        f"{percent(votes['with_answer'] / judged)} and with the label in "
        f"{percent(votes['with_label'] / judged)}."
    )


def _lopsided(case: Case, report: Mapping[str, Any]) -> list[str]:
    answered = np.bincount(case.predicted, minlength=len(case.classes)).tolist()
    found = []
    for name, said in zip(case.classes, answered, strict=True):
        labelled = report["per_class"][name]["support"]
        if labelled < SMALL or max(said, labelled) < OFTEN * min(said, labelled):
            continue
        word = "more" if said > labelled else "less"
        found.append(
            f"{name.capitalize()} is answered {word} often than it is the label: "
            f"{said:,} times against {labelled:,}."
        )
    return found


def _extremes(report: Mapping[str, Any]) -> list[str]:
    known = {name: one for name, one in report["per_class"].items() if one["support"] >= SMALL}
    if len(known) < 2:
        return []
    order = sorted(known, key=lambda name: known[name]["recall"])
    said = [
        f"{word}: {percent(known[name]['recall'])} of its {known[name]['support']:,} pictures"
        for name, word in (
            (order[0], f"{order[0].capitalize()} is found least"),
            (order[-1], f"{order[-1]} is found most"),
        )
    ]
    return [f"{said[0]}; {said[1]}."]


def _sure(case: Case) -> list[str]:
    sure = case.confidence >= SURE
    n, wrong = int(sure.sum()), int((sure & ~case.right).sum())
    if n < FEW:
        return [f"Only {n:,} of its answers have a confidence of {percent(SURE)} or more."]
    return [
        f"Of the {n:,} answers with a confidence of {percent(SURE)} or more, {wrong:,} "
        f"({percent(wrong / n)}) are wrong."
    ]


def percent(share: float) -> str:
    """Return a share as whole per cent; one that is not 0 or 1 never as if it were."""
    if 0 < share < 0.005 or 0.995 <= share < 1:
        return "<1 %" if share < 0.5 else ">99 %"
    return f"{100 * share:.0f} %"
