"""All numbers of an evaluation: from the predictions alone, each with an interval."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_cases import score
from made_predictions import made
from sklearn.metrics import f1_score, roc_auc_score, top_k_accuracy_score

from mien.emotions import BASIC, EMOTIONS, index
from mien.evaluation import scoring
from mien.evaluation.answers import Answers
from mien.evaluation.predictions import Predictions


@pytest.fixture(scope="module")
def predictions() -> Predictions:
    return made(140, subjects=[f"p{i // 4}" for i in range(140)])


@pytest.fixture(scope="module")
def found(predictions: Predictions) -> scoring.Report:
    values = scoring.metrics(predictions, resamples=200)
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    return values


def test_points_are_the_scores_of_each_head(predictions: Predictions) -> None:
    head = predictions.heads["fer2013"]
    expected = score(head.probabilities, BASIC, predictions.labels, None, predictions.copy_in_train)
    assert scoring.points(predictions)["fer2013"] == expected


def test_the_file_says_whose_answers_on_what(found: scoring.Report) -> None:
    assert (found["model"], found["data"]["name"], found["data"]["split"]) == (
        "ours",
        "made",
        "test",
    )
    assert found["bootstrap"] == {
        "resamples": 200,
        "seed": 0,
        "confidence": 0.95,
        "unit": "subject",
        "clusters": 35,
    }
    assert found["temperatures"] == {"fer2013": 1.0}
    assert found["environment"]["packages"]["numpy"]


def test_numbers_agree_with_scikit_learn(predictions: Predictions, found: scoring.Report) -> None:
    report = found["heads"]["fer2013"]["fer2013"]["official"]
    p = predictions.heads["fer2013"].probabilities.astype(np.float64)
    p /= p.sum(1, keepdims=True)
    true = np.array([BASIC.index(EMOTIONS[label]) for label in predictions.labels])
    assert report["macro_f1"] == pytest.approx(f1_score(true, p.argmax(1), average="macro"))
    assert report["top2"] == pytest.approx(top_k_accuracy_score(true, p, k=2))
    assert report["auroc"] == pytest.approx(
        roc_auc_score(true, p, multi_class="ovr", average="macro")
    )


def test_every_number_lies_in_its_interval(found: scoring.Report) -> None:
    report = found["heads"]["fer2013"]["fer2013"]["official"]
    assert report["interval"] == report["intervals"]["accuracy"]
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "auroc", "top2", "nll", "brier"):
        low, high = report["intervals"][name]
        assert low < report[name] < high, name
    low, high = report["intervals"]["ece"]
    assert 0 <= low < high
    for values in report["per_class"].values():
        for name in ("precision", "recall", "f1", "auroc"):
            low, high = values["intervals"][name]
            assert low <= values[name] <= high


def test_calibration_and_agreement_with_votes_have_intervals_too(found: scoring.Report) -> None:
    report = found["heads"]["fer2013"]["fer2013"]["official"]
    for name in ("ece", "ece_equal_mass", "classwise_ece"):
        low, high = report["intervals"][name]  # resampling adds noise: they lie high
        assert 0 < low < high < 1
        assert report["calibration"][name] < high
    votes = np.zeros((140, 10), int)
    votes[np.arange(140), [index(BASIC[i % 7]) for i in range(140)]] = 8
    votes[:, index("neutral")] += 2
    voted = scoring.metrics(made(140, votes=votes), resamples=100)["heads"]["fer2013"]
    of_votes = voted["ferplus_votes_without_contempt"]["official"]
    for name in ("cross_entropy", "kl", "agreement"):
        low, high = of_votes["intervals"][name]
        assert low < of_votes["calibration"][name] < high


def test_dedup_rows_have_their_own_numbers(found: scoring.Report) -> None:
    kinds = found["heads"]["fer2013"]["fer2013"]
    assert (kinds["official"]["n"], kinds["dedup"]["n"]) == (140, 112)


def test_a_calibrated_head_tells_what_it_was_before(predictions: Predictions) -> None:
    head = predictions.heads["fer2013"]
    cooler = Answers(head.classes, head.probabilities, 2.0)
    report = scoring.metrics(replace(predictions, heads={"fer2013": cooler}), resamples=100)[
        "heads"
    ]["fer2013"]["fer2013"]["official"]
    p = head.probabilities.astype(np.float64) ** 2
    p /= p.sum(1, keepdims=True)
    true = np.array([BASIC.index(EMOTIONS[label]) for label in predictions.labels])
    nll = -np.log(p[np.arange(140), true]).mean()
    assert report["before"]["nll"] == pytest.approx(nll, abs=1e-4)
    assert report["nll"] != pytest.approx(nll)
