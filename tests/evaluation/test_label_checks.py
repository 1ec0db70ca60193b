"""Precision of a list against the votes, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from made_errors import told

from mien.evaluation.errors.label_checks import check, of_list, table
from mien.evaluation.metrics import wilson_interval

SIX = told(
    ("fear", "sadness", 0.9, {"sadness": 10}),  # wrong, and the suggestion is right
    ("fear", "sadness", 0.9, {"fear": 10}),  # right
    ("fear", "sadness", 0.9, {"fear": 5, "sadness": 5}),  # not judged
    ("fear", "sadness", 0.9, {"contempt": 10}),  # wrong, and so is the suggestion
    ("anger", "anger", 0.9, {"anger": 10}),
    ("anger", "anger", 0.9, {"anger": 8, "neutral": 2}),
)
ORDER = np.array([0, 3, 2, 1, 4, 5])


def checked(flagged: int = 3, lengths: tuple[int, ...] = (2, 4, 7)) -> dict[str, object]:
    found = check(SIX, SIX.case("fer2013"), ORDER, flagged, lengths)
    assert found is not None
    return found


def test_the_base_rate_is_of_all_that_are_judged() -> None:
    found = checked()
    assert (found["judged"], found["wrong"], found["base_rate"]) == (5, 2, 0.4)
    assert found["interval"] == list(wilson_interval(2, 5))


def test_lists_by_hand() -> None:
    first, second = checked()["lists"]  # type: ignore[misc]
    assert first == {
        **{"length": 2, "judged": 2, "wrong": 2, "precision": 1.0, "found": 1.0},
        **{"suggested": 0.5, "interval": list(wilson_interval(2, 2))},
    }
    assert (second["judged"], second["wrong"], second["precision"]) == (3, 2, 2 / 3)


def test_longer_lists_than_rows_are_not_made() -> None:
    assert [one["length"] for one in checked()["lists"]] == [2, 4]  # type: ignore[attr-defined]


def test_the_flagged_are_checked_as_a_whole() -> None:
    assert checked(3)["flagged"]["judged"] == 2  # type: ignore[index]
    assert checked(0)["flagged"] is None


def test_nothing_judged_has_no_precision() -> None:
    no = np.zeros(3, bool)
    found = of_list(np.arange(3), no, no, no)
    assert (found["precision"], found["found"], found["suggested"]) == (None, None, None)
    assert found["interval"] == [0, 1]


def test_a_model_that_learnt_votes_is_no_independent_judge() -> None:
    assert checked()["learnt"] == ""
    both = replace(SIX, heads={**SIX.heads, "ferplus": SIX.heads["fer2013"]})
    found = check(both, both.case("fer2013"), ORDER, 3)
    assert found is not None
    assert found["learnt"] == (
        "this model learnt such votes of other pictures (head ferplus), so the check is not "
        "independent of it"
    )


@pytest.mark.parametrize("protocol", ["ferplus_plurality_without_contempt"])
def test_votes_do_not_check_themselves(protocol: str) -> None:
    assert check(SIX, SIX.case("fer2013", protocol), ORDER, 3) is None


def test_the_table_has_a_row_a_list_and_ends_with_the_base_rate() -> None:
    rows = table(checked())
    assert [row[0] for row in rows] == [
        "first 2",
        "first 4",
        "all 3 doubted",
        "base rate: all rows",
    ]
    assert rows[1][1:3] == ("3", "66.7 %")
    assert rows[-1][1:3] == ("5", "40.0 %")
