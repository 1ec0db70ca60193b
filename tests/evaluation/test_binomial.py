import numpy as np
import pytest

from mien.evaluation.certainty.binomial import beta_binomial_interval, upper_bound


def test_no_error_in_n_has_the_bound_by_hand() -> None:
    # (1 - p)^29 = 0.05
    assert upper_bound(0, 29, 0.95) == pytest.approx(1 - 0.05 ** (1 / 29))


def test_nothing_and_everything_are_bounded_by_one() -> None:
    assert upper_bound(0, 0, 0.95) == 1
    assert upper_bound(7, 7, 0.95) == 1


@pytest.mark.parametrize(("k", "n"), [(0, 5), (1, 40), (25, 300), (299, 300), (320, 3199)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.996])
def test_the_bound_agrees_with_scipy(k: int, n: int, confidence: float) -> None:
    beta = pytest.importorskip("scipy.stats").beta
    expected = beta.ppf(confidence, k + 1, n - k)
    assert upper_bound(k, n, confidence) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("a", "b", "n"), [(1, 1, 10), (9, 2, 50), (2880, 320, 3153)])
def test_the_interval_agrees_with_scipy(a: int, b: int, n: int) -> None:
    betabinom = pytest.importorskip("scipy.stats").betabinom
    low, high = beta_binomial_interval(a, b, n)
    assert (low, high) == (betabinom.ppf(0.025, n, a, b), betabinom.ppf(0.975, n, a, b))


def test_a_flat_share_makes_every_count_as_likely() -> None:
    assert beta_binomial_interval(1, 1, 100, confidence=0.9) == (5, 95)


def test_counts_drawn_at_random_lie_within_as_often_as_promised() -> None:
    rng = np.random.default_rng(0)
    low, high = beta_binomial_interval(91, 10, 200)
    counts = rng.binomial(200, rng.beta(91, 10, 20_000))
    assert 0.945 <= ((counts >= low) & (counts <= high)).mean() <= 0.97
