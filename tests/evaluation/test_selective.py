import json

import numpy as np
import pytest

from mien.errors import DataError
from mien.evaluation.certainty.binomial import upper_bound
from mien.evaluation.certainty.selective import answered, measured, risk_coverage, threshold

RNG = np.random.default_rng(5)


def drawn(n: int, ease: float = 3.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return confidences, and for each whether a calibrated answer of it is right."""
    rng = np.random.default_rng(seed)
    confidence = rng.beta(ease, 1, n)
    return confidence, rng.random(n) < confidence


def test_the_curve_of_four_rows_by_hand() -> None:
    curve = risk_coverage(np.array([0.2, 0.9, 0.5, 0.7]), np.array([True, True, True, False]))
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])
    assert curve.area == pytest.approx((1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert curve.excess == pytest.approx(curve.area - (1 / 4) / 4)  # best: one error, at the end


def test_equal_confidences_give_the_mean_over_their_orders() -> None:
    confidence, right = np.full(5, 0.5), np.array([True, False, True, True, False])
    orders = [RNG.permutation(5) for _ in range(4000)]
    each = [np.cumsum(~right[order]) / np.arange(1, 6) for order in orders]
    assert risk_coverage(confidence, right).risk == pytest.approx(np.mean(each, axis=0), abs=0.02)


def test_an_order_with_all_errors_last_has_no_excess() -> None:
    right = np.arange(50) < 40
    assert risk_coverage(-np.arange(50.0), right).excess == pytest.approx(0)
    assert risk_coverage(np.arange(50.0), right).excess > 0.3


def test_the_area_agrees_with_a_sum_over_thresholds() -> None:
    confidence, right = drawn(300)
    risks = [1 - right[confidence >= t].mean() for t in np.sort(confidence)[::-1]]
    assert risk_coverage(confidence, right).area == pytest.approx(np.mean(risks))


def test_the_threshold_keeps_its_bound_and_more_would_not() -> None:
    confidence, right = drawn(2000)
    found = threshold(confidence, right)
    assert found.below is not None
    given = confidence >= found.below
    n, wrong = int(given.sum()), int((given & ~right).sum())
    assert found.answered == pytest.approx(n / 2000)
    assert found.wrong == pytest.approx(wrong / n)
    steps = 11 + 1  # ceil(log2(2000)), and full coverage
    assert found.bound == pytest.approx(upper_bound(wrong, n, 1 - 0.05 / steps))
    assert found.bound <= 0.1
    more = confidence >= np.quantile(confidence, 1 - found.answered - 0.02)
    worse = upper_bound(int((more & ~right).sum()), int(more.sum()), 1 - 0.05 / steps)
    assert worse > 0.1


def test_the_wanted_share_holds_on_new_rows_nearly_always() -> None:
    confidence, right = drawn(200_000, ease=6, seed=99)
    kept = 0
    for seed in range(100):
        found = threshold(*drawn(1000, ease=6, seed=seed))
        assert found.below is not None
        kept += 1 - right[confidence >= found.below].mean() <= 0.1
    assert kept >= 95


def test_where_all_may_be_answered_all_is() -> None:
    found = threshold(RNG.random(500), np.ones(500, bool))
    assert (found.below, found.answered, found.wrong) == (0.0, 1.0, 0.0)


def test_too_few_or_too_poor_rows_have_no_threshold() -> None:
    for confidence, right in (
        (RNG.random(20), np.ones(20, bool)),
        (RNG.random(500), np.zeros(500, bool)),
    ):
        found = threshold(confidence, right)
        assert (found.below, found.answered, found.wrong, found.bound) == (1.0, 0.0, None, None)


def test_a_few_dozen_rows_are_not_given_up_because_half_of_them_prove_nothing() -> None:
    right = np.arange(80) < 70  # 49 rows without an error would suffice, 40 do not
    found = threshold(1 - np.arange(80) / 100, right)
    assert found.bound is not None
    assert found.bound <= 0.1
    assert 0.6 < found.answered < 0.9


def test_equal_confidences_are_answered_together_or_not() -> None:
    confidence = np.repeat([0.9, 0.6], 400)
    right = np.concatenate([np.ones(400, bool), RNG.random(400) < 0.6])
    found = threshold(confidence, right)
    assert (found.below, found.answered) == (pytest.approx(0.75), 0.5)


def test_a_smaller_wanted_error_answers_less() -> None:
    confidence, right = drawn(4000)
    shares = [threshold(confidence, right, error).answered for error in (0.05, 0.1, 0.2)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]


def test_what_a_threshold_does_on_other_rows_by_hand() -> None:
    confidence, right = np.array([0.9, 0.8, 0.3]), np.array([True, False, True])
    found = answered(confidence, right, 0.8)
    assert (found["n"], found["answered"], found["wrong"]) == (3, pytest.approx(2 / 3), 0.5)
    nothing = answered(np.array([1.0, 0.8, 0.3]), right, 1.0)
    assert (nothing["answered"], nothing["wrong"], nothing["interval"]) == (0, None, [0, 1])


def test_the_curve_is_kept_short_and_plain() -> None:
    values = json.loads(json.dumps(measured(*drawn(5000)), allow_nan=False))
    assert len(values["coverage"]) == len(values["risk"]) == 101
    assert values["coverage"][-1] == 1
    assert values["aurc"] > values["e_aurc"] > 0
    assert len(measured(*drawn(7))["risk"]) == 7


def test_wrong_use_is_refused() -> None:
    with pytest.raises(DataError, match=r"at least one.*found \[0\] and \[0\]"):
        risk_coverage(np.array([]), np.array([], bool))
    with pytest.raises(DataError, match=r"found \[2\] and \[3\]"):
        threshold(np.ones(2), np.ones(3, bool))
    with pytest.raises(DataError, match=r"between 0 and 1, found 1.5"):
        threshold(np.ones(2), np.ones(2, bool), error=1.5)
