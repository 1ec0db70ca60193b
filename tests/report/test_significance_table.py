"""Differences as rows, Markdown, CSV fields and on the terminal."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from mien.report.significance import (
    HEADERS,
    compared_markdown,
    p_words,
    side_columns,
    side_rows,
    signed,
    significance_fields,
    significance_notes,
    significance_rows,
    significance_table,
)


def _found(**changes: Any) -> dict[str, Any]:
    score = {"first": 0.7, "second": 0.65, "difference": 0.05, "interval": [0.01, 0.09], "p": 0.01}
    lower = {"first": 0.6, "second": 0.62, "difference": -0.02, "interval": [-0.05, 0.01], "p": 0.2}
    return {
        "first": {"model": "ours", "head": "seven"},
        "second": {"model": "a | b", "head": "fer2013"},
        "data": {"name": "faces", "split": "test"},
        "protocol": "ferplus_majority",
        "kind": "dedup",
        "classes": ["anger", "fear"],
        "n": 3589,
        "unit": "picture",
        "clusters": 3589,
        "resamples": 2000,
        "seed": 0,
        "accuracy": score,
        "macro_f1": lower,
        "mcnemar": {"b": 1320, "c": 567, "p": 0.012, "p_mid": 0.011},
        "swap_p": 0.012,
        "swap_p_holm": 0.036,
        "corrected_for": 1,
        **changes,
    }


def test_a_row_has_a_cell_for_each_header() -> None:
    [row] = significance_rows([_found()])
    assert row == [
        "ours", "a | b", "3,589", "+5.00 (+1.00 to +9.00)", "-2.00 (-5.00 to +1.00)",
        "1,320 : 567", "0.0120", "0.0360", "yes",
    ]  # fmt: skip
    assert len(row) == len(HEADERS)


def test_what_is_not_below_the_level_is_not_shown_to_differ() -> None:
    [row] = significance_rows([_found(swap_p_holm=0.05, mcnemar=None)])
    assert (row[-1], row[5]) == ("not shown", "—")


@pytest.mark.parametrize(
    ("p", "said"), [(1.0, "1.0000"), (0.03124, "0.0312"), (1e-4, "0.0001"), (9e-5, "<0.0001")]
)
def test_small_p_are_not_0(p: float, said: str) -> None:
    assert p_words(p) == said


@pytest.mark.parametrize(("share", "said"), [(-0.00004, "+0.00"), (0.0, "+0.00"), (-0.02, "-2.00")])
def test_a_difference_is_never_minus_nought(share: float, said: str) -> None:
    assert signed(share) == said


def test_markdown_holds_what_was_scored_the_scores_the_differences_and_the_notes() -> None:
    first, scores, differences, notes = compared_markdown([_found()]).split("\n\n")
    assert first == (
        "faces, test split, FER+ majority labels, dedup rows (without copies of training "
        "pictures), n = 3,589, classes: anger, fear"
    )
    assert "| ours | seven | 3,589 | 70.00 | 0.600 |" in scores
    assert "| a \\| b | fer2013 | 3,589 | 65.00 | 0.620 |" in scores
    assert len(differences.splitlines()) == 3
    assert "| a \\| b |" in differences
    assert notes.startswith("- difference: first minus second, in percentage points; ")


def test_csv_has_plain_shares_and_both_kinds_of_mcnemar() -> None:
    [line] = significance_fields([_found()])
    assert (line["accuracy_difference"], line["accuracy_low"]) == (0.05, 0.01)
    assert (line["mcnemar_p"], line["mcnemar_p_mid"]) == (0.012, 0.011)
    assert (line["only_first_right"], line["only_second_right"]) == (1320, 567)
    [without] = significance_fields([_found(mcnemar=None)])
    assert without["mcnemar_p"] is None
    assert list(without) == list(line)


def test_a_model_of_several_pairs_has_one_row_of_scores() -> None:
    assert len(side_rows([_found(), _found(p=1)])) == 2
    assert [column.number for column in side_columns([_found()])] == [False, False] + [True] * 3


def test_the_notes_tell_how_it_was_tested() -> None:
    text = "\n".join(significance_notes([_found(corrected_for=2), _found(corrected_for=2)]))
    assert "3,589 pictures, 2,000 resamples, seed 0" in text
    assert "picture by picture (McNemar's test)" in text
    assert "corrected for 2 pairs" in text
    assert "several seeds" not in text
    people = "\n".join(significance_notes([_found(unit="subject", clusters=20)]))
    assert "20 people" in people
    assert "person by person; Holm: corrected for 1 pair;" in people
    seeds = "\n".join(significance_notes([_found(mcnemar=None)]))
    assert "several seeds count by their mean" in seeds
    assert "McNemar" not in seeds
    assert significance_notes([]) == []


def test_pairs_that_were_not_tested_are_told_where_they_count() -> None:
    text = "\n".join(significance_notes([_found(corrected_for=21)] * 6))
    assert (
        "Holm: corrected for 21 pairs, all that could be made, since the first was chosen by its "
        "score; differ: below 0.05"
    ) in text
    assert significance_fields([_found(corrected_for=21)])[0]["corrected_for"] == 21


def test_without_an_interval_there_is_a_dash_and_the_reason() -> None:
    bare = {"first": 0.7, "second": 0.65, "difference": 0.05, "interval": None, "p": None}
    found = [_found(accuracy=bare, macro_f1=bare, unit="subject", clusters=1)]
    [row] = significance_rows(found)
    assert row[3:5] == ["+5.00 (—)", "+5.00 (—)"]
    [line] = significance_fields(found)
    assert [line[f"accuracy_{key}"] for key in ("low", "high", "p")] == [None] * 3
    notes = significance_notes(found)
    assert notes[0].endswith("in percentage points; no interval: fewer than 5 people")
    assert "bootstrap" not in " ".join(notes)
    assert "+5.00 (—)" in compared_markdown(found)


def test_the_terminal_has_all_of_it() -> None:
    out = StringIO()
    Console(file=out, width=140).print(significance_table([_found()]))
    for words in ("ours", "+5.00 (+1.00 to +9.00)", "p, Holm", "other seeds in training"):
        assert words in out.getvalue()
