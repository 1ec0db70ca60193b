"""Every number of an evaluation, composed from the predictions alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mien.evaluation import ranking
from mien.evaluation.certainty import calibration
from mien.evaluation.certainty import measured as certainty
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import Case, report
from mien.evaluation.sampling import intervals
from mien.evaluation.sampling.resampling import RESAMPLES, SEED, clusters, record, unit
from mien.runs import environment

Report = dict[str, Any]
Scores = dict[str, dict[str, dict[str, Report]]]
"""Head → protocol → ``official`` and ``dedup`` → report."""

TOP = 2


def points(predictions: Predictions) -> Scores:
    """Return every head's scores without intervals, see ``protocols.report``."""
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

    A report holds what ``protocols.report`` gives, ``top2``, ``auroc``, ``intervals`` and
    ``per_class`` intervals (see ``intervals.bootstrap``), and ``calibration``, ``selective`` and
    ``conformal`` (see ``certainty.measured``). ``interval``, that of the accuracy, is the
    bootstrap's too. Of a calibrated head ``before`` tells ``ece``, ``nll`` and ``bins`` without
    its temperature.
    """
    scores: Scores = {head: {} for head in predictions.heads}
    bare = _uncalibrated(predictions)
    for head, case in each_case(predictions):
        found = full(case, predictions, head, resamples=resamples, seed=seed)
        if predictions.heads[head].temperature != 1:
            found["before"] = _before(bare.cases(head)[case.protocol][case.kind])
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
    sure = case.probabilities.max(axis=1)
    gaps = sure - (case.predicted == case.true)
    around = intervals.bootstrap(
        case,
        predictions.subjects[case.rows],
        resamples=resamples,
        seed=seed,
        binned={
            "ece": intervals.Binned(calibration.equal_width(sure), gaps),
            "ece_equal_mass": intervals.Binned(calibration.equal_mass(sure), gaps),
        },
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
        **certainty.measured(case, predictions.heads[head].fitted),
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
