"""Differences between models and between recipes of several seeds, on cases."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_cases import made_case

from mien.errors import DataError
from mien.evaluation.metrics import classification_report
from mien.evaluation.protocols import Case
from mien.evaluation.sampling.sides import Side, between, check_alike
from mien.evaluation.sampling.significance import mcnemar


def _models(*skills: float, n: int = 400) -> list[Case]:
    """Return answers of several models on the same rows."""
    true = np.random.default_rng(9).integers(0, 4, n)
    return [
        made_case(np.random.default_rng(i), n=n, k=4, skill=skill, true=true)
        for i, skill in enumerate(skills)
    ]


def _single(*skills: float, n: int = 400) -> list[Side]:
    return [Side(f"m{i}", (case,)) for i, case in enumerate(_models(*skills, n=n))]


def test_a_better_model_is_found_to_be_better() -> None:
    [found] = between(_single(2.5, 1.0), [(0, 1)], None, resamples=500)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for name in ("accuracy", "macro_f1"):
        low, high = found[name]["interval"]
        assert 0 < low < found[name]["difference"] < high
        assert found[name]["p"] == 2 / 501
    assert found["swap_p"] == pytest.approx(found["mcnemar"]["p"])
    assert found["swap_p"] < 1e-6


def test_the_scores_are_those_of_the_report() -> None:
    sides = _single(2.0, 1.0)
    [found] = between(sides, [(0, 1)], None, resamples=50)
    for place, side in zip(("first", "second"), sides, strict=True):
        case = side.runs[0]
        report = classification_report(case.true, case.predicted, case.classes)
        assert found["accuracy"][place] == pytest.approx(report["accuracy"])
        assert found["macro_f1"][place] == pytest.approx(report["macro_f1"])


def test_discordant_pictures_are_counted_by_hand() -> None:
    first, second = _models(1.0, 1.0, n=50)
    b = int(((first.predicted == first.true) & (second.predicted != second.true)).sum())
    c = int(((first.predicted != first.true) & (second.predicted == second.true)).sum())
    [found] = between([Side("a", (first,)), Side("b", (second,))], [(0, 1)], None, resamples=20)
    assert found["mcnemar"] == mcnemar(b, c)
    assert found["accuracy"]["difference"] == pytest.approx((b - c) / 50)


def test_a_model_does_not_differ_from_itself() -> None:
    [case] = _models(1.0)
    [found] = between([Side("a", (case,)), Side("b", (case,))], [(0, 1)], None, resamples=50)
    assert found["accuracy"]["interval"] == [0, 0]
    assert found["accuracy"]["p"] == found["swap_p"] == found["mcnemar"]["p"] == 1.0


def test_the_other_way_round_is_the_same_with_the_other_sign() -> None:
    there, back = between(_single(1.5, 1.0), [(0, 1), (1, 0)], None, resamples=300)
    assert there["accuracy"]["difference"] == -back["accuracy"]["difference"]
    low, high = there["macro_f1"]["interval"]
    assert back["macro_f1"]["interval"] == pytest.approx([-high, -low])
    assert there["swap_p"] == back["swap_p"]


def test_several_seeds_are_compared_by_their_means() -> None:
    a, b, c = _models(1.5, 1.5, 1.0)
    sides = [Side("two", (a, b)), Side("one", (c,))]
    [found] = between(sides, [(0, 1)], None, resamples=100)
    right = [float((case.predicted == case.true).mean()) for case in (a, b, c)]
    assert found["accuracy"]["first"] == pytest.approx((right[0] + right[1]) / 2)
    assert found["accuracy"]["second"] == pytest.approx(right[2])
    assert found["mcnemar"] is None
    assert 0 < found["swap_p"] < 1
    twice = [Side("two", (a, a)), Side("one", (c,))]
    [same] = between(twice, [(0, 1)], None, resamples=100)
    [once] = between([Side("a", (a,)), Side("one", (c,))], [(0, 1)], None, resamples=100)
    assert same["swap_p"] == pytest.approx(once["swap_p"])
    assert same["accuracy"] == once["accuracy"]
    [turned] = between(twice, [(1, 0)], None, resamples=100)
    assert turned["swap_p"] == pytest.approx(once["swap_p"])


def test_people_are_drawn_and_swapped_as_a_whole() -> None:
    sides = _single(1.5, 1.2, n=200)
    people = np.repeat([f"s{i}" for i in range(10)], 20)
    [by_picture] = between(sides, [(0, 1)], np.array([""] * 200), resamples=200)
    [by_person] = between(sides, [(0, 1)], people, resamples=200)
    assert (by_picture["unit"], by_picture["clusters"]) == ("picture", 200)
    assert (by_person["unit"], by_person["clusters"]) == ("subject", 10)
    assert by_person["swap_p"] * 2**9 == pytest.approx(round(by_person["swap_p"] * 2**9))
    assert by_person["mcnemar"] == by_picture["mcnemar"]


def test_other_classes_or_rows_are_refused() -> None:
    case = made_case(np.random.default_rng(0), n=8, k=4)
    other: Any = replace(case, classes=case.classes[:3])
    with pytest.raises(DataError, match=r"a is scored on 4 classes, b on 3: only one .* fear; "):
        check_alike([case, other], ["a", "b"])
    with pytest.raises(DataError, match="a is scored on 8 pictures, b on 7 others of fer2013"):
        check_alike([case, replace(case, rows=case.rows[1:])], ["a", "b"])
    check_alike([case, case], ["a", "b"])
