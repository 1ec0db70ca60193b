"""Certainty where people are known: their faces are no independent trials."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_predictions import made

from mien.evaluation import scoring
from mien.evaluation.certainty.calibrate import calibrate
from mien.evaluation.metrics import wilson_interval
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.share import share_interval


def certain(people: int) -> tuple[Predictions, dict[str, Any]]:
    """Return calibrated answers on 350 rows of so many people, 0: nobody knows; and a report."""
    names = [f"p{i % people}" if people else "" for i in range(350)]
    plain = made(350, 0.86, subjects=names)
    fitted = calibrate(replace(plain, origin=replace(plain.origin, split="val")), 0.2)["fer2013"]
    head = replace(plain.heads["fer2013"], temperature=fitted["temperature"], fitted=fitted)
    predictions = replace(plain, heads={"fer2013": head})
    found = scoring.full(predictions.case("fer2013"), predictions, "fer2013", resamples=100)
    return predictions, found


def given(predictions: Predictions, at: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the sure answers are wrong, and whose faces they are of."""
    case = predictions.case("fer2013")
    sure = case.confidence >= at["below"]
    return ~case.right[sure], predictions.subjects[case.rows][sure]


def test_without_people_the_threshold_has_wilsons_interval_and_the_sets_theirs() -> None:
    predictions, found = certain(0)
    at = found["selective"]["at"]
    wrong, _ = given(predictions, at)
    assert 0 < at["answered"] <= 1
    assert at["interval"] == list(wilson_interval(int(wrong.sum()), len(wrong)))
    for levels in found["conformal"].values():
        assert all(one["interval"] is not None for one in levels.values())
        assert all(isinstance(one["within"], bool) for one in levels.values())


def test_with_people_the_threshold_has_the_bootstraps_interval() -> None:
    predictions, found = certain(12)
    at = found["selective"]["at"]
    wrong, people = given(predictions, at)
    assert at["interval"] == share_interval(wrong, people)
    assert at["interval"] != pytest.approx(list(wilson_interval(int(wrong.sum()), len(wrong))))


def test_four_people_leave_the_threshold_without_an_interval() -> None:
    assert certain(4)[1]["selective"]["at"]["interval"] is None


def test_sets_promise_no_interval_for_rows_of_people() -> None:
    plain, known = (certain(people)[1]["conformal"] for people in (0, 12))
    for method, levels in known.items():
        for wanted, one in levels.items():
            assert (one["interval"], one["within"]) == (None, None)
            assert one["coverage"] == plain[method][wanted]["coverage"]
