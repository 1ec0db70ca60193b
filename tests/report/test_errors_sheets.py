"""Sheets and charts of errors: what stands in them."""

from typing import Any

import numpy as np
import pytest
from made_errors import noisy, told

pytest.importorskip("matplotlib")

from matplotlib.colors import to_hex

from mien.datasets.drawn import Drawn
from mien.evaluation.errors.account import hardest
from mien.evaluation.errors.confusions import directed, pairs
from mien.evaluation.errors.label_checks import check
from mien.report.errors.charts import MOST, check_chart, confusions_chart
from mien.report.errors.sheets import answers_sheet, labels_sheet, pair_sheet, votes_text
from mien.report.figures import RIGHT, WRONG

PREDICTIONS, _ = noisy(140, 0.3)
CASE = PREDICTIONS.case("fer2013")
FACE: Any = next(iter(Drawn(count=1, seed=1, size=24))).pixels


def drawn_texts(figure: Any) -> list[str]:
    figure.canvas.draw()
    parts = [figure, *getattr(figure, "subfigs", [])]
    titles = [part.get_suptitle() for part in parts]
    axes = [one for part in parts for one in part.axes]
    return titles + [one.get_title() for one in axes] + [one.get_xlabel() for one in axes]


def test_answers_are_ticked_or_crossed_below_a_title() -> None:
    predictions = told(("fear", "fear", 0.8), ("anger", "fear", 0.9))
    case = predictions.case("fer2013")
    shown = [*hardest(predictions, case), {"label": "fear", "answer": "fear", "confidence": 0.8}]
    texts = drawn_texts(answers_sheet([FACE, FACE], shown, "Two answers"))
    assert texts[:3] == ["Two answers", "✗ fear 90%\nis anger", "✓ fear 80%\n"]


def test_a_pair_has_four_lines_with_their_counts() -> None:
    pair = pairs(PREDICTIONS, CASE)[0]
    first, second = pair["between"]
    images = dict.fromkeys(PREDICTIONS.ids.tolist(), FACE)
    figure = pair_sheet(images, pair)
    titles = drawn_texts(figure)
    assert titles[0] == f"{first} and {second}: {pair['n']} errors, the surest first"
    kinds = pair["examples"]
    assert len(figure.subfigs) == 4
    for part, kind in zip(figure.subfigs, kinds, strict=True):
        right = kind["label"] == kind["answer"]
        assert f"labelled {kind['label']}, answered {kind['answer']}" in part.get_suptitle()
        assert f"(n = {kind['n']:,})" in part.get_suptitle()
        shown = [axes for axes in part.axes if axes.images]
        assert len(shown) == len(kind["pictures"])
        colours = {to_hex(axes.spines["top"].get_edgecolor()).upper() for axes in shown}
        assert colours <= {RIGHT if right else WRONG}


def test_a_doubted_label_stands_with_suggestion_and_votes() -> None:
    one = {"id": "p", "label": "fear", "suggested": "anger", "confidence": 0.75}
    votes = {"anger": 6, "not_a_face": 2, "fear": 1, "sadness": 1, "disgust": 0}
    texts = drawn_texts(labels_sheet([FACE, FACE], [one | {"votes": votes}, one], "Doubted"))
    assert "labelled fear\nmodel: anger 75 %" in texts
    assert "6 × anger\n2 × not a face\nand 2 for others" in texts
    assert votes_text({"votes": votes}).endswith("2 × not a face\n1 × fear\n1 × sadness")
    assert votes_text(one) == ""


def test_bars_are_shares_with_counts() -> None:
    found = directed(CASE)
    axes = confusions_chart(found).axes[0]
    bars = axes.containers[0]
    assert [bar.get_width() for bar in bars] == [one["share"] for one in found[:MOST]]
    assert axes.texts[0].get_text() == f"{found[0]['n']} of {found[0]['of']}"
    assert axes.get_yticklabels()[0].get_text() == f"{found[0]['label']} → {found[0]['answer']}"
    assert axes.yaxis_inverted()  # the commonest above


def test_intervals_are_drawn_around_the_shares() -> None:
    found = directed(CASE)
    axes = confusions_chart(found).axes[0]
    segments = axes.containers[1].lines[2][0].get_segments()
    for one, segment in zip(found, segments, strict=False):
        assert segment[:, 0].tolist() == pytest.approx(one["interval"])


def test_confusions_of_few_people_are_bars_without_intervals() -> None:
    people = np.array([f"p{i % 3}" for i in range(140)])
    axes = confusions_chart(directed(CASE, people)).axes[0]
    assert len(axes.containers[1].lines[2][0].get_segments()) == 0
    assert axes.get_xlabel() == "share of the pictures with the label"
    some = [{**one, "interval": None} for one in directed(CASE)[:1]] + directed(CASE)[1:3]
    axes = confusions_chart(some).axes[0]
    assert len(axes.containers[1].lines[2][0].get_segments()) == 2
    assert axes.get_xlabel().endswith("(95 %)")


def test_the_check_shows_each_list_and_the_base_rate() -> None:
    found = check(PREDICTIONS, CASE, np.arange(140), 60, (50, 100))
    assert found is not None
    axes = check_chart(found).axes[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["first 50\n50 judged", "first 100\n100 judged", "all flagged 60\n60 judged"]
    precision = [one["precision"] for one in (*found["lists"], found["flagged"])]
    assert axes.containers[0].lines[0].get_ydata().tolist() == pytest.approx(precision)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert f"base rate {100 * found['base_rate']:.0f} % (n = 140)" in legend


def test_a_check_without_a_list_shows_the_base_rate_alone() -> None:
    found = check(PREDICTIONS, CASE, np.arange(140), 0, (500,))
    assert found is not None
    figure = check_chart(found)
    figure.canvas.draw()
    assert figure.axes[0].get_xticklabels() == []
