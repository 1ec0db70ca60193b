"""How sure a model may be; it says something on rows alone that nothing was fitted on."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.case import Case
from mien.evaluation.certainty import calibration, conformal, selective
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.resampling import Groups


def in_sample_note(predictions: Predictions) -> str:
    """Say where temperature, threshold and sets were fitted to rows that are scored.

    Returns:
        One sentence; empty where no head was fitted to them.
    """
    origin, fitted = predictions.origin, [head.fitted for head in predictions.heads.values()]
    same = any(
        on.get("sha256") == origin.dataset_sha256 and origin.split in (on.get("split"), "all")
        for on in (one.get("fitted_on", {}) for one in fitted)
    )
    if not same:
        return ""
    return (
        "temperature, threshold and sets were fitted to rows of this split: what is said of them "
        "here does not hold for new pictures"
    )


def measured(
    case: Case, fitted: Mapping[str, Any] | None = None, subjects: Groups | None = None
) -> dict[str, Any]:
    """Return ``calibration``, ``selective`` and ``conformal`` of a case, as plain JSON values.

    Args:
        case: its probabilities are divided by the temperature already.
        fitted: the head's entry of ``calibrate.calibrate``, or what a model file keeps of it;
            without one no threshold and no sets are measured.
        subjects: text [M], whose face each row of the case is; empty, or None, where nobody
            knows. Faces of one person are no independent trials.

    Returns:
        ``calibration``: see ``calibration.measured``. ``selective``: see ``selective.measured``,
        with ``at`` (see ``selective.answered``) where there is a threshold. ``conformal``, where
        sets were fitted: method → wanted coverage → see ``conformal.measured``.
    """
    sure, right = case.confidence, case.right
    found: dict[str, Any] = {
        "calibration": calibration.measured(case),
        "selective": selective.measured(sure, right),
    }
    fitted = fitted or {}
    if "below" in fitted.get("uncertain", {}):
        uncertain = fitted["uncertain"]
        at = selective.answered(sure, right, uncertain["below"], subjects)
        found["selective"]["at"] = {"error": uncertain["error"], **at}
    if fitted.get("conformal"):
        n = int(fitted["fitted_on"]["n"])
        found["conformal"] = {
            method: conformal.measured(
                case.probabilities, case.true, quantiles, n, method, subjects
            )
            for method, quantiles in fitted["conformal"].items()
        }
    return found
