"""Confusions one way and both ways, by hand and against the confusion matrix."""

from dataclasses import replace

import numpy as np
import pytest
from made_errors import told
from made_predictions import made

from mien.evaluation.case import Case
from mien.evaluation.errors.confusions import EXAMPLES, SHEETS, directed, examples, pairs, sides
from mien.evaluation.errors.erring import wrong_places
from mien.evaluation.metrics import confusion_matrix, wilson_interval
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.share import share_interval

ROWS = (
    *[("fear", "surprise", 0.6 + n / 100) for n in range(3)],
    *[("fear", "fear", 0.5)] * 5,
    ("surprise", "fear", 0.8),
    *[("surprise", "surprise", 0.9)] * 9,
    *[("disgust", "anger", 0.7)] * 2,
)


def both(*rows: tuple[object, ...]) -> tuple[Predictions, Case]:
    predictions = told(*rows)
    return predictions, predictions.case("fer2013")


def test_confusions_one_way_by_hand() -> None:
    found = directed(both(*ROWS)[1])
    named = [(one["label"], one["answer"], one["n"], one["of"], one["share"]) for one in found]
    assert named == [
        ("fear", "surprise", 3, 8, 3 / 8),
        ("disgust", "anger", 2, 2, 1.0),
        ("surprise", "fear", 1, 10, 0.1),
    ]
    assert found[0]["interval"] == list(wilson_interval(3, 8))


def test_confusions_add_up_to_the_matrix() -> None:
    case = made(400, 0.4).case("fer2013")
    matrix = confusion_matrix(case.true, case.predicted, case.classes)
    found = directed(case)
    for one in found:
        cell = case.classes.index(one["label"]), case.classes.index(one["answer"])
        assert matrix[cell] == one["n"]
    assert sum(one["n"] for one in found) == matrix.sum() - np.trace(matrix)
    assert [one["n"] for one in found] == sorted((one["n"] for one in found), reverse=True)
    both_ways = pairs(made(400, 0.4), case)
    assert sum(pair["n"] for pair in both_ways) == sum(one["n"] for one in found)
    assert sum(pair["of_errors"] for pair in both_ways) == pytest.approx(1)


def test_a_pair_counts_both_ways_and_tells_the_stronger_first() -> None:
    first, second = pairs(*both(*ROWS))
    assert first["between"] == ["fear", "surprise"]
    assert (first["n"], first["of"], first["share"]) == (4, 18, 4 / 18)
    assert first["of_errors"] == pytest.approx(4 / 6)
    assert [way["label"] for way in first["ways"]] == ["fear", "surprise"]
    assert second["between"] == ["anger", "disgust"]
    assert [way["of"] for way in second["ways"]] == [2, 0]
    assert second["ways"][1]["share"] == 0


def test_examples_show_all_four_kinds_the_surest_first() -> None:
    kinds = pairs(*both(*ROWS))[0]["examples"]
    assert [(k["label"], k["answer"], k["n"]) for k in kinds] == [
        ("fear", "fear", 5),
        ("fear", "surprise", 3),
        ("surprise", "fear", 1),
        ("surprise", "surprise", 9),
    ]
    assert [one["id"] for one in kinds[1]["pictures"]] == ["p002", "p001", "p000"]
    assert len(kinds[3]["pictures"]) == EXAMPLES
    for kind in examples(*both(*ROWS), "disgust", "anger"):
        assert all(one["label"] == kind["label"] for one in kind["pictures"])


def test_only_the_first_pairs_have_examples() -> None:
    predictions = made(600, 0.2)
    found = pairs(predictions, predictions.case("fer2013"))
    assert ["examples" in pair for pair in found] == [n < SHEETS for n in range(len(found))]
    assert len(found) > SHEETS


def test_people_side_with_the_answer_the_label_or_neither() -> None:
    predictions = told(
        ("fear", "sadness", 0.9, {"sadness": 9, "fear": 1}),
        ("fear", "sadness", 0.9, {"fear": 10}),
        ("fear", "sadness", 0.9, {"contempt": 10}),
        ("fear", "sadness", 0.9, {"fear": 5, "sadness": 5}),
        ("fear", "fear", 0.9, {"sadness": 10}),
    )
    case = predictions.case("fer2013")
    expected = {"n": 4, "judged": 3, "with_answer": 1, "with_label": 1}
    assert sides(predictions, case, wrong_places(case)) == expected
    assert pairs(predictions, case)[0]["votes"] == expected


def test_without_votes_nobody_sides() -> None:
    predictions, case = both(*ROWS)
    assert sides(predictions, case, wrong_places(case)) is None


def test_a_model_that_is_never_wrong_confuses_nothing() -> None:
    predictions, case = both(("fear", "fear", 0.9), ("anger", "anger", 0.9))
    assert directed(case) == []
    assert pairs(predictions, case) == []


def test_where_people_are_known_confusions_are_by_person() -> None:
    plain = made(420, 0.5)
    case = plain.case("fer2013")
    nine, four = (np.array([f"p{i // 7 % many}" for i in range(420)]) for many in (9, 4))
    found = directed(case, nine)
    label, answer = (case.classes.index(found[0][key]) for key in ("label", "answer"))
    there = case.true == label
    expected = share_interval(case.predicted[there] == answer, nine[there])
    assert found[0]["interval"] == expected is not None
    assert expected != list(wilson_interval(found[0]["n"], found[0]["of"]))
    ways = [way for pair in pairs(replace(plain, subjects=nine), case) for way in pair["ways"]]
    assert {str(way["interval"]) for way in ways} >= {str(one["interval"]) for one in found}
    assert {str(one["interval"]) for one in directed(case, four)} == {"None"}
