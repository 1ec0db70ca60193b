"""The rows of a dataset that every model can be compared on.

Each model has its own copies taken out and its own classes, so the cells of one dataset are of
different rows. Common are the rows that are scored of every model, that none of them has seen, and
whose label every head has a name for; on them every head answers with the classes that all share.
What a model has seen that nobody knows of cannot be taken out: its cells stay marked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case, Cases, mask_classes
from mien.evaluation.cross import leaks
from mien.evaluation.cross.scores import cases_of, scored
from mien.evaluation.predictions import Predictions

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """The answers of one model on one dataset.

    Attributes:
        rows: int64 [N], rows of the dataset, ascending.
        subjects: text [N], whose face each row is; empty where nobody knows.
        cases: head → protocol → kind of rows, see ``scores.cases_of``.
    """

    rows: Ints
    subjects: npt.NDArray[np.str_]
    cases: Mapping[str, Cases]

    def unseen(self, head: str, protocol: str) -> Case | None:
        """Return what is scored without what the model has seen; None where nothing is left."""
        return self.cases[head].get(protocol, {}).get("dedup")


def kept(predictions: Predictions, codes: leaks.Codes | None, rows: Ints) -> Scored:
    """Return what is needed of a model's answers on a dataset.

    Args:
        predictions: N answers.
        codes: int8 [N], see ``leaks.seen``; None where nobody knows.
        rows: int64 [N], rows of the dataset that they are on, ascending.
    """
    return Scored(rows, predictions.subjects, cases_of(predictions, codes))


def common(models: Sequence[Scored]) -> list[dict[str, dict[str, dict[str, Any] | None]]]:
    """Return for each model head → protocol → scores on the common rows of one dataset.

    A protocol is common to the heads that have it. None where no row is left.
    """
    found: list[dict[str, dict[str, dict[str, Any] | None]]] = [
        {head: {} for head in model.cases} for model in models
    ]
    for protocol in _protocols(models):
        heads = [
            (place, head)
            for place, model in enumerate(models)
            for head, cases in model.cases.items()
            if protocol in cases
        ]
        cases = [models[place].unseen(head, protocol) for place, head in heads]
        whole = [one for one in cases if one is not None]
        if len(whole) < len(cases):
            whole = []
        rows = [models[place].rows[one.rows] for (place, _), one in zip(heads, whole, strict=False)]
        both = reduce(np.intersect1d, rows) if rows else np.empty(0, np.int64)
        shared = _shared(whole)
        for number, (place, head) in enumerate(heads):
            if not len(both):
                found[place][head][protocol] = None
                continue
            case = restricted(whole[number], np.isin(rows[number], both), shared)
            found[place][head][protocol] = scored(case, models[place].subjects)
    return found


def restricted(case: Case, chosen: npt.NDArray[np.bool_], shared: Sequence[str]) -> Case:
    """Return some rows of a case, answered with some of its classes.

    Args:
        case: M rows, K classes.
        chosen: bool [M]; their labels are among ``shared``.
        shared: classes of the case, in its order.
    """
    columns = [case.classes.index(name) for name in shared]
    left = mask_classes(case.probabilities[chosen], case.classes, shared)
    place = np.full(len(case.classes), -1, np.int64)
    place[columns] = np.arange(len(columns))
    return replace(
        case,
        rows=case.rows[chosen],
        classes=tuple(shared),
        true=place[case.true[chosen]],
        probabilities=left[:, columns],
        targets=None,
        masked=(*case.masked, *(name for name in case.classes if name not in shared)),
        unmasked=case.unmasked[chosen],
        left_out={},
    )


def _protocols(models: Iterable[Scored]) -> list[str]:
    return list(dict.fromkeys(p for m in models for cases in m.cases.values() for p in cases))


def _shared(cases: Sequence[Case]) -> list[str]:
    """Return the classes that all cases have, in canonical order."""
    return (
        [name for name in cases[0].classes if all(name in one.classes for one in cases)]
        if (cases)
        else []
    )
