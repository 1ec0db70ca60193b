import json

import numpy as np
import pytest
from made_cases import made_case

from mien.evaluation.certainty import calibration
from mien.evaluation.certainty.calibration import (
    against_votes,
    classwise_ece,
    ece,
    ece_equal_mass,
    equal_mass,
    equal_width,
    gap,
    measured,
    reliability,
)

RNG = np.random.default_rng(0)
FOUR = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
TRUE = np.array([0, 1, 1, 1])


def test_the_error_of_four_rows_by_hand() -> None:
    # five bins: 0.9 and 0.8 are in the last (mean 0.85, one of two right), 0.7 and 0.6 in the
    # fourth (mean 0.65, both right)
    assert ece(FOUR, TRUE, bins=5) == pytest.approx((2 * 0.35 + 2 * 0.35) / 4)
    # two bins of equal mass: {0.6, 0.7} and {0.8, 0.9}, the same
    assert ece_equal_mass(FOUR, TRUE, bins=2) == pytest.approx(0.35)


def test_the_classwise_error_of_four_rows_by_hand() -> None:
    # two bins; class 0: {0.3, 0.4} with no row of it, {0.9, 0.8} with one of two
    zero = (2 * 0.35 + 2 * abs(0.85 - 0.5)) / 4
    # class 1: {0.1, 0.2} with one of two, {0.7, 0.6} with both
    one = (2 * abs(0.15 - 0.5) + 2 * abs(0.65 - 1)) / 4
    assert classwise_ece(FOUR, TRUE, bins=2) == pytest.approx((zero + one) / 2)


@pytest.mark.parametrize("bins", [5, 15])
@pytest.mark.parametrize("skill", [0.5, 2.5])
def test_the_error_agrees_with_torchmetrics(bins: int, skill: float) -> None:
    torch = pytest.importorskip("torch")
    from mien.models.torchvision_operators import declare

    declare()
    from torchmetrics.functional.classification import multiclass_calibration_error

    case = made_case(np.random.default_rng(int(10 * skill)), 700, 7, skill)
    expected = multiclass_calibration_error(
        torch.from_numpy(case.probabilities), torch.from_numpy(case.true), 7, bins, "l1"
    )
    assert ece(case.probabilities, case.true, bins) == pytest.approx(float(expected), abs=1e-6)


def test_equal_mass_is_what_splitting_the_sorted_rows_gives() -> None:
    case = made_case(RNG, 600, 5)
    sure, right = case.probabilities.max(1), case.predicted == case.true
    order = np.argsort(sure)
    parts = np.array_split(order, 15)
    expected = sum(abs((sure[part] - right[part]).sum()) for part in parts) / 600
    assert ece_equal_mass(case.probabilities, case.true) == pytest.approx(expected)
    assert np.bincount(equal_mass(sure)).tolist() == [40] * 15


def test_the_order_of_rows_does_not_matter_where_confidences_are_equal() -> None:
    p = np.repeat([[0.9, 0.1], [0.6, 0.4]], 50, axis=0)
    true = RNG.integers(0, 2, 100)
    shuffled = RNG.permutation(100)
    assert len(np.unique(equal_mass(p.max(1)))) == 2
    assert ece_equal_mass(p, true) == pytest.approx(ece_equal_mass(p[shuffled], true[shuffled]))


def test_edges_belong_to_the_bin_above_and_one_to_the_last() -> None:
    assert equal_width(np.array([0.0, 0.1999, 0.2, 0.999, 1.0]), 5).tolist() == [0, 0, 1, 4, 4]


def test_a_calibrated_model_has_an_error_near_zero_and_a_boaster_a_large_one() -> None:
    p = RNG.dirichlet(np.ones(4), 20_000)
    true = (RNG.random((20_000, 1)) > p.cumsum(1)[:, :-1]).sum(1)
    boasting = p**3 / (p**3).sum(1, keepdims=True)
    for error in (ece, ece_equal_mass, classwise_ece):
        assert error(p, true) < 0.015
        assert error(boasting, true) > 0.05


def test_bins_add_up_to_the_error_and_empty_ones_are_there() -> None:
    case = made_case(RNG, 300, 4, 3.0)
    values = measured(case)
    assert len(values["bins"]) == calibration.BINS
    assert sum(one["n"] for one in values["bins"]) == 300
    full = [one for one in values["bins"] if one["n"]]
    again = sum(one["n"] * abs(one["confidence"] - one["accuracy"]) for one in full) / 300
    assert again == pytest.approx(values["ece"])
    empty = reliability(np.array([0.95]), np.array([True]))[0]
    assert empty == {"low": 0, "high": pytest.approx(1 / 15), "n": 0} | dict.fromkeys(
        ("confidence", "accuracy")
    )


def test_numbers_are_plain_json_and_votes_come_where_there_are_some() -> None:
    case = made_case(RNG, 50, 3)
    values = json.loads(json.dumps(measured(case), allow_nan=False))
    assert {"ece", "ece_equal_mass", "classwise_ece", "nll", "brier", "bins"} <= set(values)
    assert "kl" not in values
    shares = RNG.dirichlet(np.ones(3), 50)
    voted = measured(made_case(RNG, 50, 3, targets=shares))
    assert {"kl", "cross_entropy", "agreement", "agreement_at_most"} <= set(voted)


def test_distance_to_votes_by_hand() -> None:
    p = np.array([[0.5, 0.5, 0.0], [0.2, 0.2, 0.6]])
    shares = np.array([[0.75, 0.25, 0.0], [0.0, 1.0, 0.0]])
    found = against_votes(p, shares)
    cross = [-np.log(0.5), -np.log(0.2)]
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert found["cross_entropy"] == pytest.approx(np.mean(cross))
    assert found["kl"] == pytest.approx(np.mean([cross[0] - entropy, cross[1]]))
    assert found["agreement"] == pytest.approx((0.75 + 0) / 2)
    assert found["agreement_at_most"] == pytest.approx((0.75 + 1) / 2)


def test_the_votes_themselves_have_no_distance() -> None:
    shares = RNG.dirichlet(np.full(5, 0.3), 40)
    found = against_votes(shares, shares)
    assert found["kl"] == pytest.approx(0, abs=1e-9)
    assert found["agreement"] == found["agreement_at_most"]


def test_divergence_agrees_with_torch() -> None:
    torch = pytest.importorskip("torch")
    p, shares = RNG.dirichlet(np.ones(8), (2, 60))
    expected = torch.nn.functional.kl_div(
        torch.from_numpy(p).log(), torch.from_numpy(shares), reduction="batchmean"
    )
    assert against_votes(p, shares)["kl"] == pytest.approx(float(expected))


def test_an_impossible_answer_costs_a_bounded_amount() -> None:
    found = against_votes(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    assert found["cross_entropy"] == pytest.approx(-np.log(2.22e-16), abs=0.01)


def test_the_gap_of_an_event_that_is_foretold_rightly_is_zero() -> None:
    assert gap(np.array([0.5, 0.5]), np.array([True, False]), np.array([0, 0])) == 0
