"""How sure a model may be, measured on rows that nothing was fitted on."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.certainty import calibration, conformal, selective
from mien.evaluation.protocols import Case


def measured(case: Case, fitted: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return ``calibration``, ``selective`` and ``conformal`` of a case, as plain JSON values.

    Args:
        case: its probabilities are divided by the temperature already.
        fitted: the head's entry of ``calibrate.calibrate``, or what a model file keeps of it;
            without one no threshold and no sets are measured.

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
        at = selective.answered(sure, right, uncertain["below"])
        found["selective"]["at"] = {"error": uncertain["error"], **at}
    if fitted.get("conformal"):
        n = int(fitted["fitted_on"]["n"])
        found["conformal"] = {
            method: conformal.measured(case.probabilities, case.true, quantiles, n, method)
            for method, quantiles in fitted["conformal"].items()
        }
    return found
