"""Figures of a head's certainty."""

from mien.report.account.certainty import Certainty
from mien.report.account.pieces import Picture
from mien.report.account.words import percent
from mien.report.calibration import conformal_figure, reliability_figure, risk_coverage_figure


def pictures(one: Certainty) -> list[Picture]:
    """Return the figures of a head's certainty."""
    panels = {"as it is": one.report["calibration"]}
    if one.before is not None:
        panels = {"before": one.before, "after the temperature": one.report["calibration"]}
    ece = ", ".join(f"{title}: ECE {percent(v['ece'])}" for title, v in panels.items())
    found = [
        Picture(
            f"reliability_{one.head}",
            f"Reliability diagram of head {one.head}: share of right answers in bins of "
            f"confidence. {ece}.",
            f"Reliability, head {one.head}. Bars that reach the dashed line are calibrated; the "
            "hatched piece is the gap.",
            lambda: reliability_figure(panels),
        )
    ]
    selective, sets = one.selective, one.sets
    if selective is None:
        return found
    found.append(
        Picture(
            f"risk_coverage_{one.head}",
            f"Risk against coverage of head {one.head}: the share of wrong answers grows from the "
            f"surest to all pictures, where it is {percent(selective['risk'][-1])}.",
            f"Risk and coverage, head {one.head}: what is wrong if only the surest share is "
            "answered.",
            lambda: risk_coverage_figure(selective),
        )
    )
    if sets:
        found.append(
            Picture(
                f"conformal_{one.head}",
                f"Measured less wanted coverage of conformal sets of head {one.head}, and their "
                "mean size; the numbers stand in the table.",
                f"Conformal sets, head {one.head}.",
                lambda: conformal_figure(sets),
            )
        )
    return found
