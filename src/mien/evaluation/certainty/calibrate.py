"""What makes a model say how sure it is: temperature, threshold and sets, from validation rows.

``calibration.json`` in a run folder, and ``heads`` in a model file, hold for each head::

    {"temperature": T,
     "uncertain": {"error", "doubt", "below", "answered", "wrong", "bound", "n"},
     "conformal": {"aps": {"0.8": q, "0.9": q, "0.95": q}, "lac": {…}},
     "validation": {"before": {"ece", "nll"}, "after": {"ece", "nll"}},
     "fitted_on": {"dataset", "sha256", "split", "protocol", "kind", "n", "model_sha256"}}

All three are fitted in this order on the same rows, each on what the one before gave. They are
those of the head's own protocol (``protocols.own_protocol``) without copies of training pictures,
which a model may know by heart. They hold for crops as they are scored; ``recognize`` answers with
the mean over three crops of a found face, each with its own softmax at the temperature.
"""

from dataclasses import asdict
from typing import Any

from mien.errors import DataError, UsageError
from mien.evaluation.answers import Answers
from mien.evaluation.case import Case
from mien.evaluation.certainty import calibration, conformal, selective, temperature
from mien.evaluation.metrics import negative_log_likelihood
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import cases, own_protocol

SPLIT = "val"
"""The only split that may be fitted on: the others are learnt from, or scored."""
ERROR, DOUBT = 0.1, 0.05
"""Wanted share of wrong answers among those given, and the chance that it does not hold."""

Entry = dict[str, Any]


def require_validation(split: str) -> None:
    """Refuse a split that is learnt from or scored.

    Raises:
        UsageError: it is not validation.
    """
    if split != SPLIT:
        raise UsageError(
            f"a model is calibrated on the {SPLIT} split, not on {split}: what was learnt from "
            "would make it too sure, and what is scored must not have been fitted to"
        )


def calibrate(validation: Predictions, error: float = ERROR) -> dict[str, Entry]:
    """Return what was fitted for each head, as plain JSON values; see the module.

    Answers that were calibrated before are taken back to what they were.

    Args:
        validation: answers on the validation split.
        error: wanted share of wrong answers among those that are not "uncertain".

    Raises:
        UsageError: answers on another split.
        DataError: a head without a row that can be scored.
    """
    require_validation(validation.origin.split)
    return {head: _entry(validation, head, error) for head in validation.heads}


def _entry(validation: Predictions, head: str, error: float) -> Entry:
    answers, origin = validation.heads[head], validation.origin
    before = _case(validation, answers, head, 1.0)
    fitted = temperature.fit(before.probabilities, before.true)
    after = _case(validation, answers, head, fitted)
    chosen = selective.threshold(after.confidence, after.right, error, DOUBT)
    rule = {"doubt": DOUBT, "n": len(after.rows)}
    return {
        "temperature": fitted,
        "uncertain": asdict(chosen) | rule,
        "conformal": {
            method: conformal.fit(after.probabilities, after.true, method)
            for method in conformal.METHODS
        },
        "validation": {"before": _errors(before), "after": _errors(after)},
        "fitted_on": {
            "dataset": origin.dataset,
            "sha256": origin.dataset_sha256,
            "split": origin.split,
            "protocol": after.protocol,
            "kind": after.kind,
            "n": len(after.rows),
            "model_sha256": origin.model_sha256,
        },
    }


def _case(validation: Predictions, answers: Answers, head: str, divisor: float) -> Case:
    """Return the rows that are fitted on, with the probabilities at a temperature."""
    found = cases(
        temperature.apply(answers.uncalibrated(), divisor),
        answers.classes,
        validation.labels,
        validation.votes,
        validation.copy_in_train,
        validation.origin.label_set,
    )
    if not found:
        raise DataError(
            f"head {head} has no class of {validation.origin.label_set}: calibrate on a dataset "
            f"with some of {', '.join(answers.classes)}"
        )
    kinds = found[own_protocol(head, found)]
    return kinds.get("dedup") or kinds["official"]


def _errors(case: Case) -> dict[str, float]:
    return {
        "ece": calibration.ece(case.probabilities, case.true),
        "nll": negative_log_likelihood(case.probabilities, case.true),
    }
