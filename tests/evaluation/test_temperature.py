import numpy as np
import pytest

from mien.errors import DataError
from mien.evaluation.case import mask_classes
from mien.evaluation.certainty import temperature
from mien.evaluation.metrics import negative_log_likelihood

RNG = np.random.default_rng(3)


def drawn(n: int = 6000, k: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are calibrated, and labels drawn from them."""
    logits = RNG.normal(0, 2, (n, k))
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return p, (RNG.random((n, 1)) > p.cumsum(1)[:, :-1]).sum(1)


@pytest.mark.parametrize("true_value", [0.4, 1.0, 2.5])
def test_the_temperature_of_made_up_logits_is_found(true_value: float) -> None:
    p, true = drawn()
    said = temperature.apply(p, 1 / true_value)  # logits times the temperature that is wanted
    assert temperature.fit(said, true) == pytest.approx(true_value, rel=0.05)


def test_no_other_temperature_has_a_smaller_loss() -> None:
    p, true = drawn(400)
    said = temperature.apply(p, 0.3)
    found = temperature.fit(said, true)
    losses = [
        negative_log_likelihood(temperature.apply(said, found * step), true)
        for step in (0.97, 0.999, 1, 1.001, 1.03)
    ]
    assert min(losses) == losses[2]


def test_it_agrees_with_a_search_by_scipy() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    p, true = drawn(500, 8)
    said = temperature.apply(p, 0.6)
    found = optimize.minimize_scalar(
        lambda t: negative_log_likelihood(temperature.apply(said, t), true),
        bounds=(0.1, 10),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert temperature.fit(said, true) == pytest.approx(found.x, rel=1e-4)


@pytest.mark.parametrize("value", [0.1, 0.57, 1.0, 8.0])
def test_answers_and_the_order_of_classes_stay(value: float) -> None:
    p, _ = drawn(300)
    after = temperature.apply(p, value)
    np.testing.assert_array_equal(np.argsort(p, axis=1), np.argsort(after, axis=1))
    np.testing.assert_allclose(after.sum(1), 1)


def test_a_temperature_of_one_changes_nothing_and_two_can_be_taken_back() -> None:
    p, _ = drawn(50)
    np.testing.assert_allclose(temperature.apply(p, 1.0), p)
    np.testing.assert_allclose(temperature.apply(temperature.apply(p, 2.0), 0.5), p)


def test_masking_classes_before_or_after_gives_the_same() -> None:
    p, _ = drawn(50)
    classes = ["anger", "contempt", "disgust", "fear", "happiness"]
    kept = [name for name in classes if name != "contempt"]
    before = temperature.apply(mask_classes(p, classes, kept)[:, [0, 2, 3, 4]], 0.6)
    after = mask_classes(temperature.apply(p, 0.6), classes, kept)[:, [0, 2, 3, 4]]
    np.testing.assert_allclose(before, after)


def test_answers_that_are_all_right_end_the_search_at_its_edge() -> None:
    p = np.array([[0.7, 0.3], [0.4, 0.6]])
    assert temperature.fit(p, np.array([0, 1])) == pytest.approx(temperature.LEAST)
    assert temperature.fit(p, np.array([1, 0])) == pytest.approx(temperature.MOST)


def test_a_probability_of_zero_is_no_trouble() -> None:
    p = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.6, 0.4]], np.float32)
    found = temperature.fit(p, np.array([0, 1, 1, 0]))
    assert temperature.LEAST <= found <= temperature.MOST
    assert np.isfinite(temperature.apply(p, found)).all()


def test_what_does_not_belong_together_is_refused() -> None:
    p = np.array([[0.7, 0.3], [0.4, 0.6]])
    for wrong, true in (
        (p, np.array([0])),
        (p, np.array([0, 2])),
        (np.array([[np.nan, 1.0]]), np.array([0])),
        (p[:0], np.array([], int)),
    ):
        with pytest.raises(DataError, match="expected"):
            temperature.fit(wrong, true)
