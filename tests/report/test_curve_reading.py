"""What learning curves say: each verdict on a made-up run, and on noise."""

import csv
import io
import re
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mien.report import reading as rules
from mien.report.reading import reading
from mien.report.trends import fall, middle, noise, tail

Values = npt.NDArray[np.float64]
EPOCHS = 40
TIME = np.arange(EPOCHS)


def level(start: float, end: float, speed: float) -> Values:
    """Return a course that bends from one value to another."""
    return end + (start - end) * np.exp(-TIME / speed)


RUNS: dict[str, tuple[Values, Values, Values, Values]] = {
    "well fitted": (
        level(1.9, 0.9, 4), level(1.8, 1.0, 4), level(0.3, 0.7, 4), level(0.3, 0.66, 4)
    ),
    "overfitting": (
        level(1.9, 0.3, 10), level(1.8, 0.9, 4) + 0.6 * TIME / EPOCHS,
        level(0.3, 0.95, 10), level(0.3, 0.66, 4),
    ),
    "still improving": (
        1.9 - 0.9 * TIME / EPOCHS, 1.8 - 0.8 * TIME / EPOCHS,
        0.3 + 0.3 * TIME / EPOCHS, 0.3 + 0.35 * TIME / EPOCHS,
    ),
    "underfitting": (
        level(1.9, 1.6, 2), level(1.8, 1.6, 2), level(0.2, 0.35, 2), level(0.2, 0.4, 2)
    ),
    "diverged": (
        np.where(TIME < EPOCHS - 4, level(1.9, 0.9, 4), 2.2), level(1.8, 1.0, 4),
        level(0.3, 0.7, 4), level(0.3, 0.66, 4),
    ),
    "unsteady": (
        level(1.9, 0.9, 2), np.where(TIME < EPOCHS - 6, level(1.8, 1.0, 4), 1.3),
        level(0.3, 0.7, 4), level(0.3, 0.66, 4),
    ),
}  # fmt: skip
"""Verdict → training loss, validation loss, training accuracy, validation accuracy."""


def rows_of(
    train: Values, val: Values, learnt: Values | None = None, right: Values | None = None
) -> list[dict[str, Any]]:
    rows = []
    for n in range(len(train)):
        row = {"epoch": n + 1, "train_loss": train[n], "val_loss": val[n]}
        if learnt is not None and right is not None:
            row |= {"train_accuracy_a": learnt[n], "val_accuracy": right[n]}
        rows.append(row)
    return rows


@pytest.mark.parametrize("verdict", RUNS)
def test_each_verdict_on_a_smooth_run(verdict: str) -> None:
    found = reading(rows_of(*RUNS[verdict]))
    assert found.verdict == verdict
    assert found.text.startswith(f"{verdict.capitalize()}: ")


@pytest.mark.parametrize("verdict", RUNS)
def test_noise_seldom_changes_a_verdict(verdict: str) -> None:
    """Validation jumps by 3 % from epoch to epoch, training by 1 %."""
    train, val, *accuracies = RUNS[verdict]
    found: Counter[str] = Counter()
    for seed in range(100):
        random = np.random.default_rng(seed)
        jumps = np.exp(0.03 * random.normal(size=EPOCHS)), np.exp(0.01 * random.normal(size=EPOCHS))
        found[reading(rows_of(train * jumps[1], val * jumps[0], *accuracies)).verdict] += 1
    assert found[verdict] >= 90, found


@pytest.mark.parametrize("epochs", [8, 20, 100])
def test_noise_alone_is_not_taken_for_a_trend(epochs: int) -> None:
    found: Counter[str] = Counter()
    for seed in range(100):
        random = np.random.default_rng(seed)
        train, val = np.exp(0.1 * random.normal(size=(2, epochs)))
        share = np.full(epochs, 0.7)
        found[reading(rows_of(train, val, share + 0.01, share)).verdict] += 1
    assert found["well fitted"] + found["diverged"] >= 85, found
    assert found["overfitting"] <= 5
    assert found["still improving"] <= 6


def test_the_sentence_holds_the_numbers() -> None:
    train, val, *accuracies = RUNS["overfitting"]
    found = reading(rows_of(train, val, *accuracies), best=15)
    smooth = middle(val)
    low = int(smooth.argmin())
    assert f"lowest, {smooth[low]:.3f} at epoch {low + 1}" in found.text
    assert f"to {smooth[-1]:.3f} at the end" in found.text
    assert f"rose by {100 * (smooth[-1] / smooth[low] - 1):.0f} % from" in found.text
    assert found.text.endswith("The weights kept are those of epoch 15.")


def test_numbers_may_be_text() -> None:
    rows = rows_of(*RUNS["overfitting"])
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    read = csv.DictReader(text.getvalue().splitlines())
    assert reading(list(read)) == reading(rows)


def test_a_training_loss_above_the_validation_loss_is_no_fault() -> None:
    """Mixup, smoothing, class weights and dropout lift it by any factor."""
    train, val, learnt, right = RUNS["well fitted"]
    assert reading(rows_of(3 * train, val, learnt - 0.2, right)).verdict == "well fitted"
    train, val, learnt, right = RUNS["overfitting"]
    assert reading(rows_of(3 * train + 1, val, learnt - 0.2, right)).verdict == "overfitting"


def test_one_lucky_epoch_is_no_lowest() -> None:
    train, val, *accuracies = RUNS["well fitted"]
    lucky = val.copy()
    lucky[20] *= 0.7
    assert reading(rows_of(train, lucky, *accuracies)).verdict == "well fitted"


def test_one_bad_epoch_at_the_end_is_no_rise() -> None:
    train, val, *accuracies = (values.copy() for values in RUNS["well fitted"])
    val[-1] *= 1.5
    train[-1] *= 1.5
    assert reading(rows_of(train, val, *accuracies)).verdict == "well fitted"


def test_pictures_learnt_by_heart_are_seen_by_the_accuracies() -> None:
    """The validation loss has levelled off, but training is 24 points ahead."""
    train, val, _, right = RUNS["well fitted"]
    found = reading(rows_of(train, val, level(0.3, 0.9, 4), right))
    assert found.verdict == "overfitting"
    assert "90 % of the training pictures are answered right, 66 % of the validation" in found.text


def test_training_that_still_learns_and_is_not_ahead_is_improving() -> None:
    train, val = 1.9 - 0.9 * TIME / EPOCHS, level(1.8, 1.2, 2)
    learnt, right = 0.3 + 0.2 * TIME / EPOCHS, level(0.2, 0.55, 2)
    found = reading(rows_of(train, val, learnt, right))
    assert found.verdict == "still improving"
    assert "the training loss still fell by" in found.text
    ahead = reading(rows_of(train, val, learnt + 0.1, right))
    assert ahead.verdict == "underfitting"


def test_a_fall_that_noise_may_make_is_not_called_level() -> None:
    """Training falls by 6 % over the tail, in jumps that hide three standard errors of it."""
    train, val, learnt, right = (values.copy() for values in RUNS["well fitted"])
    train[-10:] = 1.05 - 0.06 * np.arange(10) / 9 + 0.03 * (-1) ** np.arange(10)
    said = reading(rows_of(train, val, learnt, right)).text
    assert "the validation loss has levelled off at 1.0" in said
    assert re.search(
        r"training loss fell by [3-9] % over the last 10 epochs, .* may be chance", said
    )
    train[-10:] = 1.05 - 0.01 * np.arange(10) / 9
    level_said = reading(rows_of(train, val, learnt, right)).text
    assert "the training loss has levelled off at 1.04" in level_said


def test_without_accuracies_the_losses_say_what_was_learnt() -> None:
    train, val, *_ = RUNS["well fitted"]
    assert reading(rows_of(train, val)).verdict == "well fitted"
    little = level(1.95, 1.9, 2)
    assert reading(rows_of(little, little)).verdict == "underfitting"


@pytest.mark.parametrize("value", ["nan", "inf", float("nan")])
@pytest.mark.parametrize("name", ["train_loss", "val_loss"])
def test_a_loss_that_is_not_a_number_is_divergence(name: str, value: Any) -> None:
    rows = rows_of(*RUNS["well fitted"])[:3]
    rows[-1][name] = value
    found = reading(rows)
    assert found.verdict == "diverged"
    assert ("training" if name == "train_loss" else "validation") in found.text


@pytest.mark.parametrize("epochs", [0, 1, rules.SHORTEST - 1])
def test_few_epochs_say_nothing(epochs: int) -> None:
    found = reading(rows_of(*RUNS["overfitting"])[:epochs])
    assert found.verdict == "too short to tell"
    assert f"{epochs} epoch(s)" in found.text


def test_epochs_with_one_loss_do_not_count() -> None:
    rows = [{"epoch": n, "train_loss": 1.0} for n in range(20)]
    assert reading(rows).verdict == "too short to tell"


def test_the_thresholds_are_those_that_are_documented() -> None:
    said = " ".join((rules.__doc__ or "").split())
    for number in (
        f"fewer than {rules.SHORTEST} epochs",
        f"more than {rules.DIVERGED:.0%}".replace("%", " %"),
        f"more than {rules.RISE:.0%}".replace("%", " %"),
        f"more than {rules.FELL:.0%}".replace("%", " %"),
        f"more than {rules.FALLS:.0%}".replace("%", " %"),
        f"above {rules.LOW:.0%}".replace("%", " %"),
        f"fell by {rules.LITTLE:.0%}".replace("%", " %"),
        f"more than {100 * rules.APART:.0f} points",
    ):
        assert number in said, number


def test_a_middle_by_hand() -> None:
    assert middle(np.array([5.0, 1, 2, 9, 3])).tolist() == [2, 2, 2, 3, 3]


def test_noise_is_estimated_about_any_straight_course() -> None:
    random = np.random.default_rng(0)
    values = 3 - 0.01 * np.arange(5000) + 0.2 * random.normal(size=5000)
    assert noise(values) == pytest.approx(0.2, rel=0.05)
    assert noise(np.arange(10.0)) == 0


@pytest.mark.parametrize(("epochs", "length"), [(4, 4), (8, 5), (28, 7), (30, 8), (100, 10)])
def test_a_tail_is_a_quarter_within_bounds(epochs: int, length: int) -> None:
    assert tail(np.arange(float(epochs))).tolist() == list(range(epochs - length, epochs))


def test_a_fall_agrees_with_numpys_line() -> None:
    values = np.random.default_rng(1).normal(size=9) - 0.3 * np.arange(9)
    fit, spread = np.polyfit(np.arange(9), values, 1, cov=True)
    fell, error = fall(values)
    assert fell == pytest.approx(-8 * fit[0])
    assert error == pytest.approx(8 * spread[0, 0] ** 0.5)
