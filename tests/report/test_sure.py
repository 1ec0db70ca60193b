"""What is printed about a calibration: what was fitted, and what it does on scored pictures."""

from typing import Any

import pytest

from mien.report.sure import fitted_words, scored_words, sure_words

AT = {"below": 0.636, "answered": 0.877, "wrong": 0.095, "error": 0.1}


def entry(**on: Any) -> dict[str, Any]:
    told = {"dataset": "fer2013", "protocol": "ferplus_majority", "kind": "dedup", "n": 3309}
    return {
        "temperature": 1.5,
        "uncertain": {**AT, "bound": 0.098, "doubt": 0.05},
        "validation": {"before": {"ece": 0.0398}, "after": {"ece": 0.0197}},
        "fitted_on": told | on,
    }


def test_what_was_fitted_is_told_with_its_pictures_and_no_internal_name() -> None:
    said = fitted_words("seven", entry())
    assert said.startswith(
        "head seven: temperature 1.500, fitted to 3,309 validation pictures without a copy in "
        "training of FER-2013, FER+ majority labels: ECE 4.0 % before and 2.0 % after on these "
        "same pictures; 87.7 % of the answers are sure"
    )
    assert "(at most 9.8 % with 95 % certainty)" in said
    assert "without a copy" not in fitted_words("seven", entry(kind="official"))


@pytest.mark.parametrize("found", [0.05, 20.0])
def test_a_temperature_at_the_end_of_its_search_is_told(found: float) -> None:
    said = fitted_words("seven", entry() | {"temperature": found})
    assert f"temperature {found:.3f} (the limit: these pictures do not tell it), fitted to" in said


def test_the_scored_pictures_have_their_own_errors() -> None:
    report = {
        "n": 3137,
        "calibration": {"ece": 0.023, "nll": 0.7},
        "before": {"ece": 0.116, "nll": 0.9},
        "selective": {"at": {**AT, "interval": [0.084, 0.107]}},
    }
    assert scored_words(report) == [
        "on these 3,137 scored pictures: ECE 11.6 % before the temperature and 2.3 % after; "
        "NLL 0.900 before and 0.700 after",
        "87.7 % of the answers are sure (≥ 63.6 %); 9.5 % of those are wrong (95 % 8.4–10.7); "
        "the other 12.3 % are marked uncertain",
    ]
    del report["before"]
    assert scored_words({**report, "selective": {}}) == [
        "on these 3,137 scored pictures: ECE 2.3 %, NLL 0.700"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"below": 1.0, "wrong": None},
            "no threshold keeps the wrong answers at 10 % or below: all are marked uncertain",
        ),
        ({"wrong": None, "answered": 0}, "no answer is sure (≥ 63.6 %): all are marked uncertain"),
        ({"below": 0.0, "answered": 1}, "all answers are sure; 9.5 % of those are wrong"),
    ],
)
def test_thresholds_that_leave_all_or_nothing(changes: dict[str, Any], said: str) -> None:
    assert sure_words(AT | changes) == said
