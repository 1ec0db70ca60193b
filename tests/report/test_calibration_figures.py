"""Figures of calibration: what stands in them."""

from typing import Any

import numpy as np
import pytest
from made_cases import made_case

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from mien.evaluation.certainty import calibration, conformal, selective
from mien.report.calibration import conformal_figure, reliability_figure, risk_coverage_figure
from mien.report.figures import save

RNG = np.random.default_rng(1)
CASE = made_case(RNG, 800, 6, 3.0)
SURE, TRUE = CASE.probabilities.max(1), CASE.true
RIGHT = CASE.predicted == TRUE


def texts(figure: Figure) -> list[str]:
    legends = [a.get_legend() for a in figure.axes if a.get_legend()] + figure.legends
    said = [text.get_text() for legend in legends for text in legend.texts]
    return [t for a in figure.axes for t in (a.get_title("left"), a.get_title())] + said


def with_threshold(**changes: Any) -> dict[str, Any]:
    at = {"error": 0.1, **selective.answered(SURE, RIGHT, 0.5), **changes}
    return selective.measured(SURE, RIGHT) | {"at": at}


def test_a_reliability_diagram_has_a_panel_for_each_answer() -> None:
    values = calibration.measured(CASE)
    figure = reliability_figure({"before": values, "after": values})
    said = f"ECE {100 * values['ece']:.1f} %, n = 800"
    assert {f"before: {said}", f"after: {said}"} <= set(texts(figure))
    assert len(figure.axes) == 4


def test_bars_end_at_the_share_that_is_right_and_gaps_at_the_confidence() -> None:
    values = calibration.measured(CASE)
    full = [one for one in values["bins"] if one["n"]]
    axes = reliability_figure({"": values}).axes[0]
    bars, gaps = (list(container) for container in axes.containers)
    heights = [bar.get_height() for bar in bars]
    assert heights == pytest.approx([one["accuracy"] for one in full])
    ends = [gap.get_y() + gap.get_height() for gap in gaps]
    assert ends == pytest.approx([one["confidence"] for one in full])


def test_the_risk_figure_names_the_threshold_and_what_came_of_it() -> None:
    values = with_threshold()
    at, figure = values["at"], risk_coverage_figure(values)
    sure, wrong = (f"{100 * at[name]:.1f} %" for name in ("answered", "wrong"))
    assert f"sure from 50.0 %: {sure} of the answers,\n{wrong} of these wrong" in texts(figure)
    assert "wanted 10 %" in texts(figure)
    curve, best = figure.axes[0].lines[:2]
    np.testing.assert_allclose(curve.get_ydata(), values["risk"])
    assert (np.asarray(best.get_ydata()) <= np.asarray(curve.get_ydata()) + 1e-9).all()


@pytest.mark.parametrize("values", [selective.measured(SURE, RIGHT), with_threshold(wrong=None)])
def test_without_a_threshold_only_the_curve_is_drawn(values: dict[str, Any]) -> None:
    assert not any("sure from" in text for text in texts(risk_coverage_figure(values)))


def test_a_threshold_without_an_interval_is_drawn_without_whiskers() -> None:
    (marks,) = risk_coverage_figure(with_threshold()).axes[0].containers
    (bare,) = risk_coverage_figure(with_threshold(interval=None)).axes[0].containers
    assert (marks.has_yerr, bare.has_yerr) == (True, False)


def test_answers_without_an_error_are_drawn() -> None:
    values = selective.measured(SURE, np.ones(len(SURE), bool))
    assert risk_coverage_figure(values).axes[0].get_ylim()[1] > 0


@pytest.mark.parametrize("methods", [("lac",), ("lac", "aps")])
def test_the_conformal_figure_has_each_method(
    methods: tuple[conformal.Method, ...], tmp_path: Any
) -> None:
    found = {
        method: conformal.measured(
            CASE.probabilities, TRUE, conformal.fit(CASE.probabilities, TRUE, method), 800, method
        )
        for method in methods
    }
    figure = conformal_figure(found)
    assert "Coverage, n = 800" in texts(figure)
    assert [t for t in texts(figure) if t in ("LAC", "APS")] == [m.upper() for m in methods]
    marks = figure.axes[0].lines[0].get_ydata()
    expected = [100 * (v["coverage"] - float(w)) for w, v in found["lac"].items()]
    np.testing.assert_allclose(marks, expected)
    save(figure, tmp_path / "sets.png")
    assert (tmp_path / "sets.png").stat().st_size > 5_000


def test_sets_of_people_are_drawn_without_the_expected_range() -> None:
    people = np.array([f"p{i % 9}" for i in range(800)])
    quantiles = conformal.fit(CASE.probabilities, TRUE)
    found = {
        "aps": conformal.measured(CASE.probabilities, TRUE, quantiles, 800, "aps", people),
    }
    figure = conformal_figure(found)
    assert not figure.axes[0].collections
    assert not [text for text in texts(figure) if "fall if the sets keep" in text]
    assert len(figure.axes[0].lines[0].get_ydata()) == 3
