"""Whether a list of likely label errors holds label errors: FER+ as the second opinion.

A label of FER-2013 counts as *wrong* where the FER+ majority of ten people is another emotion. A
picture without a majority is not judged. The *precision* of a list is the share of wrong labels
among those judged in it; beside it stands the *base rate*, the share among all judged: what a
list drawn blindly would have. Two sets of people also differ where neither is wrong, so all of
these are shares of disagreement between two sources. A model that learnt such votes of other
pictures is no third source: see ``learnt_words``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case
from mien.evaluation.errors.erring import emotions_of, majority_of
from mien.evaluation.metrics import wilson_interval
from mien.evaluation.predictions import Predictions
from mien.ferplus import NO_LABEL

LENGTHS = (50, 100, 200, 500)
VOTED = "ferplus"
"""The head that learns FER+ votes."""

Flags = npt.NDArray[np.bool_]


def check(
    predictions: Predictions,
    case: Case,
    order: npt.NDArray[np.int64],
    flagged: int,
    lengths: Sequence[int] = LENGTHS,
) -> dict[str, Any] | None:
    """Return how right the beginnings of a list are; None where the dataset has no votes.

    Keys: ``judged`` (rows with a FER+ majority), ``wrong``, ``base_rate`` with ``interval``;
    ``lists`` (see ``of_list``) of each length that the rows allow; ``flagged``: that of all
    flagged rows, None where there are none; ``learnt``: see ``learnt_words``.

    Args:
        predictions: whose votes are asked.
        case: the rows searched.
        order: their places, the most doubtful first.
        flagged: how many of them are flagged.
        lengths: of the lists.
    """
    majority = majority_of(predictions, case)
    if majority is None:
        return None
    judged = majority != NO_LABEL
    wrong = judged & (majority != emotions_of(case, case.true))
    suggested = judged & (majority == emotions_of(case, case.predicted))
    allowed = [length for length in lengths if length <= len(order)]
    total = int(judged.sum())
    return {
        "judged": total,
        "wrong": int(wrong.sum()),
        "base_rate": float(wrong.sum() / total) if total else None,
        "interval": list(wilson_interval(int(wrong.sum()), total)),
        "lists": [of_list(order[:length], judged, wrong, suggested) for length in allowed],
        "flagged": of_list(order[:flagged], judged, wrong, suggested) if flagged else None,
        "learnt": learnt_words(predictions.heads),
    }


def learnt_words(heads: Iterable[str]) -> str:
    """Say that a model learnt FER+ votes itself, by its heads; empty where it did not."""
    if VOTED not in heads:
        return ""
    return (
        f"this model learnt such votes of other pictures (head {VOTED}), so the check is not "
        "independent of it"
    )


def table(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return a check as rows of cells: which list, judged, precision, 95 % interval."""
    lists = [(f"first {one['length']:,}", one) for one in found["lists"]]
    if found["flagged"]:
        lists.append((f"all {found['flagged']['length']:,} doubted", found["flagged"]))
    rows = [(name, one["judged"], one["precision"], one["interval"]) for name, one in lists]
    rows.append(("base rate: all rows", found["judged"], found["base_rate"], found["interval"]))
    return [
        (
            name,
            f"{judged:,}",
            "" if share is None else f"{100 * share:.1f} %",
            "" if share is None else f"{100 * ends[0]:.1f}–{100 * ends[1]:.1f}",
        )
        for name, judged, share, ends in rows
    ]


def of_list(
    places: npt.NDArray[np.int64], judged: Flags, wrong: Flags, suggested: Flags
) -> dict[str, Any]:
    """Return how right one list is.

    Keys: ``length``, ``judged``, ``wrong``; ``precision`` = wrong / judged with its 95 %
    ``interval`` (Wilson), None where nothing is judged; ``found``: share of all wrong labels that
    are in the list; ``suggested``: share of the judged whose majority is the model's answer.

    Args:
        places: int, the rows of the list.
        judged: bool [M], there is a majority.
        wrong: bool [M], it is not the label.
        suggested: bool [M], it is the answer.
    """
    n, hits, all_wrong = int(judged[places].sum()), int(wrong[places].sum()), int(wrong.sum())
    return {
        "length": len(places),
        "judged": n,
        "wrong": hits,
        "precision": hits / n if n else None,
        "interval": list(wilson_interval(hits, n)),
        "found": hits / all_wrong if all_wrong else None,
        "suggested": float(suggested[places].sum() / n) if n else None,
    }
