"""The matrix as table, Markdown and picture, from the numbers of ``cross.json``."""

import copy
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from mien.report import cross
from mien.report.cross_figure import matrix_figure
from mien.report.cross_lines import VOTES, lines, matrix

pytest.importorskip("matplotlib")

SEEN = {
    "copies_of_training": 4, "copies_of_validation": 1,
    "near_copies_of_training": 30, "near_copies_of_validation": 2,
}  # fmt: skip


def scores(accuracy: float, n: int, **more: Any) -> dict[str, Any]:
    return {
        "n": n, "classes": ["anger", "fear"], "masked": [], "left_out": {"contempt": 6, "fear": 0},
        "largest_class": 0.6, "accuracy": accuracy, "balanced_accuracy": 0.55, "macro_f1": 0.5,
        "intervals": {"accuracy": [accuracy - 0.02, accuracy + 0.02], "macro_f1": [0.45, 0.55]},
        "unit": "picture", "clusters": n,
    } | more  # fmt: skip


def cell(model: str, dataset: str, heads: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "model": model, "dataset": dataset, "split": "all", "own": False, "rows": 1500,
        "seen": SEEN, "note": "", "heads": heads,
    } | more  # fmt: skip


def both(accuracy: float) -> dict[str, Any]:
    common = scores(accuracy - 0.1, 1400, masked=["contempt"])
    return {"all": scores(accuracy + 0.1, 1500), "clean": scores(accuracy, 1463), "common": common}


def model(name: str, heads: dict[str, list[str]], note: str = "") -> dict[str, Any]:
    return {
        "name": name, "sha256": "abcdef" * 8, "heads": heads,
        "learnt_from": {"name": "home", "sha256": "", "pictures": None, "note": note},
    }  # fmt: skip


@pytest.fixture
def result() -> dict[str, Any]:
    """Two models, one with two heads, on two datasets, one with votes."""
    a, b = {"one": ["anger"], "two": ["anger", "contempt"]}, {"one": ["anger"]}
    home = {
        "one": {"home": both(0.6), VOTES[1]: both(0.7)},
        "two": {"home": both(0.5), VOTES[0]: both(0.8), VOTES[1]: both(0.75)},
    }
    return {
        "models": [model("a", a, "it records nothing"), model("b", b)],
        "datasets": [
            {"name": "home", "sha256": "12" * 32, "pictures": 9000},
            {"name": "away", "sha256": "34" * 32, "pictures": 1500},
        ],
        "bootstrap": {"resamples": 1000},
        "environment": {"time": "2026-01-01T00:00:00+00:00"},
        "cells": [
            cell("a", "home", home, split="test", own=True),
            cell("a", "away", {head: {"eight": both(0.4)} for head in a}),
            cell("b", "home", {"one": {"home": both(0.3)}}, note="turned"),
            cell(
                "b",
                "away",
                {"one": {"eight": {"all": scores(0.2, 99, unit="subject"), "clean": None}}},
                seen=None,
                split="test",
            ),
        ],
    }


def test_each_head_has_its_own_rows_and_votes_are_taken_alike(result: dict[str, Any]) -> None:
    rows, columns, places = matrix(result)
    assert rows == ["a · one", "a · two", "b · one"]
    assert columns == [
        "home (home)", "home (FER+ majority, no contempt)", "away (eight)",
    ]  # fmt: skip
    two = places["a · two", columns[1]]
    assert two.scores is not None
    assert two.scores["accuracy"] == 0.75
    assert ("b · one", columns[1]) not in places
    assert [one.row for one in lines(result)] == ["a · one"] * 3 + ["a · two"] * 3 + ["b · one"] * 2


def test_with_contempt_where_every_head_can_answer_so(result: dict[str, Any]) -> None:
    only = copy.deepcopy(result)
    only["models"] = [model("a", {"two": ["anger", "contempt"]})]
    only["cells"] = [cell("a", "home", {"two": result["cells"][0]["heads"]["two"]})]
    assert matrix(only)[1] == ["home (home)", "home (FER+ majority)"]


def test_markdown_holds_every_number_with_n_and_interval(result: dict[str, Any]) -> None:
    text = cross.markdown(result)
    assert "50.00 (48.0–52.0)‡, F1 0.500, n = 1,400" in text
    assert "| 1,463 | 60.00 (58.0–62.0) |" in text
    assert "20.00 (18.0–22.0)†, F1 0.500, n = 99" in text  # an older file: its own rows
    assert "| 5 copies, 32 near | 70.00 of 1,500 | contempt 6 |" in text
    assert "| not known | 20.00 of 99 |" in text
    assert "0.500 (0.450–0.550)" in text
    assert "a: it records nothing." in text
    assert "turned." in text
    assert "of people where the dataset names them" in text
    assert "a `abcdefabcdef`, learnt from home" in text
    assert text.count("\n# ") == 0


def test_notes_are_only_of_what_is_there(result: dict[str, Any]) -> None:
    every = cross.notes(result)
    assert cross.OWN in every
    assert cross.COMMON in every
    assert cross.UNKNOWN in every
    result["cells"] = result["cells"][1:2]
    some = cross.notes(result)
    assert cross.OWN not in some
    assert cross.UNKNOWN not in some
    assert "resamples of pictures" in " ".join(some)


def test_nothing_left_is_said(result: dict[str, Any]) -> None:
    result["cells"] = [
        cell("a", "home", {"one": {"home": {**both(0.5), "clean": None, "common": None}}})
    ]
    assert "nothing left" in cross.markdown(result)
    matrix_figure(result)
    row = cross.long_rows(result)[0]
    assert (row[4], row[5], row[9]) == ("0", "", "5 copies, 32 near")
    assert cross.common_rows(result)[0][2:] == ["0", "", ""]


def test_the_terminal_shows_a_line_a_cell(result: dict[str, Any]) -> None:
    own, common = cross.tables(result)
    console = Console(width=80)
    with console.capture() as captured:
        console.print(own, common)
    text = captured.get()
    for line in [*cross.short_rows(result), *cross.common_rows(result)]:
        assert all(cell in text for cell in line[3:])
    assert "with them" in text
    assert "macro-F1" in text
    assert max(map(len, text.splitlines())) <= 80


def test_models_are_compared_on_common_rows_dataset_by_dataset(result: dict[str, Any]) -> None:
    found = cross.common_rows(result)
    assert [row[:3] for row in found if row[0] == "home (home)"] == [
        ["home (home)", "a · one ‡", "1,400"],
        ["home (home)", "a · two ‡", "1,400"],
        ["home (home)", "b · one", "1,400"],
    ]
    assert found[0][3:] == ["50.00 (48.0–52.0)", "0.500 (0.450–0.550)"]


def test_one_head_alone_needs_no_table_of_common_rows(result: dict[str, Any]) -> None:
    result["cells"] = result["cells"][2:]
    assert len(cross.tables(result)) == 1


def test_the_picture_has_a_cell_with_n_for_each_place(
    result: dict[str, Any], tmp_path: Path
) -> None:
    from matplotlib.patches import Rectangle

    from mien.report.figures import save

    figure = matrix_figure(result)
    axes = figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert len([text for text in texts if "n = " in text]) == 8
    assert "50.00 (48.0–52.0)‡\nF1 0.500\nn = 1,400" in texts
    assert axes.get_title(loc="left").endswith("on common rows")
    frames = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(frames) == 4  # the two heads on the two kinds of labels of its own set
    assert axes.get_xlabel().endswith(
        "framed, ‡: its own test split; † its training pictures were not at hand"
    )
    save(figure, tmp_path / "cross.png")
    assert (tmp_path / "cross.png").stat().st_size > 10_000
