"""Top-k accuracy and AUROC: against scikit-learn, by hand, and against what must hold."""

from typing import Any

import numpy as np
import pytest

from mien.errors import DataError
from mien.evaluation.ranking import auroc, in_top_k, orders, top_k

NAMES = ("anger", "fear", "neutral")


def _answers(rng: np.random.Generator, n: int = 300, k: int = 5, ties: bool = False) -> Any:
    true = rng.integers(0, k, n)
    scores = rng.normal(size=(n, k)) + 1.2 * np.eye(k)[true]
    scores = np.exp(scores.round(0) if ties else scores)
    return scores / scores.sum(axis=1, keepdims=True), true


def test_the_second_answer_counts_among_two() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    true = np.array([0, 1, 2])
    assert top_k(probabilities, true, 1) == pytest.approx(1 / 3)
    assert top_k(probabilities, true) == pytest.approx(2 / 3)
    assert top_k(probabilities, true, 3) == top_k(probabilities, true, 9) == 1.0


def test_of_equal_probabilities_the_earlier_column_comes_first_as_in_argmax() -> None:
    probabilities = np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.3, 0.3, 0.4]])
    true = np.array([0, 1, 1])
    assert in_top_k(probabilities, true, 1).tolist() == [True, False, False]
    assert in_top_k(probabilities, true, 2).tolist() == [True, True, False]
    assert in_top_k(probabilities, true, 1).tolist() == (
        (probabilities.argmax(axis=1) == true).tolist()
    )


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_agrees_with_scikit_learn(k: int) -> None:
    sk = pytest.importorskip("sklearn.metrics")
    probabilities, true = _answers(np.random.default_rng(k))
    theirs = sk.top_k_accuracy_score(true, probabilities, k=k, labels=range(5))
    assert top_k(probabilities, true, k) == pytest.approx(theirs)


def test_auroc_by_hand() -> None:
    # of anger: rows 0 and 1 at 0.9 and 0.4, the others at 0.4, 0.3, 0.1
    # pairs: 0.9 beats all three; 0.4 ties with one and beats two: (3 + 2.5) / 6
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.3, 0.7], [0.1, 0.9]])
    found = auroc(probabilities, np.array([0, 0, 1, 1, 1]), ("anger", "fear"))
    assert found["per_class"]["anger"] == pytest.approx(5.5 / 6)
    assert found["per_class"]["fear"] == pytest.approx(5.5 / 6)  # two classes mirror each other
    assert found["macro"] == pytest.approx(5.5 / 6)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_auroc_agrees_with_scikit_learn(seed: int, ties: bool) -> None:
    sk = pytest.importorskip("sklearn.metrics")
    probabilities, true = _answers(np.random.default_rng(seed), ties=ties)
    found = auroc(probabilities, true, "abcde")
    theirs = sk.roc_auc_score(true, probabilities, multi_class="ovr", average="macro")
    assert found["macro"] == pytest.approx(theirs)
    for i, name in enumerate("abcde"):
        assert found["per_class"][name] == pytest.approx(
            sk.roc_auc_score(true == i, probabilities[:, i])
        )


@pytest.mark.parametrize("ties", [False, True])
def test_weighted_auroc_agrees_with_scikit_learn(ties: bool) -> None:
    sk = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(7)
    probabilities, true = _answers(rng, ties=ties)
    weights = rng.integers(0, 4, (3, len(true))).astype(np.float64)
    for i, order in enumerate(orders(probabilities, true)):
        for own, found in zip(weights, order.auroc(weights), strict=True):
            theirs = sk.roc_auc_score(true == i, probabilities[:, i], sample_weight=own)
            assert found == pytest.approx(theirs)


def test_a_class_absent_or_alone_has_no_auroc() -> None:
    probabilities = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    found = auroc(probabilities, np.array([0, 1]), NAMES)
    assert found == {"macro": 1.0, "per_class": {"anger": 1.0, "fear": 1.0, "neutral": None}}
    alone = auroc(probabilities, np.array([0, 0]), NAMES)
    assert alone == {"macro": None, "per_class": dict.fromkeys(NAMES)}


def test_a_side_that_weighs_nothing_leaves_the_auroc_undefined() -> None:
    probabilities = np.array([[0.6, 0.4], [0.2, 0.8]])
    anger, _ = orders(probabilities, np.array([0, 1]))
    assert np.isnan(anger.auroc(np.array([[2.0, 0.0], [0.0, 2.0]]))).all()
    assert anger.auroc(np.array([[1.0, 1.0]])).tolist() == [1.0]


def test_equal_probabilities_for_all_are_chance() -> None:
    found = auroc(np.full((6, 3), 1 / 3), np.array([0, 1, 2, 0, 1, 2]), NAMES)
    assert found["macro"] == 0.5


@pytest.mark.parametrize(
    ("probabilities", "true", "message"),
    [
        (np.zeros((0, 3)), np.zeros(0, np.int64), "expected at least one row to score"),
        (np.ones((2, 3)), np.array([0]), r"found \[2, 3\] and \[1\]"),
        (np.ones(3), np.array([0, 1, 2]), r"expected probabilities \[N, K\]"),
        (np.ones((2, 3)), np.array([0, 3]), "positions 0 to 2, found int64 from 0 to 3"),
        (np.ones((2, 3)), np.array([0.0, 1.0]), "found float64"),
        (np.array([[0.5, 0.5], [np.nan, 1]]), np.array([0, 1]), "1 of 2 rows are not numbers, f"),
        (np.array([[np.inf, 0.5]]), np.array([4]), "(?s)2 problems.*not numbers.*positions 0 to 1"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    probabilities: Any, true: Any, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        top_k(probabilities, true)
    with pytest.raises(DataError, match=message):
        auroc(probabilities, true, NAMES)


def test_names_and_k_are_checked() -> None:
    with pytest.raises(DataError, match="expected 3 names, found 2"):
        auroc(np.ones((1, 3)), np.array([0]), ("anger", "fear"))
    with pytest.raises(DataError, match="expected k of at least 1, found 0"):
        top_k(np.ones((1, 3)), np.array([0]), 0)
