"""Which rows and pictures an account of errors is about.

What is told of a picture is plain JSON values: its id, label, answer, two probabilities, votes.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.votes import VOTES
from mien.emotions import index
from mien.evaluation.case import Case
from mien.evaluation.predictions import Predictions
from mien.ferplus import ferplus_majority

Places = npt.NDArray[np.int64]
"""Positions among the M rows of a case."""


def wrong_places(case: Case) -> Places:
    """Return where the answer is not the label, in the order of the rows."""
    return np.flatnonzero(~case.right)


def of_label(case: Case) -> npt.NDArray[np.float64]:
    """Return the probability of each row's label, ``float64 [M]``."""
    return np.asarray(case.probabilities[np.arange(len(case.true)), case.true], np.float64)


def surest(case: Case, places: Places) -> Places:
    """Return places, the most confident answer first; equal ones in the order of the rows."""
    return places[np.argsort(-case.confidence[places], kind="stable")]


def emotions_of(case: Case, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return positions in the classes of a case as positions in ``EMOTIONS``."""
    return np.array([index(name) for name in case.classes])[positions]


def majority_of(predictions: Predictions, case: Case) -> npt.NDArray[np.int64] | None:
    """Return the FER+ majority label of each row, ``int64 [M]``, as a second opinion.

    Positions in ``EMOTIONS``, ``NO_LABEL`` where people are divided. None where there are no
    votes, and where the votes are the labels themselves.
    """
    if predictions.votes is None or case.targets is not None:
        return None
    return ferplus_majority(predictions.votes[case.rows])


def pictures(predictions: Predictions, case: Case, places: Iterable[int]) -> list[dict[str, Any]]:
    """Return what is known of pictures.

    Keys: ``id``, ``label``, ``answer``, ``confidence`` (of the answer), ``of_label``
    (probability of the label); ``votes`` where there are some, those that are not 0.
    """
    sure, own, answers = case.confidence, of_label(case), case.predicted
    found = []
    for place in places:
        told: dict[str, Any] = {
            "id": str(predictions.ids[case.rows[place]]),
            "label": case.classes[case.true[place]],
            "answer": case.classes[answers[place]],
            "confidence": float(sure[place]),
            "of_label": float(own[place]),
        }
        if predictions.votes is not None:
            counts = predictions.votes[case.rows[place]].tolist()
            told["votes"] = {name: n for name, n in zip(VOTES, counts, strict=True) if n}
        found.append(told)
    return found
