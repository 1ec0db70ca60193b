"""Differences between models and between recipes of several seeds, on cases."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_cases import made_case

from mien.errors import DataError
from mien.evaluation.case import Case
from mien.evaluation.metrics import classification_report
from mien.evaluation.sampling.sides import MOST, Side, between, check_alike, corrected, pairs_of
from mien.evaluation.sampling.significance import mcnemar, swap_test


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


def test_of_fewer_than_five_people_nothing_is_told_but_the_exact_test() -> None:
    sides = _single(1.5, 1.0, n=21)
    for count, sure in ((1, False), (4, False), (5, True)):
        people = np.array([f"s{i % count}" for i in range(21)])
        [found] = between(sides, [(0, 1)], people, resamples=100)
        assert (found["unit"], found["clusters"]) == ("subject", count)
        for name in ("accuracy", "macro_f1"):
            assert (found[name]["interval"] is not None) == sure
            assert (found[name]["p"] is not None) == sure
        assert found["swap_p"] >= 2 ** (1 - count)
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_class_that_is_not_drawn_does_not_shrink_a_difference() -> None:
    true = np.array([0] * 40 + [1])
    case = made_case(np.random.default_rng(0), n=41, k=2, true=true, probabilities=np.eye(2)[true])
    poor = replace(case, probabilities=np.eye(2)[np.where(np.arange(41) < 20, 1, true)])
    [found] = between([Side("a", (case,)), Side("b", (poor,))], [(0, 1)], None, resamples=300)
    low, high = found["macro_f1"]["interval"]
    assert 0.5 < low < found["macro_f1"]["difference"] < high  # the first is perfect in each


def test_all_pairs_of_a_few_and_the_best_with_each_of_many_are_compared() -> None:
    assert pairs_of([0.1, 0.3, 0.2]) == [(0, 1), (0, 2), (1, 2)]
    assert len(pairs_of([0.5] * MOST)) == 15
    assert pairs_of([0.1, 0.2, 0.9, 0.3, 0.4, 0.5, 0.6]) == [(2, i) for i in (0, 1, 3, 4, 5, 6)]


def test_holm_counts_the_pairs_that_are_not_tested_as_sure_of_nothing() -> None:
    found = [{"swap_p": p} for p in (0.004, 0.001, 0.5)]
    assert [one["swap_p_holm"] for one in corrected(found)] == [0.008, 0.003, 0.5]
    every = corrected(found, 21)
    assert [one["swap_p_holm"] for one in every] == pytest.approx([0.08, 0.021, 1.0])
    assert {one["corrected_for"] for one in every} == {21}
    assert corrected([], 21) == []


def test_a_best_one_found_by_its_score_is_corrected_for_every_pair() -> None:
    sides = _single(1.5, 1.0, 1.1, 1.0, 0.9, 1.2, 1.0, n=100)
    found = between(sides, pairs_of([side.score("accuracy") for side in sides]), None, 20)
    assert len(found) == 6
    assert {one["corrected_for"] for one in found} == {21}
    least = min(found, key=lambda one: one["swap_p"])
    assert least["swap_p_holm"] == pytest.approx(min(1, 21 * least["swap_p"]))


def test_equal_models_rarely_seem_to_differ_from_the_one_that_happens_to_be_best() -> None:
    rng, wrong = np.random.default_rng(0), {66: 0, 11: 0}
    for _ in range(300):
        right = (rng.random((12, 150)) < 0.6).astype(np.int64)
        pairs = pairs_of(right.mean(axis=1).tolist())
        tests = [{"swap_p": swap_test(right[i] - right[j])} for i, j in pairs]
        for possible in wrong:
            wrong[possible] += any(one["swap_p_holm"] < 0.05 for one in corrected(tests, possible))
    assert wrong[66] <= 0.05 * 300
    assert wrong[11] > 0.05 * 300  # as if the best had been named before


def test_other_classes_or_rows_are_refused() -> None:
    case = made_case(np.random.default_rng(0), n=8, k=4)
    other: Any = replace(case, classes=case.classes[:3])
    with pytest.raises(DataError, match=r"a is scored on 4 classes, b on 3: only one .* fear; "):
        check_alike([case, other], ["a", "b"])
    with pytest.raises(DataError, match="a is scored on 8 pictures, b on 7 others of fer2013"):
        check_alike([case, replace(case, rows=case.rows[1:])], ["a", "b"])
    check_alike([case, case], ["a", "b"])
