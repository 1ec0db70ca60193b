import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from mien.config import Loss  # noqa: E402
from mien.training import losses  # noqa: E402

THREE_QUARTERS = torch.tensor([[math.log(3.0), 0.0]])  # probabilities 3/4 and 1/4
GAMMAS = st.floats(0.01, 8)


def _random(seed: int) -> "torch.Generator":
    return torch.Generator().manual_seed(seed)


def _case(seed: int, rows: int = 16, classes: int = 7) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Logits and soft targets in float64; the targets of every fifth row are zeros."""
    logits = 3 * torch.randn(rows, classes, generator=_random(seed), dtype=torch.float64)
    targets = torch.rand(rows, classes, generator=_random(seed + 1), dtype=torch.float64) ** 4
    targets /= targets.sum(1, keepdim=True)
    targets[::5] = 0
    return logits, targets


def _by_hand(
    logits: "torch.Tensor", targets: "torch.Tensor", gamma: float, smoothing: float, weights: Any
) -> float:
    """The loss with loops and scipy, term by term."""
    from scipy.special import softmax

    total, rows = 0.0, 0
    for row, target in zip(logits.numpy(), targets.numpy(), strict=True):
        if not target.any():
            continue
        rows += 1
        for k, p in enumerate(softmax(row)):
            part = (1 - smoothing) * target[k] + smoothing / len(target)
            total -= weights[k] * part * (1 - p) ** gamma * math.log(p)
    return total / rows


def test_worked_by_hand() -> None:
    soft = torch.tensor([[0.5, 0.5]])
    expected = -(0.5 * math.log(0.75) + 0.5 * math.log(0.25))
    assert losses.head_loss(THREE_QUARTERS, soft).item() == pytest.approx(expected)
    hard = torch.tensor([[1.0, 0.0]])
    smoothed = -(0.95 * math.log(0.75) + 0.05 * math.log(0.25))
    assert losses.head_loss(THREE_QUARTERS, hard, smoothing=0.1).item() == pytest.approx(smoothed)
    weighed = losses.head_loss(THREE_QUARTERS, hard, class_weights=torch.tensor([2.0, 1.0]))
    assert weighed.item() == pytest.approx(-2 * math.log(0.75))


def test_focal_worked_by_hand() -> None:
    hard, soft = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.4, 0.6]])
    focal = losses.head_loss(THREE_QUARTERS, hard, gamma=2).item()
    assert focal == pytest.approx(-(0.25**2) * math.log(0.75))
    both = -(0.4 * 0.25 * math.log(0.75) + 0.6 * 0.75 * math.log(0.25))
    assert losses.head_loss(THREE_QUARTERS, soft, gamma=1).item() == pytest.approx(both)
    weights = torch.tensor([3.0, 0.5])
    weighed = -(3 * 0.9 * 0.25 * math.log(0.75) + 0.5 * 0.1 * 0.75 * math.log(0.25))
    all_of_it = losses.head_loss(THREE_QUARTERS, hard, 0.2, weights, gamma=1)
    assert all_of_it.item() == pytest.approx(weighed)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, *np.arange(0.5, 5, 0.5)]), st.floats(0, 0.9))
def test_every_switch_agrees_with_the_formula(seed: int, gamma: float, smoothing: float) -> None:
    logits, targets = _case(seed)
    weights = torch.rand(7, generator=_random(seed + 2), dtype=torch.float64) * 3
    ours = losses.head_loss(logits, targets, smoothing, weights, gamma).item()
    assert ours == pytest.approx(_by_hand(logits, targets, gamma, smoothing, weights.tolist()))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0, 0.1])
def test_gamma_0_is_torch_s_cross_entropy_to_the_bit(smoothing: float, weighted: bool) -> None:
    logits = torch.randn(16, 7, requires_grad=True)
    labels = torch.randint(0, 7, (16,))
    weights = torch.rand(7) + 0.5 if weighted else None
    targets = torch.eye(7)[labels]
    ours = losses.head_loss(logits, targets, smoothing, weights, gamma=0)
    (slope,) = torch.autograd.grad(ours, logits)
    each = torch.nn.functional.cross_entropy(
        logits, targets, weights, label_smoothing=smoothing, reduction="none"
    )
    theirs = each.sum() / 16
    assert torch.equal(ours, theirs)
    assert torch.equal(slope, torch.autograd.grad(theirs, logits)[0])
    if not weighted:
        hard = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        assert torch.allclose(ours, hard)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_focal_goes_over_into_cross_entropy(seed: int) -> None:
    logits, targets = _case(seed)
    plain = losses.head_loss(logits, targets, 0.1)
    assert torch.allclose(losses.head_loss(logits, targets, 0.1, gamma=1e-9), plain)
    assert losses.head_loss(logits, targets, 0.1, gamma=1) <= plain


@settings(deadline=None)
@given(st.integers(0, 10_000), GAMMAS)
def test_what_is_learnt_already_weighs_less(seed: int, gamma: float) -> None:
    logits = torch.randn(1, 5, generator=_random(seed), dtype=torch.float64)
    target = torch.eye(5, dtype=torch.float64)[:1]
    p = logits.softmax(1)[0, 0].item()
    ratio = losses.head_loss(logits, target, gamma=gamma) / losses.head_loss(logits, target)
    assert ratio.item() == pytest.approx((1 - p) ** gamma)


@settings(deadline=None)
@given(st.integers(0, 10_000), GAMMAS, st.sampled_from([0.0, 0.1]))
def test_focal_slopes_are_true(seed: int, gamma: float, smoothing: float) -> None:
    logits, targets = _case(seed, rows=3, classes=4)
    logits.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: losses.head_loss(x, targets, smoothing, None, gamma), (logits,)
    )


@pytest.mark.parametrize("gamma", [0.01, 0.5, 1, 2, 10])
@pytest.mark.parametrize("answered", [0, 1])
def test_focal_stays_a_number_for_sure_answers(gamma: float, answered: int) -> None:
    logits = torch.zeros(1, 3)
    logits[0, answered] = 500
    logits.requires_grad_()
    loss = losses.head_loss(logits, torch.eye(3)[:1], 0.1, gamma=gamma)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()
    wrong = losses.head_loss(logits, torch.eye(3)[:1], gamma=gamma).item()
    assert wrong == pytest.approx(500 * answered)


@pytest.mark.parametrize("gamma", [0, 2])
def test_rows_without_a_target_do_not_count(gamma: float) -> None:
    logits = torch.randn(4, 3, requires_grad=True)
    targets = torch.eye(3)[torch.tensor([0, 1, 2, 0])]
    targets[2:] = 0
    both = losses.head_loss(logits[:2], targets[:2], 0.1, gamma=gamma)
    loss = losses.head_loss(logits, targets, 0.1, gamma=gamma)
    assert torch.allclose(loss, both)
    loss.backward()
    assert not logits.grad[2:].any()
    empty = losses.head_loss(logits, torch.zeros(4, 3), gamma=gamma)
    assert empty.item() == 0
    assert losses.head_loss(logits[:0], targets[:0], gamma=gamma).item() == 0


@pytest.mark.parametrize("gamma", [0, 1.5])
def test_a_row_that_sums_to_less_has_that_weight(gamma: float) -> None:
    logits, targets = torch.randn(2, 3), torch.eye(3)[:2]
    each = [
        losses.head_loss(logits[i : i + 1], targets[i : i + 1], 0.2, None, gamma) for i in (0, 1)
    ]
    mixed = losses.head_loss(logits, targets * torch.tensor([[1.0], [0.25]]), 0.2, None, gamma)
    assert mixed.item() == pytest.approx(((each[0] + each[1] / 4) / 1.25).item())


def test_the_criterion_smooths_and_weighs_labels_alone() -> None:
    logits, targets = torch.randn(8, 3), torch.eye(3)[torch.arange(8) % 3]
    weights = torch.tensor([1.0, 2, 3])
    wanted = Loss(label_smoothing=0.1, class_weights="balanced")
    labels = losses.criterion(wanted, soft=False, class_weights=weights)(logits, targets)
    votes = losses.criterion(wanted, soft=True, class_weights=weights)(logits, targets)
    assert torch.equal(labels, losses.head_loss(logits, targets, 0.1, weights))
    assert torch.equal(votes, losses.head_loss(logits, targets))
    plain = losses.criterion(Loss(), soft=False, class_weights=None)
    assert torch.equal(plain(logits, targets), losses.head_loss(logits, targets))


def test_the_focal_criterion_is_for_labels_and_votes() -> None:
    logits, targets = torch.randn(8, 3), torch.eye(3)[torch.arange(8) % 3]
    wanted = Loss(name="focal", gamma=1.5, label_smoothing=0.1)
    labels = losses.criterion(wanted, soft=False, class_weights=None)(logits, targets)
    votes = losses.criterion(wanted, soft=True, class_weights=None)(logits, targets)
    assert torch.equal(labels, losses.head_loss(logits, targets, 0.1, gamma=1.5))
    assert torch.equal(votes, losses.head_loss(logits, targets, gamma=1.5))
    unused = losses.criterion(Loss(gamma=3), soft=True, class_weights=None)(logits, targets)
    assert torch.equal(unused, losses.head_loss(logits, targets))


def test_accuracy_counts_clear_rows_only() -> None:
    logits = torch.tensor([[2.0, 0, 0], [0, 2, 0], [0, 0, 2], [2, 0, 0]])
    targets = torch.tensor([[0.6, 0.4, 0], [0.6, 0.4, 0], [0.5, 0.5, 0], [0.0, 0, 0]])
    right, clear = losses.correct(logits, targets)
    assert (int(right), int(clear)) == (1, 2)
    counts = losses.confusion(logits, targets, 3)
    assert counts.tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert counts.dtype == torch.int64
    assert losses.accuracy(counts).item() == 0.5
    assert losses.macro_f1(counts).item() == pytest.approx(2 / 3)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_counts_and_f1_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

    true, answered = np.array(pairs).T
    counts = losses.confusion(torch.eye(5)[answered], torch.eye(5)[true], 5)
    assert np.array_equal(counts, confusion_matrix(true, answered, labels=range(5)))
    occur = np.unique(true)
    theirs = f1_score(true, answered, labels=occur, average="macro", zero_division=0)
    assert losses.macro_f1(counts).item() == pytest.approx(theirs)
    assert losses.accuracy(counts).item() == pytest.approx(accuracy_score(true, answered))


def test_a_class_never_answered_has_an_f1_of_0() -> None:
    counts = torch.tensor([[4, 0, 0], [2, 0, 0], [0, 0, 0]])
    assert losses.macro_f1(counts).item() == pytest.approx((8 / 10 + 0) / 2)


def test_nothing_counted_scores_0() -> None:
    counts = losses.confusion(torch.zeros(0, 3), torch.zeros(0, 3), 3)
    assert counts.tolist() == [[0] * 3] * 3
    assert losses.macro_f1(counts).item() == losses.accuracy(counts).item() == 0
