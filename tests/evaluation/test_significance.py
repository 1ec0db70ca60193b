"""Tests of a difference: against scipy, by hand, and on answers that do not differ."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.errors import DataError
from mien.evaluation.sampling.significance import difference, holm, mcnemar, swap_test


def test_mcnemar_by_hand() -> None:
    # 5 against 1 of 6: 2 × (1 + 6) / 64, and half of the 6 less on each side
    assert mcnemar(5, 1) == {"b": 5, "c": 1, "p": 14 / 64, "p_mid": 8 / 64}
    assert mcnemar(1, 5)["p"] == 14 / 64
    assert mcnemar(0, 5)["p"] == 2 / 32


def test_models_that_never_differ_do_not_differ() -> None:
    assert mcnemar(0, 0) == {"b": 0, "c": 0, "p": 1.0, "p_mid": 1.0}
    assert swap_test(np.zeros(9, np.int64)) == 1.0
    assert mcnemar(8, 8)["p"] == mcnemar(8, 8)["p_mid"] == 1.0


@pytest.mark.parametrize(("b", "c"), [(10, 2), (3, 4), (0, 1), (300, 250), (1500, 1700)])
def test_mcnemar_agrees_with_scipy_s_binomial_test(b: int, c: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    found = mcnemar(b, c)
    exact = stats.binomtest(b, b + c).pvalue
    assert found["p"] == pytest.approx(exact)
    assert found["p_mid"] == pytest.approx(exact - stats.binom.pmf(min(b, c), b + c, 0.5))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_swapping_pictures_is_mcnemar_s_exact_test(b: int, c: int, same: int) -> None:
    differences = np.array([1] * b + [-1] * c + [0] * same, np.int64)
    assert swap_test(differences) == pytest.approx(mcnemar(b, c)["p"])


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_the_swap_test_counts_every_way_to_swap(differences: list[int]) -> None:
    each = np.array(differences)
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(each))).reshape(len(each), -1)
    sums = np.abs(each @ signs)
    expected = (sums >= abs(each.sum())).mean()
    assert swap_test(each) == pytest.approx(expected)


def test_a_difference_that_hangs_on_one_person_is_not_sure() -> None:
    pictures = np.array([1] * 12 + [-1] * 2)
    assert swap_test(pictures) < 0.02
    people = np.array([12, -1, -1])  # one person has all twelve
    assert swap_test(people) == 1.0  # ±12 ±1 ±1 is always as far from 0 as 10


def test_a_thousand_differences_are_no_trouble() -> None:
    differences = np.random.default_rng(0).integers(-9, 10, 4000)
    assert 0 <= swap_test(differences) <= 1


def test_a_difference_by_hand() -> None:
    drawn = np.array([-0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09])
    found = difference(0.7, 0.65, drawn)
    assert found["difference"] == pytest.approx(0.05)
    assert (found["first"], found["second"]) == (0.7, 0.65)
    assert found["p"] == 2 * (1 + 1) / (9 + 1)
    low, high = found["interval"]
    assert (low, high) == (pytest.approx(-0.004), pytest.approx(0.088))


def test_a_p_of_the_bootstrap_is_never_0_and_never_above_1() -> None:
    assert difference(0.7, 0.6, np.full(999, 0.1))["p"] == 2 / 1000
    assert difference(0.7, 0.7, np.zeros(999))["p"] == 1.0


def test_a_difference_without_resamples_has_neither_interval_nor_p() -> None:
    found = difference(0.7, 0.6, np.full(50, np.nan))
    assert found["difference"] == pytest.approx(0.1)
    assert found["interval"] is found["p"] is None


def test_holm_by_hand() -> None:
    # sorted 0.005 × 4, 0.01 × 3, 0.03 × 2, 0.04 × 1: the last is not below the one before
    assert holm([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_only_raises_and_keeps_the_order(each: list[float]) -> None:
    found = holm(each)
    assert all(a <= b <= 1 for a, b in zip(each, found, strict=True))
    order = sorted(range(len(each)), key=lambda i: each[i])
    assert [found[i] for i in order] == sorted(found)


def test_no_more_differences_are_found_between_equals_than_the_level_says() -> None:
    rng = np.random.default_rng(0)
    ps = [swap_test(rng.integers(-1, 2, 80)) for _ in range(600)]
    assert (np.array(ps) <= 0.05).mean() < 0.06  # exact tests are cautious


@pytest.mark.parametrize("counts", [(-1, 2), (2, -1)])
def test_counts_below_0_are_refused(counts: Any) -> None:
    with pytest.raises(DataError, match="expected counts from 0"):
        mcnemar(*counts)
