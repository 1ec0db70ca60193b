"""Made-up predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mien.emotions import BASIC, EMOTIONS, index
from mien.evaluation.answers import Answers, Origin
from mien.evaluation.predictions import Predictions

ORIGIN = Origin("ours", "a" * 64, "made", "b" * 64, "test", "fer2013")
VOTES = np.tile(np.array([0, 0, 0, 0, 10, 0, 0, 0, 0, 0], np.int16), (60, 1))
"""Ten votes for happiness, for sixty pictures."""


def made(
    n: int = 60,
    right: float = 0.7,
    *,
    classes: tuple[str, ...] = BASIC,
    head: str = "fer2013",
    seed: int = 0,
    subjects: Sequence[str] | None = None,
    votes: Any = None,
    **origin: Any,
) -> Predictions:
    """Answers on ``n`` pictures of the seven emotions in turn, about ``right`` of them right."""
    rng = np.random.default_rng(seed)
    labels = np.array([index(BASIC[i % len(BASIC)]) for i in range(n)])
    logits = rng.normal(size=(n, len(classes)))
    for row, label in enumerate(labels):
        if rng.random() < right:
            logits[row, classes.index(EMOTIONS[label])] = logits[row].max() + 1
    raised = np.exp(logits)
    probabilities = (raised / raised.sum(1, keepdims=True)).astype(np.float32)
    values = {name: getattr(ORIGIN, name) for name in Origin.__slots__} | origin
    return Predictions(
        origin=Origin(**values),
        ids=np.array([f"made-{i:03}" for i in range(n)]),
        labels=labels,
        votes=votes,
        copy_in_train=np.arange(n) % 5 == 0,
        subjects=np.array([""] * n if subjects is None else list(subjects)),
        heads={head: Answers(classes, probabilities)},
    )
