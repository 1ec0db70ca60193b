"""Numbers of a grid: accuracy and macro-F1 of every cell, and how far they drop."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.case import Case
from mien.evaluation.metrics import classification_report
from mien.evaluation.protocols import own_protocol
from mien.evaluation.robustness.answered import Answered
from mien.evaluation.robustness.grid import Grid
from mien.evaluation.sampling.resampling import (
    RESAMPLES,
    SEED,
    interval,
    too_few,
    unit,
    weights,
)

Values = npt.NDArray[np.float64]
Scores = dict[str, dict[str, dict[str, dict[str, Any]]]]
"""Head → protocol → ``official`` and ``dedup`` → numbers."""


def numbers(
    answered: Answered, grid: Grid, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Scores:
    """Return every number of a grid, each head against its own labels.

    Keys: ``n``, ``classes``, ``unit`` (``picture`` or ``subject``: what the bootstrap draws);
    ``clean``; ``cells`` (corruption → level → scores); ``corruptions`` (corruption → mean over
    its levels); ``levels`` (level → mean over the corruptions); ``mean`` (over all cells). Scores
    are ``accuracy`` with its ``interval``, ``macro_f1``, and but for ``clean`` ``drop_points``
    (clean minus corrupted accuracy, in percentage points) with ``drop_interval``. Intervals are
    95 % percentile intervals of a bootstrap in which clean and corrupted answers on a picture
    stay together; None where there are fewer than ``resampling.FEWEST`` people.

    Args:
        answered: with all cells of the grid.
        grid: which cells.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        DataError: a cell has no answers.
    """
    missing = [cell for cell in grid.cells() if cell not in answered.cells]
    if missing:
        name, level = missing[0]
        raise DataError(
            f"{len(missing)} cells have no answers ({name} at level {level} …): run it again"
        )
    found: Scores = {}
    for head in answered.clean.scored_heads():
        cases = answered.clean.cases(head)
        protocol = own_protocol(head, cases)
        found[head] = {
            protocol: {
                kind: _of_case(case, head, answered, grid, resamples, seed)
                for kind, case in cases[protocol].items()
            }
        }
    return found


def _of_case(
    case: Case, head: str, answered: Answered, grid: Grid, resamples: int, seed: int
) -> dict[str, Any]:
    cells = list(grid.cells())
    classes = answered.clean.heads[head].classes
    columns = [classes.index(name) for name in case.classes]
    predicted = [case.predicted] + [
        answered.cells[cell][head][case.rows][:, columns].argmax(axis=1) for cell in cells
    ]
    f1 = [classification_report(case.true, one, case.classes)["macro_f1"] for one in predicted]
    right = np.stack([one == case.true for one in predicted], axis=1)
    subjects = answered.clean.subjects[case.rows]
    drawn = _resampled(right, subjects, resamples, seed)
    scores = _Scores(right.mean(axis=0), np.array(f1), drawn)
    where = {cell: place + 1 for place, cell in enumerate(cells)}
    return {
        "n": len(case.rows),
        "classes": list(case.classes),
        "unit": unit(subjects),
        "clean": scores.clean(),
        "cells": {
            name: {str(level): scores.at([where[name, level]]) for level in grid.levels}
            for name in grid.corruptions
        },
        "corruptions": {
            name: scores.at([where[name, level] for level in grid.levels])
            for name in grid.corruptions
        },
        "levels": {
            str(level): scores.at([where[name, level] for name in grid.corruptions])
            for level in grid.levels
        },
        "mean": scores.at(list(where.values())),
    }


class _Scores:
    """Accuracies and F1 of clean answers (place 0) and of the cells after it.

    Args:
        accuracy, f1: ``float64 [1 + C]``.
        drawn: ``float64 [B, 1 + C]``, the accuracies of each resample.
    """

    def __init__(self, accuracy: Values, f1: Values, drawn: Values) -> None:
        self.accuracy, self.f1, self.drawn = accuracy, f1, drawn

    def clean(self) -> dict[str, Any]:
        return {
            "accuracy": float(self.accuracy[0]),
            "interval": interval(self.drawn[:, 0]),
            "macro_f1": float(self.f1[0]),
        }

    def at(self, places: Sequence[int]) -> dict[str, Any]:
        """Return the mean over some cells."""
        drawn = self.drawn[:, places].mean(axis=1)
        accuracy = float(self.accuracy[places].mean())
        return {
            "accuracy": accuracy,
            "interval": interval(drawn),
            "macro_f1": float(self.f1[places].mean()),
            "drop_points": 100 * (float(self.accuracy[0]) - accuracy),
            "drop_interval": interval(100 * (self.drawn[:, 0] - drawn)),
        }


def _resampled(
    right: npt.NDArray[np.bool_], subjects: npt.NDArray[np.str_], resamples: int, seed: int
) -> Values:
    """Return each resample's accuracies, ``float64 [B, 1 + C]``; NaN of too few people."""
    if too_few(subjects, len(right)):
        return np.full((resamples, right.shape[1]), np.nan)
    values = right.astype(np.float64)
    blocks = [
        block @ values / block.sum(axis=1, keepdims=True)
        for block in weights(subjects, len(right), resamples, seed)
    ]
    return np.concatenate(blocks)
