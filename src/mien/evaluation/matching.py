"""Predictions row by row: in their dataset, beside another model's, and part after part."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError, several
from mien.evaluation.checks import Texts, ids_problems
from mien.evaluation.predictions import Predictions

_HASH = 12


def rows_in(predictions: Predictions, prepared: PreparedSet) -> npt.NDArray[np.int64]:
    """Return where the rows of predictions stand in a prepared dataset, ``int64 [N]``.

    Raises:
        DataError: the dataset lacks some of them, or has other labels for them; with the
            counts and the first ids.
    """
    found = _places(predictions.ids, prepared.ids)
    problems = ids_problems(predictions.ids, found >= 0, f"are not in {prepared.root}")
    if not problems:
        same = prepared.labels[found] == predictions.labels
        problems = ids_problems(predictions.ids, same, f"have another label in {prepared.root}")
    if problems:
        raise DataError(
            f"these are predictions on {predictions.origin.dataset} "
            f"({predictions.origin.dataset_sha256[:_HASH]}); {several(problems)}"
        )
    return found


def paired(first: Predictions, second: Predictions) -> tuple[Predictions, Predictions]:
    """Return two models' answers on the same rows, in the first one's order.

    Raises:
        DataError: they answer for other pictures, or were scored against other labels; with the
            counts and the first ids.
    """
    found = _places(first.ids, second.ids)
    who = f"{first.origin.model} and {second.origin.model}"
    problems = ids_problems(first.ids, found >= 0, f"have no answer of {second.origin.model}")
    extra = np.isin(second.ids, first.ids)
    problems += ids_problems(second.ids, extra, f"have no answer of {first.origin.model}")
    if not problems:
        second = second.at(found)
        same = first.labels == second.labels
        problems = ids_problems(first.ids, same, "have two different labels")
    if problems:
        raise DataError(f"{who} did not answer the same rows: {several(problems)}")
    return first, second


def joined(each: Sequence[Predictions]) -> Predictions:
    """Return one model's answers on several parts of a split as one, in the order given.

    Its name and hash are those of the first: folds are answered by a run each.
    """
    first, votes = each[0], [one.votes for one in each if one.votes is not None]
    return replace(
        first,
        ids=np.concatenate([one.ids for one in each]),
        labels=np.concatenate([one.labels for one in each]),
        votes=np.concatenate(votes) if votes else None,
        copy_in_train=np.concatenate([one.copy_in_train for one in each]),
        subjects=np.concatenate([one.subjects for one in each]),
        heads={
            name: replace(
                head,
                probabilities=np.concatenate([one.heads[name].probabilities for one in each]),
            )
            for name, head in first.heads.items()
        },
    )


def _places(ids: Texts, among: Texts) -> npt.NDArray[np.int64]:
    """Return where ids stand among others, ``int64 [N]``, -1 for those that do not."""
    places = {name: place for place, name in enumerate(among.tolist())}
    return np.array([places.get(name, -1) for name in ids.tolist()], np.int64)
