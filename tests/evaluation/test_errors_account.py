"""The whole account of errors: keys, order, samples, JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_errors import noisy, told
from made_predictions import made

from mien.emotions import EMOTIONS
from mien.errors import UnknownNameError
from mien.evaluation.answers import Answers
from mien.evaluation.errors.account import (
    FIRST,
    HARDEST,
    SAMPLES,
    account,
    errors,
    hardest,
    of_head,
    samples,
)
from mien.evaluation.metrics import classification_report
from mien.evaluation.predictions import Predictions


def test_counts_agree_with_the_report() -> None:
    predictions = made(300, 0.6)
    case = predictions.case("fer2013")
    report = classification_report(case.true, case.predicted, case.classes)
    found = of_head(predictions, "fer2013")
    assert found["n"] == report["n"] == 300
    assert 1 - found["wrong"] / 300 == pytest.approx(report["accuracy"])
    assert found["rows"] == "official"
    assert found["classes"] == report["classes"]


def test_the_hardest_are_wrong_and_the_most_confident_comes_first() -> None:
    predictions = told(
        ("fear", "anger", 0.6), ("fear", "fear", 0.99), ("sadness", "anger", 0.8),
        ("fear", "anger", 0.7),
    )  # fmt: skip
    found = hardest(predictions, predictions.case("fer2013"))
    assert [one["id"] for one in found] == ["p002", "p003", "p000"]
    assert len(hardest(predictions, predictions.case("fer2013"), 2)) == 2
    many = made(900, 0.3)
    assert len(hardest(many, many.case("fer2013"))) == HARDEST


def test_ten_samples_are_half_right_and_the_same_each_time() -> None:
    predictions = made(300, 0.6)
    case = predictions.case("fer2013")
    drawn = samples(predictions, case)
    assert len({one["id"] for one in drawn}) == SAMPLES
    right = [one["label"] == one["answer"] for one in drawn]
    assert sum(right) == SAMPLES // 2
    assert right not in (sorted(right), sorted(right, reverse=True))  # mixed
    assert drawn == samples(predictions, case)
    assert drawn != samples(predictions, case, seed=1)


def test_where_one_kind_is_rare_the_other_fills_up() -> None:
    rows = [("fear", "fear", 0.9)] * 20 + [("fear", "anger", 0.9)] * 2
    predictions = told(*rows)
    drawn = samples(predictions, predictions.case("fer2013"))
    assert sum(one["answer"] == "anger" for one in drawn) == 2
    assert len(drawn) == SAMPLES
    few = told(("fear", "fear", 0.9), ("fear", "anger", 0.9))
    assert len(samples(few, few.case("fer2013"))) == 2


def two_heads() -> Predictions:
    predictions = noisy(210)[0]
    eight = made(210, 0.5, classes=EMOTIONS, head="ferplus").heads["ferplus"]
    return replace(predictions, heads={**predictions.heads, "ferplus": eight})


def test_every_head_is_told_by_its_own_labels() -> None:
    found = errors(two_heads())
    assert {head: one["protocol"] for head, one in found.items()} == {
        "fer2013": "fer2013",
        "ferplus": "ferplus_majority",
    }
    assert found["fer2013"]["votes"]["judged"] > 0
    assert found["ferplus"]["votes"] is None  # the votes are its labels
    assert list(errors(two_heads(), ["ferplus"], "fer2013")) == ["ferplus"]


def test_an_account_of_few_people_has_no_interval() -> None:
    people = np.array([f"p{i % 3}" for i in range(210)])
    found = errors(replace(two_heads(), subjects=people))["fer2013"]
    assert "no interval: fewer than 5 people" in found["reading"][0]
    assert {one["interval"] for one in found["confusions"]} == {None}


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown head 'seven'; known: fer2013, ferplus"):
        errors(two_heads(), ["seven"])


def test_the_account_is_json_and_says_whose_it_is() -> None:
    predictions = two_heads()
    labels = {"flagged": 2}, [{"rank": n} for n in range(FIRST + 9)]
    found = account(predictions, errors(predictions), labels)
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    assert (again["model"], again["model_sha256"]) == ("ours", "a" * 64)
    assert again["data"] == {
        "name": "made", "sha256": "b" * 64, "split": "test", "label_set": "fer2013",
    }  # fmt: skip
    assert again["environment"]["python"]
    assert len(again["label_errors"]["first"]) == FIRST
    assert again["label_errors"]["flagged"] == 2


def test_why_nobody_looked_for_label_errors_is_told() -> None:
    predictions = two_heads()
    found = account(predictions, {}, "it was not asked for")
    assert found["label_errors"] == {"left_out": "it was not asked for"}


def test_a_model_that_is_never_wrong_has_an_account_too() -> None:
    predictions = told(*[("fear", "fear", 0.9)] * 12)
    found = of_head(predictions, "fer2013")
    assert found["wrong"] == 0
    assert found["hardest"] == found["confusions"] == found["pairs"] == []
    assert len(found["samples"]["pictures"]) == SAMPLES


def test_heads_of_any_classes_do() -> None:
    predictions = made(70, 0.5)
    seven = predictions.heads["fer2013"]
    three = seven.probabilities[:, :3] / seven.probabilities[:, :3].sum(1, keepdims=True)
    small = replace(predictions, heads={"answers": Answers(seven.classes[:3], three)})
    assert of_head(small, "answers")["classes"] == list(seven.classes[:3])
    assert of_head(small, "answers")["n"] == 30
