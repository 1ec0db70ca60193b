"""Tables, Markdown and picture of groups, from the numbers of ``groups.json``."""

from typing import Any

import pytest
from rich.console import Console

from mien.report import groups

pytest.importorskip("matplotlib")

from mien.report.groups_figure import groups_figure


def entry(group: str, accuracy: float, n: int = 40, *, sure: bool = True) -> dict[str, Any]:
    span = [accuracy - 0.05, accuracy + 0.05] if sure else None
    return {
        "group": group, "n": n, "clusters": n, "accuracy": accuracy, "balanced_accuracy": 0.4,
        "macro_f1": 0.5, "expected_accuracy": 0.66, "intervals": {"accuracy": span},
    }  # fmt: skip


def gap(best: str | None, worst: str | None, interval: Any = (0.01, 0.2)) -> dict[str, Any]:
    chance = {"mean": 0.04, "high": 0.09, "p": 0.012}
    return {
        "best": best, "worst": worst, "accuracy": 0.1, "expected_accuracy": 0.03,
        "interval": interval and list(interval), "by_chance": chance,
    }  # fmt: skip


def column(**more: Any) -> dict[str, Any]:
    return {
        "scored": {"groups": 2, "rows": 80}, "small": {"groups": 0, "rows": 0, "names": []},
        "unknown": 0, "gap": None, "gap_known": None, "unit": "picture",
    } | more  # fmt: skip


@pytest.fixture
def result() -> dict[str, Any]:
    spread = {"lowest": 0.1, "lower_quartile": 0.2, "median": 0.3, "upper_quartile": 0.5,
              "highest": 0.9, "mean": 0.4, "sd": 0.25}  # fmt: skip
    columns = {
        "subject": column(
            spread=spread,
            small={"groups": 9, "rows": 50, "names": []},
            gap=gap(None, None),
            unknown=3,
        ),
        "yaw": column(
            groups=[
                entry("to 3", 0.7),
                entry("over 3", 0.6),
                entry("no landmarks", 0.5, 31, sure=False),
            ],
            gap=gap("to 3", "no landmarks", None),
            gap_known=gap("to 3", "over 3"),
            unit="subject",
        ),
        "origin": column(
            groups=[entry("only", 0.65)], small={"groups": 1, "rows": 5, "names": ["tiny"]}
        ),
    }  # fmt: skip
    return {
        "model": "m", "model_sha256": "ab" * 32, "least": 30,
        "data": {"name": "d", "sha256": "cd" * 32, "split": "test", "label_set": "eight"},
        "environment": {"time": "2026-01-01"},
        "columns": {
            "subject": {"how": "", "edges": None, "private": True},
            "yaw": {"how": "degrees aside", "edges": [3.0004], "private": False},
            "origin": {"how": "column of the manifest", "edges": None, "private": False},
        },
        "heads": {"one": {"protocol": "fer_x", "n": 111, "accuracy": 0.651, "columns": columns}},
    }  # fmt: skip


def test_groups_and_gaps_are_rows(result: dict[str, Any]) -> None:
    head = result["heads"]["one"]
    assert groups.rows(head)[:2] == [
        ["yaw", "to 3", "40", "70.0 (65.0 to 75.0)", "66.0", "0.500"],
        ["", "over 3", "40", "60.0 (55.0 to 65.0)", "66.0", "0.500"],
    ]
    assert groups.rows(head)[2][3] == "50.0"
    assert groups.gap_rows(head) == [
        ["subject", "not told", "not told", "10.0 (1.0 to 20.0)", "3.0", "4.0 (9.0)", "0.012"],
        ["yaw", "to 3", "over 3", "10.0 (1.0 to 20.0)", "3.0", "4.0 (9.0)", "0.012"],
    ]
    assert groups.spread_rows(head) == [
        ["subject", "2 of 11", "80", "10.0", "30.0", "90.0", "25.0"]
    ]


def test_rows_without_a_value_are_told_once_and_are_in_no_gap(result: dict[str, Any]) -> None:
    head = result["heads"]["one"]
    head["columns"]["roll"] = head["columns"]["yaw"]
    said = [line for line in groups.notes(result, head) if "no face" in line]
    assert said == [
        "yaw, roll: pictures in which the detector found no face: n = 31, 50.0 % right; all rows "
        "65.1 %. They are no part of a gap."
    ]
    head["columns"]["yaw"]["gap_known"] = None  # one known group alone
    assert groups.gap_of(head["columns"]["yaw"]) is None
    unknown = column(groups=[entry("here", 0.6), entry("not known", 0.5)], gap=gap("a", "b"))
    head["columns"] = {"origin": unknown}
    assert groups.without_value(head)[0].startswith("origin: not known: n = 40, 50.0 (45.0 to")
    assert groups.gap_rows(head) == []


def test_a_small_negative_gap_is_no_minus_zero(result: dict[str, Any]) -> None:
    found = result["heads"]["one"]["columns"]["subject"]["gap"]
    found |= {"expected_accuracy": -0.0003, "interval": [-0.0004, 0.2]}
    row = groups.gap_rows(result["heads"]["one"])[0]
    assert row[3:5] == ["10.0 (0.0 to 20.0)", "0.0"]
    assert groups.between(-0.012, None) == "-1.2"


def test_a_spread_of_no_group_is_empty(result: dict[str, Any]) -> None:
    subject = result["heads"]["one"]["columns"]["subject"]
    subject |= {"spread": None, "scored": {"groups": 0, "rows": 0}, "gap": None}
    assert groups.spread_rows(result["heads"]["one"]) == [
        ["subject", "0 of 9", "0", "", "", "", ""]
    ]


def test_markdown_says_what_was_not_scored_and_how_it_was_cut(result: dict[str, Any]) -> None:
    text = groups.markdown(result)
    assert "# Groups: m on d, test" in text
    assert "## Head one, fer x labels, n = 111, accuracy 65.10 %" in text
    assert "subject: not scored: 9 groups of fewer than 30 rows, 50 rows in all." in text
    assert "origin: not scored: 1 group (tiny) of fewer than 30 rows, 5 rows in all." in text
    assert "subject: not known of 3 rows." in text
    assert "yaw: degrees aside; cut at 3, quarters of all rows." in text
    assert groups.UNITS["picture"] in text
    assert groups.UNITS["subject"] in text
    assert "Model `abababababab`, dataset `cdcdcdcdcdcd`" in text


def test_the_terminal_has_three_tables(result: dict[str, Any]) -> None:
    made = list(groups.tables(result["heads"]["one"]))
    assert [table.columns[0].header for table in made] == ["column"] * 3
    assert [table.row_count for table in made] == [4, 1, 2]
    console = Console(width=80)
    with console.capture() as captured:
        console.print(*made)
    text = captured.get()
    assert "70.0 (65.0 to 75.0)" in text
    assert "10.0 (1.0 to 20.0)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_picture_has_a_panel_for_each_column_whose_groups_are_told(
    result: dict[str, Any],
) -> None:
    figure = groups_figure(result["heads"]["one"])
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["yaw: gap 10.0 (1.0 to 20.0) points", "origin"]
    ticks = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert ticks == ["to 3\nn = 40", "over 3\nn = 40", "no landmarks\nn = 31"]
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    low, high = figure.axes[0].get_xlim()
    assert (low < 0.5, high > 0.75) == (True, True)


def test_nothing_to_draw_is_an_empty_picture(result: dict[str, Any]) -> None:
    head = result["heads"]["one"]
    head["columns"] = {"subject": head["columns"]["subject"]}
    assert groups_figure(head).axes == []
