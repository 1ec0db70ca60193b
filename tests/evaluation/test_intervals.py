"""Bootstrap intervals: what they cover, what widens them, and how fast they are."""

import json
import time
from typing import Any

import numpy as np
import pytest
from made_cases import made_case

from mien.errors import DataError
from mien.evaluation.metrics import classification_report, wilson_interval
from mien.evaluation.sampling.intervals import Binned, bootstrap


def test_every_score_has_an_interval_around_it_as_plain_json() -> None:
    case = made_case(np.random.default_rng(0), n=400, k=4)
    found = bootstrap(case, resamples=300)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["unit"], found["clusters"]) == ("picture", 400)
    report = classification_report(case.true, case.predicted, case.classes)
    assert {"auroc", "top2", "nll", "brier", "macro_recall"} <= set(found["intervals"])
    for name, (low, high) in found["intervals"].items():
        assert low < high
        assert low <= report.get(name, low) <= high, name
    for name, one in found["per_class"].items():
        assert set(one) == {"precision", "recall", "f1", "auroc"}
        for key in ("precision", "recall", "f1"):
            low, high = one[key]
            assert low <= report["per_class"][name][key] <= high


def test_the_accuracy_s_interval_is_near_wilson_s() -> None:
    case = made_case(np.random.default_rng(1), n=2000, k=3)
    right = int((case.predicted == case.true).sum())
    found = bootstrap(case, resamples=2000)["intervals"]
    assert found["accuracy"] == pytest.approx(wilson_interval(right, 2000), abs=0.003)


def test_the_seed_decides() -> None:
    case = made_case(np.random.default_rng(0))
    first = bootstrap(case, resamples=50, seed=1)
    assert bootstrap(case, resamples=50, seed=1) == first
    assert bootstrap(case, resamples=50, seed=2) != first


def test_people_who_are_alike_in_themselves_widen_the_interval() -> None:
    case = made_case(np.random.default_rng(0), n=20, k=4)
    rows = np.repeat(np.arange(20), 10)  # ten equal pictures of each of 20 people
    alike = made_case(
        np.random.default_rng(0), n=200, true=case.true[rows],
        probabilities=case.probabilities[rows],
    )  # fmt: skip
    people = np.array([f"s{i:02}" for i in rows])

    def width(found: dict[str, Any]) -> float:
        low, high = found["intervals"]["accuracy"]
        return float(high - low)

    by_picture = bootstrap(alike, np.array([""] * 200))
    by_person = bootstrap(alike, people)
    assert (by_person["unit"], by_person["clusters"]) == ("subject", 20)
    assert by_picture == bootstrap(alike)
    assert width(by_person) > 2.5 * width(by_picture)  # √10 = 3.2 is what it should be
    twenty = bootstrap(case)["intervals"]
    for name, ends in by_person["intervals"].items():
        assert ends == pytest.approx(twenty[name]), name


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    world = made_case(rng, n=200_000, k=3, skill=1.0)
    truth = classification_report(world.true, world.predicted, world.classes)
    inside = {"accuracy": 0, "macro_f1": 0}
    trials = 150
    for _ in range(trials):
        rows = rng.integers(0, 200_000, 150)
        case = made_case(
            rng, n=150, k=3, true=world.true[rows], probabilities=world.probabilities[rows]
        )
        found = bootstrap(case, resamples=200, seed=int(rng.integers(1 << 30)))["intervals"]
        for name in inside:
            low, high = found[name]
            inside[name] += low <= truth[name] <= high
    for name, count in inside.items():
        # 95 % of 150 is 142.5, give or take 3 × 2.7
        assert 134 <= count <= 150, (name, count)


def test_a_class_without_rows_has_no_interval_of_its_own() -> None:
    rng = np.random.default_rng(0)
    case = made_case(rng, n=80, k=3, true=rng.integers(0, 2, 80))
    found = bootstrap(case, resamples=50)
    names = list(case.classes)
    assert found["per_class"][names[2]]["recall"] is None
    assert found["per_class"][names[2]]["auroc"] is None
    assert found["per_class"][names[0]]["auroc"] is not None
    assert None not in found["intervals"].values()


def test_one_picture_has_intervals_without_width() -> None:
    found = bootstrap(made_case(np.random.default_rng(0), n=1), resamples=20)
    low, high = found["intervals"]["accuracy"]
    assert low == high
    assert found["intervals"]["auroc"] is None


def test_further_numbers_get_intervals_too() -> None:
    case = made_case(np.random.default_rng(0), n=300, k=3)
    sure = case.probabilities.max(axis=1)
    gaps = sure - (case.predicted == case.true)
    ece = Binned(np.minimum((sure * 15).astype(np.int64), 14), gaps)
    found = bootstrap(case, resamples=100, means={"gap": gaps}, binned={"ece": ece})["intervals"]
    low, high = found["gap"]
    assert low < gaps.mean() < high
    assert 0 < found["ece"][0] < found["ece"][1] < 1


def test_subjects_of_other_rows_are_refused() -> None:
    case = made_case(np.random.default_rng(0), n=5)
    with pytest.raises(DataError, match=r"\(5 rows\), found \[2\]"):
        bootstrap(case, np.array(["a", "b"]))


def test_fer2013_s_test_split_takes_seconds() -> None:
    case = made_case(np.random.default_rng(0), n=3589, k=8)
    start = time.process_time()
    bootstrap(case)
    assert time.process_time() - start < 6  # one second on an idle core


@pytest.mark.parametrize(("count", "sure"), [(1, False), (2, False), (4, False), (5, True)])
def test_scores_on_fewer_than_five_people_have_no_interval(count: int, sure: bool) -> None:
    case = made_case(np.random.default_rng(0), n=60)
    found = bootstrap(case, np.array([f"s{i % count}" for i in range(60)]), resamples=50)
    assert (found["unit"], found["clusters"]) == ("subject", count)
    each = list(found["intervals"].values())
    each += [ends for one in found["per_class"].values() for ends in one.values()]
    assert all((ends is not None) == sure for ends in each)


def test_a_rare_class_that_is_not_drawn_does_not_lower_a_perfect_score() -> None:
    true = np.array([0] * 50 + [1])
    case = made_case(np.random.default_rng(0), n=51, k=2, true=true, probabilities=np.eye(2)[true])
    found = bootstrap(case)["intervals"]
    for name in ("macro_f1", "macro_precision", "macro_recall", "balanced_accuracy"):
        assert found[name] == [1, 1], name


def test_a_class_that_no_row_has_counts_as_0_in_every_resample() -> None:
    true = np.arange(60) % 2
    case = made_case(np.random.default_rng(0), n=60, k=3, true=true, probabilities=np.eye(3)[true])
    report = classification_report(case.true, case.predicted, case.classes)
    assert report["macro_f1"] == pytest.approx(2 / 3)
    assert bootstrap(case, resamples=50)["intervals"]["macro_f1"] == pytest.approx([2 / 3] * 2)
