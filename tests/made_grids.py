"""A model that reads drawn faces a little, and made-up answers of a grid."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS, LABEL_SETS
from mien.evaluation.answering import Answering, Floats
from mien.evaluation.answers import Answers, Origin
from mien.evaluation.predictions import Predictions
from mien.evaluation.robustness import Answered, Grid
from mien.preprocess import Pixels, Preprocessing

SPEC = Preprocessing(size=24)


def reader(seed: int = 0, faces: Callable[[int], None] = lambda count: None) -> Answering:
    """Return a fixed random linear model; ``faces`` is told how many it is asked for at once."""
    weights = np.random.default_rng(seed).normal(0, 0.2, (24 * 24, 8)).astype(np.float32)

    def logits(pictures: Sequence[Pixels]) -> Mapping[str, Floats]:
        faces(len(pictures))
        return {"ferplus": SPEC.apply(list(pictures)).reshape(len(pictures), -1) @ weights}

    return Answering(
        path=Path("reader"),
        name=f"reader {seed}",
        sha256=f"{seed}" * 64,
        faces="",
        classes={"ferplus": EMOTIONS},
        fitted={},
        learnt=None,
        logits=logits,
    )


def answers(
    right: Sequence[Sequence[int]],
    grid: Grid,
    subjects: Sequence[str] = (),
    model: str = "made",
    copies: Sequence[bool] = (),
) -> Answered:
    """Return answers of a head ``seven`` that are right (1) or wrong (0) as told.

    Args:
        right: first the clean pictures', then those of each cell of the grid.
        grid: which cells.
        subjects: of the pictures.
        model: its name.
        copies: which pictures have a copy in training.
    """
    n, classes = len(right[0]), LABEL_SETS["seven"]
    places = np.arange(n) % 7
    chosen = [np.where(np.array(one) == 1, places, (places + 1) % 7) for one in right]
    rows = [(np.eye(7)[one] * 0.65 + 0.05).astype(np.float32) for one in chosen]
    clean = Predictions(
        origin=Origin(model, "a" * 64, "made set", "b" * 64, "test", "seven"),
        ids=np.array([f"p{i}" for i in range(n)]),
        labels=np.array([EMOTIONS.index(classes[place]) for place in places]),
        votes=None,
        copy_in_train=np.array(copies or [False] * n, bool),
        subjects=np.array(subjects or [""] * n, dtype="<U12"),
        heads={"seven": Answers(classes, rows[0])},
    )
    cells = {
        cell: {"seven": one.astype(np.float32)}
        for cell, one in zip(grid.cells(), rows[1:], strict=True)
    }
    return Answered(clean, grid.seed, cells)
