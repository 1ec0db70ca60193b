import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mien.training import losses  # noqa: E402
from mien.training.targets import class_weights  # noqa: E402


def test_worked_by_hand() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0]])  # probabilities 3/4 and 1/4
    soft = torch.tensor([[0.5, 0.5]])
    expected = -(0.5 * math.log(0.75) + 0.5 * math.log(0.25))
    assert losses.head_loss(logits, soft).item() == pytest.approx(expected)
    hard = torch.tensor([[1.0, 0.0]])
    smoothed = -(0.95 * math.log(0.75) + 0.05 * math.log(0.25))
    assert losses.head_loss(logits, hard, smoothing=0.1).item() == pytest.approx(smoothed)
    weighed = losses.head_loss(logits, hard, class_weights=torch.tensor([2.0, 1.0]))
    assert weighed.item() == pytest.approx(-2 * math.log(0.75))


def test_labels_give_what_torch_gives() -> None:
    logits = torch.randn(16, 7)
    labels = torch.randint(0, 7, (16,))
    ours = losses.head_loss(logits, torch.eye(7)[labels], smoothing=0.1)
    theirs = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)
    assert torch.allclose(ours, theirs)


def test_rows_without_a_target_do_not_count() -> None:
    logits = torch.randn(4, 3, requires_grad=True)
    targets = torch.eye(3)[torch.tensor([0, 1, 2, 0])]
    targets[2:] = 0
    both = losses.head_loss(logits[:2], targets[:2], 0.1)
    loss = losses.head_loss(logits, targets, 0.1)
    assert torch.allclose(loss, both)
    loss.backward()
    assert not logits.grad[2:].any()
    empty = losses.head_loss(logits, torch.zeros(4, 3))
    assert empty.item() == 0


def test_accuracy_counts_clear_rows_only() -> None:
    logits = torch.tensor([[2.0, 0, 0], [0, 2, 0], [0, 0, 2], [2, 0, 0]])
    targets = torch.tensor([[0.6, 0.4, 0], [0.6, 0.4, 0], [0.5, 0.5, 0], [0.0, 0, 0]])
    right, clear = losses.correct(logits, targets)
    assert (int(right), int(clear)) == (1, 2)


def test_class_weights_are_balanced() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.array([0] * 6 + [1] * 3 + [2])
    ours = class_weights(np.eye(3, dtype=np.float32)[labels])
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert np.allclose(ours, theirs)
    assert class_weights(np.eye(3, dtype=np.float32)[[0, 0, 1]])[2] == 0
