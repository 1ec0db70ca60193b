"""Answers written down one by one, for cases worked by hand."""

from typing import Any

import numpy as np
from made_sets import votes_for

from mien.emotions import BASIC, LABEL_SETS, index
from mien.evaluation.answers import Answers
from mien.evaluation.answers import Origin as Whose
from mien.evaluation.predictions import Predictions

Row = tuple[Any, ...]
"""Label, answer, confidence, and optionally votes as emotion → count."""


def told(
    *rows: Row, copies: tuple[int, ...] = (), head: str = "fer2013", **origin: str
) -> Predictions:
    """Return predictions of these rows; what is left of the confidence is shared evenly."""
    classes = LABEL_SETS[head]
    probabilities = np.zeros((len(rows), len(classes)), np.float32)
    for place, (_, answer, sure, *_rest) in enumerate(rows):
        probabilities[place] = (1 - sure) / (len(classes) - 1)
        probabilities[place, classes.index(answer)] = sure
    votes = [votes_for(**row[3]) for row in rows] if len(rows[0]) > 3 else None
    whose = {
        **{"model": "ours", "model_sha256": "a" * 64, "dataset": "made"},
        **{"dataset_sha256": "b" * 64, "split": "test", "label_set": "fer2013"},
    }
    return Predictions(
        origin=Whose(**{**whose, **origin}),
        ids=np.array([f"p{place:03}" for place in range(len(rows))]),
        labels=np.array([index(row[0]) for row in rows]),
        votes=None if votes is None else np.array(votes, np.int16),
        copy_in_train=np.isin(np.arange(len(rows)), copies),
        subjects=np.array([""] * len(rows)),
        heads={head: Answers(classes, probabilities)},
    )


def noisy(n: int = 700, flips: float = 0.1, seed: int = 0, **more: Any) -> Any:
    """Return predictions of a good model on labels of which some were turned, and which ones.

    FER+ votes, nine of ten, are for the emotion before the turn.
    """
    rng = np.random.default_rng(seed)
    before = np.arange(n) % len(BASIC)
    turned = rng.random(n) < flips
    after = np.where(turned, (before + rng.integers(1, len(BASIC), n)) % len(BASIC), before)
    rows = []
    for real, label, doubt in zip(before, after, rng.uniform(0.6, 0.99, n), strict=True):
        other = BASIC[(real + 3) % len(BASIC)]
        votes = {BASIC[real]: 9, other: 1}
        rows.append((BASIC[label], BASIC[real], float(doubt), votes))
    return told(*rows, **more), turned
