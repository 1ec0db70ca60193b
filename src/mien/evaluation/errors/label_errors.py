"""Labels that are likely wrong, by confident learning, and how far that can be trusted.

Confident learning (Northcutt, Jiang & Chuang 2021, *Journal of Artificial Intelligence Research*
70:1373–1411, arXiv:1911.00068) counts how often a label stands where a model is as sure of
another class as it usually is of that class, and takes so many of the pictures with the largest
margin between the two: its *prune by noise rate*, as the package ``cleanlab`` does it. Those
are *flagged*. They are ranked by the probability of their label, the smallest first.

The probabilities must be those of pictures that the model did not learn from, exact copies
included, so rows with a copy in training are left out and counted. Whether a flag is right is
checked against FER+, where ten more people judged each picture: see ``label_checks``.
"""

import warnings
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError, MissingExtraError
from mien.evaluation.case import Case
from mien.evaluation.errors.erring import pictures
from mien.evaluation.errors.label_checks import check
from mien.evaluation.predictions import Predictions

FEW = 10
"""Pictures of a class below which hardly anything can be said of its labels."""
LEARNT = ("train", "all")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows by how doubtful their label is.

    Attributes:
        order: ``int64 [M]``, places: flagged ones first, then the others, each the smallest
            probability of the label first.
        flagged: how many of them are flagged.
    """

    order: npt.NDArray[np.int64]
    flagged: int


def judge_of(predictions: Predictions) -> str:
    """Return the head that judges a dataset's labels: that of the same labels, else the first."""
    own = predictions.origin.label_set
    heads = predictions.scored_heads()
    return own if own in heads else heads[0]


def label_errors(
    predictions: Predictions, head: str = "", protocol: str = "", *, held_out: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what is told of likely label errors, and every flagged picture.

    Keys of the first: ``head``, ``protocol``, ``method``, ``n`` searched, ``copies`` left out,
    ``few`` (class → pictures, where they are fewer than ``FEW``), ``flagged``, ``share``,
    ``by_pair`` (``label``, ``suggested``, ``n``, the commonest first) and ``check`` (see
    ``label_checks``; None without votes). A flagged picture has ``rank``, ``suggested`` and the
    keys of ``erring.pictures``; the most doubtful is first.

    Args:
        predictions: a model's answers on pictures that it did not learn from.
        head: whose; empty for ``judge_of``.
        protocol: whose labels are doubted; empty for those of the dataset.
        held_out: these rows were not learnt, though they are of the training split, or of all
            splits: answers of a cross-validation, or of a model that saw another dataset.

    Raises:
        DataError: the rows are those that a model learns from, or none can be searched.
        MissingExtraError: cleanlab is not installed.
        UnknownNameError: no such head or protocol; the choices are listed.
    """
    require_unseen(predictions, held_out)
    head = head or judge_of(predictions)
    wanted = protocol or predictions.origin.label_set
    everything = predictions.case(head, wanted)
    case = predictions.case(head, wanted, "dedup")
    ranking = rank(case.probabilities, case.true)
    flagged = ranking.order[: ranking.flagged]
    counts = np.bincount(case.true, minlength=len(case.classes)).tolist()
    told = {
        "head": head,
        "protocol": case.protocol,
        "method": f"confident learning, cleanlab {version('cleanlab')}, prune by noise rate, "
        "ranked by the probability of the label",
        "n": len(case.rows),
        "copies": len(everything.rows) - len(case.rows),
        "few": {c: n for c, n in zip(case.classes, counts, strict=True) if n < FEW},
        "flagged": ranking.flagged,
        "share": ranking.flagged / len(case.rows),
        "by_pair": _by_pair(case, flagged),
        "check": check(predictions, case, ranking.order, ranking.flagged),
    }
    return told, _told(predictions, case, flagged)


def require_unseen(predictions: Predictions, held_out: bool = False) -> None:
    """Refuse answers on what a model learnt from.

    Raises:
        DataError: they are on the training split, or on all.
    """
    origin = predictions.origin
    if origin.split in LEARNT and not held_out:
        raise DataError(
            f"these are answers on the {origin.split} split of {origin.dataset}: a model agrees "
            "with the labels that it learnt, wrong ones too. Expected answers on val or test, or "
            "those of mien crossval; where these pictures were not learnt from, say --held-out"
        )


def rank(probabilities: npt.NDArray[np.floating[Any]], true: npt.NDArray[np.int64]) -> Ranking:
    """Return rows by how doubtful their label is.

    Args:
        probabilities: float [M, K], of a model that did not learn from these rows.
        true: int [M], the labels, positions among the K.

    Raises:
        DataError: fewer than two classes occur.
        MissingExtraError: cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues  # noqa: PLC0415 (optional: mien[clean])
    except ModuleNotFoundError as error:
        raise MissingExtraError("finding label errors", "clean") from error
    if len(np.unique(true)) < 2:
        raise DataError("expected labels of two classes or more to doubt, found one class alone")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "May not flag all label issues in class")
        flags = find_label_issues(true, probabilities, filter_by="prune_by_noise_rate", n_jobs=1)
    own = probabilities[np.arange(len(true)), true]
    return Ranking(np.lexsort((own, ~np.asarray(flags, bool))), int(np.sum(flags)))


def _by_pair(case: Case, places: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    suggested = case.predicted[places]
    cells, counts = np.unique(np.stack([case.true[places], suggested]), axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [
        {
            "label": case.classes[cells[0, n]],
            "suggested": case.classes[cells[1, n]],
            "n": int(counts[n]),
        }
        for n in order
    ]


def _told(
    predictions: Predictions, case: Case, places: npt.NDArray[np.int64]
) -> list[dict[str, Any]]:
    shown = pictures(predictions, case, places.tolist())
    return [
        {"rank": number, "suggested": one["answer"], **one}
        for number, one in enumerate(shown, start=1)
    ]
