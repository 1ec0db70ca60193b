import json

import numpy as np
import pytest

from mien.errors import DataError, UnknownNameError
from mien.evaluation.certainty import conformal
from mien.evaluation.certainty.conformal import (
    METHODS,
    fit,
    interval,
    measured,
    quantile,
    scores,
    sets,
)


def drawn(
    n: int, seed: int, power: float = 1.0, spread: float = 0.6
) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities of five classes and labels; calibrated where the power is 1."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(5, spread), n)
    true = np.minimum((rng.random((n, 1)) > p.cumsum(1)).sum(1), 4)
    said = np.maximum(p, 1e-12) ** power
    return said / said.sum(1, keepdims=True), true


def test_the_quantile_by_hand() -> None:
    strange = np.arange(1, 11) / 20
    assert quantile(strange, 0.8) == 0.45  # the ⌈11 · 0.8⌉ = 9th
    assert quantile(strange, 0.9) == 0.5
    assert quantile(strange, 0.95) == 1.0  # the 11th of 10: nothing is ruled out


def test_a_rank_that_is_whole_is_not_rounded_up_by_rounding() -> None:
    assert quantile(np.arange(1, 100) / 100, 0.07) == 0.07  # 100 · 0.07 = 7.000000000000001


def test_the_scores_of_both_methods_by_hand() -> None:
    p = np.array([[0.2, 0.7, 0.1]])
    share = np.random.default_rng(0).random()
    assert scores(p, "lac") == pytest.approx(np.array([[0.8, 0.3, 0.9]]))
    expected = [[0.7 + share * 0.2, share * 0.7, 0.9 + share * 0.1]]
    assert scores(p, "aps") == pytest.approx(np.array(expected))


def test_the_sets_of_lac_hold_what_is_likely_enough() -> None:
    p = np.array([[0.2, 0.7, 0.1], [0.4, 0.35, 0.25]])
    assert sets(p, 0.7, "lac").tolist() == [[False, True, False], [True, True, False]]
    assert not sets(p, 0.2, "lac").any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("power", [1.0, 3.0])
def test_the_coverage_is_what_was_wanted_however_poor_the_model(
    method: conformal.Method, power: float
) -> None:
    quantiles = fit(*drawn(2000, 1, power), method)
    found = measured(*drawn(20_000, 2, power), quantiles, 2000, method)
    for wanted, values in found.items():
        assert values["coverage"] == pytest.approx(float(wanted), abs=0.025)


@pytest.mark.parametrize("method", METHODS)
def test_the_coverage_lies_within_its_interval_as_often_as_promised(
    method: conformal.Method,
) -> None:
    within = []
    for seed in range(100):
        quantiles = fit(*drawn(200, 2 * seed + 1000), method)
        found = measured(*drawn(300, 2 * seed + 1001), quantiles, 200, method)
        within += [values["within"] for values in found.values()]
    assert np.mean(within) >= 0.92


def test_the_interval_agrees_with_scipy() -> None:
    betabinom = pytest.importorskip("scipy.stats").betabinom
    low, high = interval(0.9, 3199, 3153)
    law = betabinom(3153, 2880, 320)
    assert (low, high) == (law.ppf(0.025) / 3153, law.ppf(0.975) / 3153)


def test_too_few_rows_hold_everything_and_say_so() -> None:
    p, true = drawn(5, 0)
    quantiles = fit(p, true)
    assert quantiles["0.95"] == 1.0
    found = measured(*drawn(50, 1), quantiles, 5)["0.95"]
    assert (found["coverage"], found["interval"], found["size"]) == (1.0, [1.0, 1.0], 5.0)


def test_a_quantile_of_one_holds_every_class_however_sums_round() -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(7), 2000)
    p[np.arange(2000), p.argmin(axis=1)] = 0
    p /= p.sum(axis=1, keepdims=True)
    assert sets(p, 1.0, "aps").all()


def test_a_wider_coverage_has_larger_sets() -> None:
    found = measured(*drawn(3000, 3), fit(*drawn(3000, 4)), 3000)
    sizes = [values["size"] for values in found.values()]
    assert list(found) == ["0.8", "0.9", "0.95"]
    assert sizes == sorted(sizes)


def test_lac_has_the_smaller_sets() -> None:
    calibration, test = drawn(3000, 5), drawn(3000, 6)
    aps, lac = (measured(*test, fit(*calibration, m), 3000, m)["0.9"]["size"] for m in METHODS)
    assert lac < aps


def test_aps_covers_easy_and_hard_rows_alike() -> None:
    calibration, (p, true) = drawn(3000, 5, spread=0.2), drawn(20_000, 6, spread=0.2)
    hard = p.max(axis=1) < 0.6
    gaps = []
    for method in METHODS:
        held = sets(p, fit(*calibration, method)["0.8"], method)[np.arange(len(true)), true]
        gaps.append(held[~hard].mean() - held[hard].mean())
    aps, lac = gaps
    assert abs(aps) < 0.03
    assert lac > 0.1


def test_numbers_are_plain_json() -> None:
    found = json.loads(json.dumps(measured(*drawn(90, 7), fit(*drawn(60, 8)), 60)))
    assert set(found["0.9"]) == {
        *("q", "coverage", "interval", "within", "size", "single", "empty", "n")
    }


def test_the_same_rows_give_the_same_sets_each_time() -> None:
    p, _ = drawn(40, 9)
    np.testing.assert_array_equal(sets(p, 0.8, "aps"), sets(p, 0.8, "aps"))
    assert (scores(p, "aps", 0) != scores(p, "aps", 1)).any()


def test_wrong_use_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="'raps'; known: aps, lac"):
        scores(np.ones((1, 2)), "raps")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"found 1 and 3 rows"):
        quantile(np.ones(3), 1)
    with pytest.raises(DataError, match=r"found 0\.9 and 0 rows"):
        quantile(np.ones(0), 0.9)
    with pytest.raises(DataError, match="positions 0 to 1"):
        fit(np.ones((1, 2)) / 2, np.array([4]))
