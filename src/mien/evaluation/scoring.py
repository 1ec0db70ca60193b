"""Every number of an evaluation, composed from the predictions alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mien.evaluation import ranking
from mien.evaluation.case import Case, report
from mien.evaluation.certainty import calibration
from mien.evaluation.certainty import measured as certainty
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling import intervals
from mien.evaluation.sampling.resampling import RESAMPLES, SEED, clusters, record, unit
from mien.evaluation.sampling.weighted import Binned
from mien.runs import environment

Report = dict[str, Any]
Scores = dict[str, dict[str, dict[str, Report]]]
"""Head → protocol → ``official`` and ``dedup`` → report."""

TOP = 2


def points(predictions: Predictions) -> Scores:
    """Return every head's scores without intervals, see ``case.report``."""
    scores: Scores = {head: {} for head in predictions.heads}
    for head, case in each_case(predictions):
        scores[head].setdefault(case.protocol, {})[case.kind] = report(case)
    return scores


def each_case(predictions: Predictions) -> Iterator[tuple[str, Case]]:
    """Yield each head's name with each of its cases."""
    for head in predictions.heads:
        for kinds in predictions.cases(head).values():
            for case in kinds.values():
                yield head, case


def metrics(
    predictions: Predictions, *, resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Any]:
    """Return ``metrics.json``: whose answers, on what, how resampled, and ``heads``.

    A report holds what ``case.report`` gives, ``top2``, ``auroc``, ``intervals``,
    ``per_class`` intervals, ``unit`` and ``clusters`` (see ``intervals.bootstrap``), and
    ``calibration``, ``selective`` and ``conformal`` (see ``certainty.measured``). ``interval``,
    that of the accuracy, is the bootstrap's too. Of a calibrated head ``before`` tells ``ece``,
    ``nll`` and ``bins`` without its temperature. A head without a row that can be scored has no
    entry.

    Raises:
        DataError: no head has any.
    """
    scores: Scores = {head: {} for head in predictions.scored_heads()}
    plain = _uncalibrated(predictions)
    bare = {head: plain.cases(head) for head in plain.heads}
    for head, case in each_case(predictions):
        found = full(case, predictions, head, resamples=resamples, seed=seed)
        if predictions.heads[head].temperature != 1:
            found["before"] = _before(bare[head][case.protocol][case.kind])
        scores[head].setdefault(case.protocol, {})[case.kind] = found
    subjects = predictions.subjects
    return {
        **predictions.origin.to_dict(),
        "temperatures": {name: head.temperature for name, head in predictions.heads.items()},
        "bootstrap": {
            **record(resamples, seed),
            "unit": unit(subjects),
            "clusters": clusters(subjects, len(predictions))[1],
        },
        "environment": environment("torch", "onnxruntime"),
        "heads": scores,
    }


def full(
    case: Case,
    predictions: Predictions,
    head: str,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Report:
    """Return every number of a head's case with its interval, see ``metrics``."""
    votes, subjects = case.targets, predictions.subjects[case.rows]
    around = intervals.bootstrap(
        case,
        subjects,
        resamples=resamples,
        seed=seed,
        means=None if votes is None else calibration.rows_against_votes(case.probabilities, votes),
        binned=_binned(case),
    )
    found = report(case)
    auroc = ranking.auroc(case.probabilities, case.true, case.classes)
    for name, values in found["per_class"].items():
        values["auroc"] = auroc["per_class"][name]
        values["intervals"] = around["per_class"][name]
    return found | {
        "interval": around["intervals"]["accuracy"],
        "top2": ranking.top_k(case.probabilities, case.true, TOP),
        "auroc": auroc["macro"],
        "intervals": around["intervals"],
        "unit": around["unit"],
        "clusters": around["clusters"],
        **certainty.measured(case, predictions.heads[head].fitted, subjects),
    }


def _binned(case: Case) -> dict[str, Binned]:
    """Return the calibration errors whose intervals are wanted."""
    sure, p = case.confidence, case.probabilities
    gaps = sure - case.right
    columns = np.column_stack([calibration.equal_width(said) for said in p.T])
    return {
        "ece": Binned(calibration.equal_width(sure), gaps),
        "ece_equal_mass": Binned(calibration.equal_mass(sure), gaps),
        "classwise_ece": Binned(columns, p - np.eye(p.shape[1])[case.true]),
    }


def _uncalibrated(predictions: Predictions) -> Predictions:
    heads = {
        name: replace(head, probabilities=head.uncalibrated().astype(np.float32), temperature=1.0)
        for name, head in predictions.heads.items()
    }
    return replace(predictions, heads=heads)


def _before(case: Case) -> dict[str, Any]:
    measured = calibration.measured(case)
    return {name: measured[name] for name in ("ece", "nll", "bins")}
