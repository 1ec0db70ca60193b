import io
from typing import Any

import pytest
from rich.console import Console

from mien.report import folds


def report(accuracy: float, n: int = 100) -> dict[str, Any]:
    interval = [accuracy - 0.1, accuracy + 0.1]
    return {"n": n, "accuracy": accuracy, "interval": interval, "macro_f1": accuracy / 2}


def spread(mean: float, sd: float | None = 0.015) -> dict[str, Any]:
    return {"mean": mean, "sd": sd, "min": mean, "max": mean, "folds": 2}


def summed(mean: float) -> dict[str, Any]:
    of_class = {"support": 1234, "recall": spread(0.5), "precision": spread(0.25), "f1": spread(1)}
    both = {"accuracy": spread(mean), "macro_f1": spread(mean / 2)}
    return {"n": 200, **both, "per_class": {"anger": of_class}}


def one(fold: int, repeat: int = 0) -> dict[str, Any]:
    heads = {"fer2013": {"fer2013": {"official": report(0.5 + fold / 10)}}}
    rest = {"rows": {"held_out": 100}, "best_epoch": 11, "hours": 1.25}
    return {"repeat": repeat, "fold": fold, "heads": heads, **rest}


@pytest.fixture
def result() -> dict[str, Any]:
    protocols = {"fer2013": summed(0.55), "ferplus_majority_without_contempt": summed(0.6)}
    pooled = {name: {"official": report(0.55, 5000)} for name in protocols}
    return {
        "config": {"name": "mycnn"},
        "dealing": {"folds": 2, "repeats": 1},
        "dataset": {"name": "faces"},
        "kept": "copies kept together",
        "n": 5000,
        "main": {"head": "fer2013", "protocol": "fer2013"},
        "folds": [one(0), one(1)],
        "summary": {"fer2013": protocols},
        "pooled": [{"repeat": 0, "heads": {"fer2013": pooled}}],
        "notes": ["fold 1 holds out no picture of fear"],
    }


def test_a_row_a_fold_then_mean_and_spread_then_all_rows(result: dict[str, Any]) -> None:
    assert folds.fold_rows(result) == [
        ["0", "100", "50.00 (40.0–60.0)", "0.250", "12", "1.25"],
        ["1", "100", "60.00 (50.0–70.0)", "0.300", "12", "1.25"],
        ["mean ± sd", "", "55.00 ± 1.50", "0.275 ± 0.015", "", ""],
        ["pooled", "5,000", "55.00 (45.0–65.0)", "0.275", "", "2.50"],
    ]


def test_repeats_are_told_apart(result: dict[str, Any]) -> None:
    result["dealing"]["repeats"] = 2
    result["folds"] += [one(0, 1), one(1, 1)]
    result["pooled"].append({**result["pooled"][0], "repeat": 1})
    names = [row[0] for row in folds.fold_rows(result)]
    assert names == ["0.0", "0.1", "1.0", "1.1", "mean ± sd", "pooled 0", "pooled 1"]
    assert [row[-1] for row in folds.fold_rows(result)][-2:] == ["2.50", "2.50"]
    assert "2 folds, 2 times of 5,000" in folds.title(result)


def test_each_class_has_its_mean_and_spread(result: dict[str, Any]) -> None:
    row = ["anger", "1,234", "50.0 ± 1.5", "25.0 ± 1.5", "1.000 ± 0.015"]
    assert folds.class_rows(result) == [row]


def test_other_labels_have_a_row_each(result: dict[str, Any]) -> None:
    assert folds.other_rows(result) == [
        [
            "fer2013",
            "ferplus majority without contempt",
            *("200", "60.00 ± 1.50", "0.300 ± 0.015", "55.00"),
        ]
    ]


def test_a_fold_without_such_labels_has_empty_cells(result: dict[str, Any]) -> None:
    result["folds"][1]["heads"]["fer2013"] = {}
    assert folds.fold_rows(result)[1] == ["1", "0", "", "", "12", "1.25"]


def test_a_mean_without_spread_or_value_is_no_number_that_nobody_measured() -> None:
    assert folds.mean(spread(0.5, None), 100, 1) == "50.0"
    assert folds.mean({"mean": None, "sd": None}, 100, 1) == ""


def test_markdown_holds_tables_and_what_the_spread_is_not(result: dict[str, Any]) -> None:
    text = folds.markdown(result)
    assert text.startswith("# mycnn: 2 folds of 5,000 training pictures of faces")
    assert "| mean ± sd |  | 55.00 ± 1.50 | 0.275 ± 0.015 |  |  |" in text
    assert "no standard error of the mean" in text
    assert "Bengio & Grandvalet 2004" in text
    assert "fold 1 holds out no picture of fear." in text
    assert text.count("| --- |") + text.count("| ---: |") >= 3


def test_the_terminals_tables_fit_80_columns_uncut(result: dict[str, Any]) -> None:
    text = io.StringIO()
    console = Console(file=text, width=80)
    for table in folds.tables(result):
        console.print(table)
    assert "…" not in text.getvalue()
    assert "60.00 (50.0–70.0)" in text.getvalue()
