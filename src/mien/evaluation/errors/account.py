"""Where a model errs, as plain JSON values: what ``mien errors`` writes into ``errors.json``.

Everything is computed from a model's predictions; no picture is in it. A label may be wrong too:
see ``label_errors``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mien.evaluation.case import Case
from mien.evaluation.errors import confusions
from mien.evaluation.errors.erring import pictures, surest, wrong_places
from mien.evaluation.errors.reading import reading
from mien.evaluation.predictions import Predictions
from mien.runs import environment

HARDEST, FIRST = 48, 48
SAMPLES, SEED = 10, 0


def account(
    predictions: Predictions,
    heads: Mapping[str, Mapping[str, Any]],
    labels: tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]] | str,
) -> dict[str, Any]:
    """Return what becomes ``errors.json``.

    Keys: ``model``, ``model_sha256``, ``data``, ``environment``, ``heads``, ``label_errors``:
    what is told of them and the ``first``, or ``left_out``, why nobody looked.

    Args:
        predictions: a model's answers.
        heads: what ``errors`` returned for them.
        labels: what ``label_errors.label_errors`` returned, or why it was not asked.
    """
    told: dict[str, Any] = {"left_out": labels}
    if not isinstance(labels, str):
        told = {**labels[0], "first": list(labels[1][:FIRST])}
    return {
        **predictions.origin.to_dict(),
        "environment": environment("cleanlab"),
        "heads": dict(heads),
        "label_errors": told,
    }


def errors(
    predictions: Predictions, heads: Sequence[str] = (), protocol: str = ""
) -> dict[str, dict[str, Any]]:
    """Return each head's errors on its official rows.

    Keys of a head: ``protocol``, ``rows`` (``official``), ``n``, ``wrong``, ``classes``,
    ``reading`` (sentences, see ``reading``), ``confusions`` and ``pairs`` (see
    ``confusions``), ``votes`` (``confusions.sides`` of all errors), ``hardest``, ``samples``.

    Args:
        predictions: a model's answers.
        heads: which; where none is named, all that can be scored.
        protocol: see ``protocols``; empty for each head's own labels.

    Raises:
        UnknownNameError: no such head or protocol; the choices are listed.
        DataError: no row has a label that the head knows.
    """
    return {
        head: of_head(predictions, head, protocol) for head in heads or predictions.scored_heads()
    }


def of_head(predictions: Predictions, head: str, protocol: str = "") -> dict[str, Any]:
    """Return one head's errors; see ``errors``."""
    case = predictions.case(head, protocol)
    wrong, subjects = wrong_places(case), predictions.subjects[case.rows]
    pairs = confusions.pairs(predictions, case)
    votes = confusions.sides(predictions, case, wrong)
    drawn = samples(predictions, case)
    return {
        "protocol": case.protocol,
        "rows": case.kind,
        "n": len(case.rows),
        "wrong": len(wrong),
        "classes": list(case.classes),
        "reading": reading(case, pairs, votes, subjects),
        "confusions": confusions.directed(case, subjects),
        "pairs": pairs,
        "votes": votes,
        "hardest": hardest(predictions, case),
        "samples": {"seed": SEED, "pictures": drawn},
    }


def hardest(predictions: Predictions, case: Case, most: int = HARDEST) -> list[dict[str, Any]]:
    """Return the pictures answered wrong, the most confident first; see ``erring.pictures``."""
    places = surest(case, wrong_places(case))
    return pictures(predictions, case, places[:most].tolist())


def samples(
    predictions: Predictions, case: Case, count: int = SAMPLES, seed: int = SEED
) -> list[dict[str, Any]]:
    """Return pictures drawn by a seed: half of them answered right, half wrong, mixed.

    Where one kind has too few, the other fills up. They show what right and wrong look like, not
    how often each occurs.
    """
    rng = np.random.default_rng(seed)
    kinds = [rng.permutation(np.flatnonzero(right)) for right in (case.right, ~case.right)]
    half = count // 2
    first = np.concatenate([kind[:half] for kind in kinds])
    spare = np.concatenate([kind[half:] for kind in kinds])
    chosen = np.concatenate([first, spare])[:count]
    return pictures(predictions, case, rng.permutation(chosen).tolist())
