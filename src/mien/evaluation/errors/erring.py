"""Which rows and pictures an account of errors is about.

What is told of a picture is plain JSON values: its id, label, answer, two probabilities, votes.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.votes import VOTES
from mien.emotions import index
from mien.errors import DataError, UnknownNameError
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import Case, ferplus_majority, own_protocol

Places = npt.NDArray[np.int64]
"""Positions among the M rows of a case."""


def case_of(
    predictions: Predictions, head: str, protocol: str = "", kind: str = "official"
) -> Case:
    """Return what of a head's answers is looked at.

    Args:
        predictions: a model's answers.
        head: one of its heads.
        protocol: see ``protocols``; empty for that of the head's own labels.
        kind: ``official`` or ``dedup``.

    Raises:
        UnknownNameError: no such head or protocol; the choices are listed.
        DataError: no row has a label that the head knows.
    """
    found = predictions.cases(head)
    if protocol and protocol not in found:
        raise UnknownNameError(f"protocol of head {head}", protocol, found)
    kinds = found[protocol or own_protocol(head, found)] if found else {}
    if kind not in kinds:
        raise DataError(
            f"head {head}: expected {kind} rows with a label that it knows, found none in "
            f"{predictions.origin.dataset} {predictions.origin.split}; name another split or head"
        )
    return kinds[kind]


def wrong_places(case: Case) -> Places:
    """Return where the answer is not the label, in the order of the rows."""
    return np.flatnonzero(case.predicted != case.true)


def confidence(case: Case) -> npt.NDArray[np.float64]:
    """Return the probability of each row's answer, ``float64 [M]``."""
    return np.asarray(case.probabilities.max(axis=1), np.float64)


def of_label(case: Case) -> npt.NDArray[np.float64]:
    """Return the probability of each row's label, ``float64 [M]``."""
    return np.asarray(case.probabilities[np.arange(len(case.true)), case.true], np.float64)


def surest(case: Case, places: Places) -> Places:
    """Return places, the most confident answer first; equal ones in the order of the rows."""
    return places[np.argsort(-confidence(case)[places], kind="stable")]


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
    sure, own, answers = confidence(case), of_label(case), case.predicted
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
