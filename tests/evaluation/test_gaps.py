"""The gap between groups, and what chance alone would make it."""

from itertools import permutations

import numpy as np
import pytest
from made_cases import made_case

from mien.evaluation.case import Case
from mien.evaluation.groups.gaps import by_chance, gap
from mien.evaluation.sampling.parts import Parts, intervals


def entries(case: Case, parts: list[np.ndarray], names: str) -> tuple[list[dict], list[dict]]:
    scores = Parts(case, parts)
    samples = scores.resampled(None, 300)
    made = [
        {"group": name, "expected_accuracy": 0.5, "intervals": intervals(drawn), **observed}
        for name, observed, drawn in zip(names, scores.observed(), samples, strict=True)
    ]
    return made, samples


def right(case: Case, parts: list[np.ndarray], shares: list[float]) -> Case:
    """Return the case with so many right answers in each part."""
    from dataclasses import replace

    chosen = case.true.copy()
    for part, share in zip(parts, shares, strict=True):
        wrong = part[round(share * len(part)) :]
        chosen[wrong] = (chosen[wrong] + 1) % len(case.classes)
    return replace(case, probabilities=np.eye(len(case.classes))[chosen])


def test_best_and_worst_by_hand() -> None:
    parts = [np.arange(0, 100), np.arange(100, 200), np.arange(200, 300)]
    case = right(made_case(np.random.default_rng(0), n=300), parts, [0.7, 0.9, 0.5])
    made, samples = entries(case, parts, "abc")
    made[1]["expected_accuracy"] = 0.6
    found = gap(case, parts, made, samples)
    assert found is not None
    assert (found["best"], found["worst"]) == ("b", "c")
    assert found["accuracy"] == pytest.approx(0.4)
    assert found["expected_accuracy"] == pytest.approx(0.1)
    low, high = found["interval"]
    half = 1.96 * np.sqrt(0.9 * 0.1 / 100 + 0.25 / 100)  # of a difference of two shares
    assert (low, high) == pytest.approx((0.4 - half, 0.4 + half), abs=0.03)
    assert found["by_chance"]["p"] == pytest.approx(1 / 1001)
    some = gap(case, parts, made, samples, [0, 2])
    assert some is not None
    assert (some["best"], some["accuracy"]) == ("a", pytest.approx(0.2))


def test_one_group_has_no_gap_and_private_ones_no_names() -> None:
    parts = [np.arange(0, 50), np.arange(50, 100)]
    case = right(made_case(np.random.default_rng(0), n=100), parts, [0.7, 0.9])
    made, samples = entries(case, parts, "ab")
    assert gap(case, parts, made, samples, [1]) is None
    assert gap(case, [], [], []) is None
    for one in made:
        one["group"] = ""
    found = gap(case, parts, made, samples)
    assert found is not None
    assert (found["best"], found["worst"]) == (None, None)


def test_a_group_without_an_interval_gives_none_to_the_gap() -> None:
    parts = [np.arange(0, 50), np.arange(50, 100)]
    case = right(made_case(np.random.default_rng(0), n=100), parts, [0.7, 0.9])
    made, samples = entries(case, parts, "ab")
    made[0]["intervals"]["accuracy"] = None
    found = gap(case, parts, made, samples)
    assert found is not None
    assert found["interval"] is None
    assert found["accuracy"] == pytest.approx(0.2)


def test_chance_is_that_of_all_orders() -> None:
    answers, sizes = [1, 1, 1, 0, 0], [2, 3]
    every = [abs(sum(o[:2]) / 2 - sum(o[2:]) / 3) for o in permutations(answers)]
    found = by_chance(np.array(answers, bool), sizes, 2 / 3, shuffles=20_000)
    assert found["mean"] == pytest.approx(np.mean(every), abs=0.01)
    share = np.mean([one >= 2 / 3 - 1e-9 for one in every])
    assert found["p"] == pytest.approx(share, abs=0.02)


def test_groups_that_do_not_differ_seldom_have_a_small_p() -> None:
    rng, small = np.random.default_rng(0), 0
    for seed in range(200):
        answers = rng.random(120) < 0.7
        shares = [part.mean() for part in np.split(answers, 4)]
        found = by_chance(answers, [30] * 4, max(shares) - min(shares), 200, seed)
        small += found["p"] <= 0.05
    assert small <= 20  # 10 expected


def test_the_same_seed_gives_the_same_numbers_in_whatever_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = np.random.default_rng(0).random(90) < 0.6
    whole = by_chance(answers, [30, 60], 0.1, 100)
    monkeypatch.setattr("mien.evaluation.groups.gaps.CELLS", 700)
    assert by_chance(answers, [30, 60], 0.1, 100) == whole
    assert by_chance(answers, [30, 60], 0.1, 100, seed=1) != whole
