"""Pictures of a tuning study: what stands in them."""

from typing import Any

import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from mien.report.figures import save
from mien.report.importance import best_so_far, history_figure, importance_figure

VALUES = {
    "optimizer.lr": 0.7,
    "optimizer.name": 0.2,
    "model.width": 0.1,
}
STUDY: dict[str, Any] = {
    "study": "small",
    "monitor": "val_accuracy",
    "direction": "maximize",
    "importance": {"method": "fANOVA", "n": 12, "values": VALUES},
    "trials": [
        {"number": 0, "state": "finished", "value": 0.4},
        {"number": 1, "state": "pruned", "value": 0.9},
        {"number": 2, "state": "failed", "value": None},
        {"number": 3, "state": "finished", "value": 0.3},
        {"number": 4, "state": "finished", "value": 0.6},
        {"number": 5, "state": "interrupted", "value": None},
    ],
}


def _words(figure: Figure) -> str:
    axes = figure.axes[0]
    found = [axes.get_title(loc="left"), *(text.get_text() for text in axes.texts)]
    legend = figure.legends[0].get_texts() if figure.legends else []
    return " | ".join([*found, *(text.get_text() for text in legend)])


def test_each_setting_has_a_bar_the_greatest_on_top() -> None:
    figure = importance_figure(STUDY)
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.7, 0.2, 0.1]  # type: ignore[attr-defined]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(VALUES)
    assert axes.yaxis_inverted()
    for words in ("12 finished trials", "fANOVA", "70%", "20%", "10%"):
        assert words in _words(figure)


def test_a_study_that_says_nothing_gets_a_sentence_and_no_bars() -> None:
    note = "3 finished trials are too few to tell what matters"
    figure = importance_figure({**STUDY, "importance": {"n": 3, "note": note}})
    assert note in _words(figure)
    assert not figure.axes[0].patches


def test_the_best_so_far_is_that_of_finished_trials_alone() -> None:
    assert best_so_far(STUDY) == ([0, 4], [0.4, 0.6])
    assert best_so_far({**STUDY, "direction": "minimize"}) == ([0, 3], [0.4, 0.3])


def test_the_history_shows_each_kind_of_trial() -> None:
    figure = history_figure(STUDY)
    words = _words(figure)
    for said in ("finished (3)", "pruned (1): last value", "failed (1)", "0.6000, trial 4"):
        assert said in words
    points = figure.axes[0].collections[0].get_offsets()
    assert [list(point) for point in points] == [[0, 0.4], [3, 0.3], [4, 0.6]]  # type: ignore[union-attr]


def test_a_study_without_values_gets_a_sentence() -> None:
    failed = [{"number": 0, "state": "failed", "value": None}]
    assert "no trial has a value" in _words(history_figure({**STUDY, "trials": failed}))
    pruned = [{"number": 0, "state": "pruned", "value": 0.2}]
    assert "pruned (1)" in _words(history_figure({**STUDY, "trials": pruned}))


def test_both_can_be_saved(tmp_path: Any) -> None:
    for make in (importance_figure, history_figure):
        save(make(STUDY), tmp_path / "figure.png")
        assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
