"""The scores of one model on one dataset: on the labels that both have, with and without copies."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case, Cases
from mien.evaluation.cross import leaks
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.parts import SCORES, Parts, intervals
from mien.evaluation.sampling.resampling import clusters, too_few, unit

MAJORITY = ("ferplus_majority", "ferplus_majority_without_contempt")
"""Beside the published labels, those of the votes that are scored."""
KINDS = {"all": "official", "clean": "dedup"}
"""Which rows → the kind of ``protocols``, whose ``copy_in_train`` is here: the model saw it."""


def cases_of(predictions: Predictions, codes: leaks.Codes | None) -> dict[str, Cases]:
    """Return head → protocol → ``official`` (all rows) and ``dedup`` (unseen ones) → case.

    Args:
        predictions: N answers.
        codes: int8 [N], see ``leaks.seen``; None where nobody knows: nothing counts as seen.
    """
    flags = codes != leaks.UNSEEN if codes is not None else np.zeros(len(predictions), bool)
    marked = replace(predictions, copy_in_train=flags)
    wanted = (predictions.origin.label_set, *MAJORITY)
    found = {head: marked.cases(head) for head in marked.heads}
    return {
        head: {name: cases[name] for name in wanted if name in cases}
        for head, cases in found.items()
    }


def scores(predictions: Predictions, codes: leaks.Codes | None) -> dict[str, Any]:
    """Return head → protocol → ``all`` and ``clean`` → scores.

    ``clean`` is None where nobody knows what the model has seen, or nothing is left.

    Args:
        predictions: N answers.
        codes: int8 [N], see ``leaks.seen``; None where nobody knows.
    """
    known = codes is not None
    return {
        head: {
            protocol: {
                kind: scored(kinds.get(source), predictions.subjects)
                if known or kind == "all"
                else None
                for kind, source in KINDS.items()
            }
            for protocol, kinds in cases.items()
        }
        for head, cases in cases_of(predictions, codes).items()
    }


def scored(case: Case | None, subjects: npt.NDArray[np.str_]) -> dict[str, Any] | None:
    """Return the scores of a case with their intervals; None where there is no row.

    The intervals are None where there are fewer than ``resampling.FEWEST`` people.
    """
    if case is None:
        return None
    people, n = subjects[case.rows], len(case.rows)
    parts = Parts(case, [np.arange(n)])
    few = too_few(people, n)
    return {
        "n": n,
        "classes": list(case.classes),
        "masked": list(case.masked),
        "left_out": dict(case.left_out),
        "largest_class": float(np.bincount(case.true).max() / n),
        **parts.observed()[0],
        "intervals": dict.fromkeys(SCORES) if few else intervals(parts.resampled(people)[0]),
        "unit": unit(people),
        "clusters": clusters(people, n)[1],
    }
