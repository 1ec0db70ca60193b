"""Each number against scikit-learn, against a case worked by hand, and against what must hold."""

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mien.errors import DataError
from mien.evaluation.metrics import (
    brier_score,
    classification_report,
    confusion_matrix,
    negative_log_likelihood,
    wilson_interval,
)

NAMES = ("anger", "fear", "neutral")

# true:      anger anger anger  anger  fear  fear
# predicted: anger anger anger  fear   fear  anger      (no neutral anywhere)
TRUE = np.array([0, 0, 0, 0, 1, 1])
PREDICTED = np.array([0, 0, 0, 1, 1, 0])


def test_confusion_matrix_by_hand() -> None:
    matrix = confusion_matrix(TRUE, PREDICTED, NAMES)
    assert matrix.dtype == np.int64
    assert matrix.tolist() == [[3, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_report_by_hand() -> None:
    report = classification_report(TRUE, PREDICTED, NAMES)
    assert report["n"] == 6
    assert report["accuracy"] == report["micro_f1"] == pytest.approx(4 / 6)
    assert report["per_class"] == {
        "anger": {"precision": 0.75, "recall": 0.75, "f1": 0.75, "support": 4},
        "fear": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
        "neutral": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0},
    }
    assert report["macro_f1"] == pytest.approx(1.25 / 3)  # the absent class counts as 0 …
    assert report["balanced_accuracy"] == pytest.approx(1.25 / 2)  # … but not here
    assert report["weighted_f1"] == pytest.approx((4 * 0.75 + 2 * 0.5) / 6)
    assert report["interval"] == pytest.approx(wilson_interval(4, 6))
    assert report["confusion"] == [[3, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_report_is_plain_json() -> None:
    report = classification_report(TRUE, PREDICTED, NAMES)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("absent", [False, True])
def test_report_agrees_with_scikit_learn(seed: int, absent: bool) -> None:
    sk = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 9))
    true = rng.integers(0, k - absent, 200) if k > 2 else rng.integers(0, k, 200)
    predicted = np.where(rng.random(200) < 0.5, true, rng.choice(np.unique(true), 200))
    ours = classification_report(true, predicted, [f"c{i}" for i in range(k)])
    labels = list(range(k))
    assert ours["confusion"] == sk.confusion_matrix(true, predicted, labels=labels).tolist()
    assert ours["accuracy"] == pytest.approx(sk.accuracy_score(true, predicted))
    assert ours["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(true, predicted))
    for average in ("macro", "weighted", "micro"):
        theirs = _sk_shares(sk, true, predicted, labels, average)
        assert ours[f"{average}_f1"] == pytest.approx(theirs[2])
        if average == "macro":
            assert ours["macro_precision"] == pytest.approx(theirs[0])
            assert ours["macro_recall"] == pytest.approx(theirs[1])
    each = _sk_shares(sk, true, predicted, labels, None)
    for i, numbers in enumerate(ours["per_class"].values()):
        assert list(numbers.values()) == pytest.approx([column[i] for column in each])


def _sk_shares(sk: Any, true: Any, predicted: Any, labels: list[int], average: str | None) -> Any:
    return sk.precision_recall_fscore_support(
        true, predicted, labels=labels, average=average, zero_division=0
    )


@st.composite
def answers(draw: st.DrawFn) -> tuple[Any, Any, list[str]]:
    k, n = draw(st.integers(1, 8)), draw(st.integers(1, 40))
    positions = arrays(np.int64, n, elements=st.integers(0, k - 1))
    return draw(positions), draw(positions), [f"c{i}" for i in range(k)]


@given(answers())
def test_report_keeps_what_must_hold(case: tuple[Any, Any, list[str]]) -> None:
    true, predicted, names = case
    report = classification_report(true, predicted, names)
    low, high = report["interval"]
    assert 0 <= low <= report["accuracy"] <= high <= 1
    assert sum(c["support"] for c in report["per_class"].values()) == report["n"] == len(true)
    for numbers in report["per_class"].values():
        least, most = sorted((numbers["precision"], numbers["recall"]))
        assert least - 1e-12 <= numbers["f1"] <= most + 1e-12
    swapped = classification_report(predicted, true, names)
    assert swapped["macro_precision"] == pytest.approx(report["macro_recall"])
    assert swapped["macro_f1"] == pytest.approx(report["macro_f1"])


@given(answers(), st.randoms())
def test_names_may_stand_in_any_order(case: tuple[Any, Any, list[str]], rng: Any) -> None:
    true, predicted, names = case
    order = list(range(len(names)))
    rng.shuffle(order)
    places = np.argsort(order)
    moved = classification_report(places[true], places[predicted], [names[i] for i in order])
    original = classification_report(true, predicted, names)
    assert moved["per_class"] == original["per_class"]
    assert moved["macro_f1"] == pytest.approx(original["macro_f1"])


@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([0, 3], [0, 1], r"true: expected positions 0 to 2, found \[3\]"),
        ([0, 1], [-1, 1], r"predicted: expected positions 0 to 2, found \[-1\]"),
        ([0, 1, 2], [0, 1], "expected one prediction a label, found 2 for 3 labels"),
        ([0.0, 1.0], [0, 1], r"true: expected int \[N\], found float64 \[2\]"),
        ([], [], "expected at least one row to score, found none"),
        ([0, 9], [8, 0], "2 problems:\n  true: .*9.*\n  predicted: .*8"),
    ],
)
def test_report_refuses(true: list[int], predicted: list[int], message: str) -> None:
    dtype = None if true else np.int64
    with pytest.raises(DataError, match=message):
        classification_report(np.array(true, dtype), np.array(predicted, dtype), NAMES)


def test_wilson_interval_by_hand() -> None:
    # 81 of 263: Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == (0.0, pytest.approx(0.1611, abs=5e-5))
    assert wilson_interval(29, 29) == (pytest.approx(0.8830, abs=5e-5), 1.0)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_wilson_interval_is_where_the_score_test_turns() -> None:
    n, k = 3589, 2400
    for end in wilson_interval(k, n):
        assert abs(k / n - end) / (end * (1 - end) / n) ** 0.5 == pytest.approx(1.959964)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_mirrors_and_narrows(case: tuple[int, int]) -> None:
    k, n = case
    low, high = wilson_interval(k, n)
    assert wilson_interval(n - k, n) == pytest.approx((1 - high, 1 - low))
    narrow = wilson_interval(4 * k, 4 * n)
    assert narrow[1] - narrow[0] < high - low


@pytest.mark.parametrize(("k", "n"), [(5, 4), (-1, 4)])
def test_wilson_interval_refuses(k: int, n: int) -> None:
    with pytest.raises(DataError, match=re.escape(f"a count from 0 to n=4, found {k}")):
        wilson_interval(k, n)


def test_proper_scores_by_hand() -> None:
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    true = np.array([0, 1])
    assert negative_log_likelihood(probabilities, true) == pytest.approx(
        -(np.log(0.5) + np.log(0.75)) / 2
    )
    assert brier_score(probabilities, true) == pytest.approx((0.5 + 0.125) / 2)
    sure = np.array([[1.0, 0.0]])
    assert brier_score(sure, np.array([1])) == 2
    assert negative_log_likelihood(sure, np.array([1])) == pytest.approx(36.04, abs=0.01)


def test_proper_scores_agree_with_scikit_learn() -> None:
    sk = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    probabilities, true = rng.dirichlet(np.full(7, 0.2), 300), rng.integers(0, 7, 300)
    labels = list(range(7))
    assert negative_log_likelihood(probabilities, true) == pytest.approx(
        sk.log_loss(true, probabilities, labels=labels)
    )
    assert brier_score(probabilities, true) == pytest.approx(
        sk.brier_score_loss(true, probabilities, labels=labels, scale_by_half=False)
    )


def test_proper_scores_refuse_what_does_not_fit() -> None:
    with pytest.raises(DataError, match=r"each of 2 labels .*found the shape \[1, 3\]"):
        brier_score(np.full((1, 3), 1 / 3), np.array([0, 1]))
    with pytest.raises(DataError, match="true: expected positions 0 to 2, found"):
        negative_log_likelihood(np.full((1, 3), 1 / 3), np.array([-1]))
