"""What is scored against what: masked classes, and the report of a case."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_cases import labels, score, sure

from mien.emotions import BASIC, EMOTIONS, index
from mien.evaluation.case import mask_classes


def test_mask_by_hand() -> None:
    masked = mask_classes(
        np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]]), ("contempt", "fear", "anger"), BASIC
    )
    assert masked == pytest.approx(np.array([[0, 0.6, 0.4], [0, 0.5, 0.5]]))


@given(
    arrays(np.float32, (5, 8), elements=st.floats(0, 1, width=32)),
    st.sets(st.sampled_from(EMOTIONS), min_size=1),
)
def test_masked_answers_are_probabilities_over_the_allowed(rows: Any, allowed: set[str]) -> None:
    masked = mask_classes(rows, EMOTIONS, sorted(allowed))
    assert masked.sum(axis=1) == pytest.approx(np.ones(5))
    assert (masked[:, [name not in allowed for name in EMOTIONS]] == 0).all()


def test_eight_answers_on_seven_labels() -> None:
    answers = sure(EMOTIONS, "anger", "contempt", "fear")
    answers[1, index("sadness")] += 0.01  # what is left once contempt is masked
    scores = score(answers, EMOTIONS, labels("anger", "sadness", "sadness"))
    report = scores["fer2013"]["official"]
    assert set(scores) == {"fer2013"}
    assert report["classes"] == list(BASIC)
    assert report["accuracy"] == pytest.approx(2 / 3)
    assert report["masked"] == ["contempt"]
    assert report["unmasked"]["accuracy"] == pytest.approx(1 / 3)
    assert report["unmasked"]["emptied"] == 0
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_answers_that_masking_empties_are_counted() -> None:
    answers = np.eye(8)[[index("contempt"), index("contempt"), index("fear")]]
    report = score(answers, EMOTIONS, labels("anger", "sadness", "fear"))["fer2013"]["official"]
    assert report["unmasked"]["emptied"] == 2
    one = score(np.full((2, 2), 0.5), ("anger", "contempt"), labels("anger", "anger"))
    assert one["fer2013"]["official"]["unmasked"]["emptied"] == 0  # the only class is no loss


def test_nll_and_brier_are_of_the_masked_answers() -> None:
    answers = np.array([[0.2, 0.5, 0.3]])  # contempt masked: 0.4, 0.6
    head = ("anger", "contempt", "fear")
    report = score(answers, head, labels("anger"))["fer2013"]["official"]
    assert report["nll"] == pytest.approx(-np.log(0.4))
    assert report["brier"] == pytest.approx(2 * 0.6**2)
