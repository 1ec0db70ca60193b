"""Scores of parts of the rows: the report's for each part, and resamples drawn together."""

import numpy as np
import pytest
from made_cases import made_case

from mien.evaluation.metrics import classification_report
from mien.evaluation.sampling.intervals import bootstrap
from mien.evaluation.sampling.parts import SCORES, Parts, intervals
from mien.evaluation.sampling.resampling import weights


def test_each_part_has_the_scores_of_its_own_report() -> None:
    case = made_case(np.random.default_rng(0), n=120, k=5)
    parts = [np.arange(0, 120, 2), np.arange(60), np.array([7])]
    for part, found in zip(parts, Parts(case, parts).observed(), strict=True):
        report = classification_report(case.true[part], case.predicted[part], case.classes)
        assert found == pytest.approx({name: report[name] for name in SCORES})


def test_macro_f1_may_be_over_the_classes_that_are_there() -> None:
    true, chosen = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])
    case = made_case(np.random.default_rng(0), n=4, k=3, true=true, probabilities=np.eye(3)[chosen])
    part = np.array([0, 1])  # one class alone: precision 1, recall 1/2
    assert Parts(case, [part]).observed()[0]["macro_f1"] == pytest.approx(2 / 9)
    assert Parts(case, [part], present=True).observed()[0]["macro_f1"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("people", [None, 30])
def test_intervals_of_all_rows_are_those_of_the_bootstrap(people: int | None) -> None:
    rng = np.random.default_rng(1)
    case = made_case(rng, n=150, k=4)
    groups = None if people is None else rng.integers(0, people, 150).astype(str)
    whole = Parts(case, [np.arange(150)]).resampled(groups, 200, 3)[0]
    expected = bootstrap(case, groups, resamples=200, seed=3)["intervals"]
    assert intervals(whole) == {name: pytest.approx(expected[name]) for name in SCORES}


def test_parts_are_drawn_together() -> None:
    case = made_case(np.random.default_rng(2), n=80)
    halves = [np.arange(40), np.arange(40, 80)]
    first, second, again = Parts(case, [*halves, halves[0]]).resampled(None, 50)
    assert np.array_equal(first["accuracy"], again["accuracy"])
    assert not np.array_equal(first["accuracy"], second["accuracy"])


def test_each_part_is_weighted_by_its_own_rows() -> None:
    case = made_case(np.random.default_rng(4), n=60)
    part, right = np.arange(1, 60, 3), case.true == case.predicted
    drawn = np.vstack(list(weights(None, 60, 50)))[:, part]
    found = Parts(case, [part]).resampled(None, 50)[0]["accuracy"]
    assert found == pytest.approx(drawn @ right[part] / drawn.sum(1))


def test_a_part_of_one_person_is_sometimes_not_drawn() -> None:
    case = made_case(np.random.default_rng(3), n=40)
    people = np.array(["a"] * 20 + ["b"] * 20)
    drawn = Parts(case, [np.arange(20)]).resampled(people, 200)[0]
    nothing = np.isnan(drawn["accuracy"])
    assert 20 < nothing.sum() < 80  # a quarter of the resamples draw b twice
    assert np.array_equal(nothing, np.isnan(drawn["macro_f1"]))
    assert len(np.unique(drawn["accuracy"][~nothing])) == 1  # the person brings all rows along


@pytest.mark.parametrize("present", [False, True])
def test_a_class_that_is_not_drawn_does_not_count_in_the_macro_f1_of_a_part(present: bool) -> None:
    true = np.array([0] * 30 + [1] + [2] * 20)
    case = made_case(np.random.default_rng(0), n=51, k=3, true=true, probabilities=np.eye(3)[true])
    part = np.arange(31)  # all right; the third class has no row in it
    made = Parts(case, [part], present=present)
    drawn = made.resampled(None, 200)[0]["macro_f1"]
    (found,) = made.observed()
    assert found["macro_f1"] == pytest.approx(1.0 if present else 2 / 3)
    there = np.vstack(list(weights(None, 51, 200)))[:, 30] > 0
    assert drawn[there] == pytest.approx(found["macro_f1"])
    assert drawn[~there] == pytest.approx(1.0 if present else 1 / 2)
