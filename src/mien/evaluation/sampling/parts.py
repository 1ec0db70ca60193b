"""Accuracy, balanced accuracy and macro-F1 of parts of the rows, from the same resamples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case
from mien.evaluation.sampling.resampling import RESAMPLES, SEED, Groups, interval, weights
from mien.evaluation.sampling.weighted import (
    Samples,
    Values,
    counts,
    denominators,
    macro,
    shares,
)

Ints = npt.NDArray[np.int64]

SCORES = ("accuracy", "balanced_accuracy", "macro_f1")


class Parts:
    """Scores of parts of a case's rows.

    Args:
        case: what is scored against what; M rows.
        parts: each int64 [m], positions among the M rows.
        present: whether the macro-F1 is over the classes that a part has rows of, instead of all
            K: so that a part without a class is not measured by it.
    """

    def __init__(self, case: Case, parts: Sequence[Ints], *, present: bool = False) -> None:
        self._counts = counts(case.true, case.predicted, len(case.classes))
        self._n = len(case.true)
        self._parts = parts
        every = np.ones(len(case.classes), bool)
        self.classes = [
            np.isin(np.arange(len(every)), case.true[part]) if present else every for part in parts
        ]
        self._wholes = [self._counts[part].sum(axis=0) for part in parts]

    def observed(self) -> list[dict[str, float]]:
        """Return the scores of each part, by the names of ``SCORES``."""
        found = self._scores(np.ones((1, self._n)))
        return [{name: float(values[0]) for name, values in one.items()} for one in found]

    def resampled(
        self, groups: Groups | None, resamples: int = RESAMPLES, seed: int = SEED
    ) -> list[Samples]:
        """Return the scores of each part in each resample: name → ``float64 [B]``.

        All rows are drawn together, so the b-th values of two parts belong together. NaN where a
        resample has nothing of a part. A class that a resample leaves undefined does not count in
        the macro-F1, see ``weighted``.

        Args:
            groups: text [M], what is drawn together, see ``resampling.clusters``.
            resamples: how many resamples.
            seed: of the resamples.
        """
        blocks = [self._scores(block) for block in weights(groups, self._n, resamples, seed)]
        return [
            {name: np.concatenate([block[place][name] for block in blocks]) for name in SCORES}
            for place in range(len(self._parts))
        ]

    def _scores(self, block: Values) -> list[Samples]:
        """Return each part's scores for rows of weights, ``float64 [b, M]``."""
        found = []
        for part, classes, whole in zip(self._parts, self.classes, self._wholes, strict=True):
            absent = denominators(whole)["f1"] == 0
            with np.errstate(invalid="ignore"):  # a part that is not drawn has no scores
                values = shares(block[:, part] @ self._counts[part], whole)
                f1 = macro(values["f1"][:, classes], absent[classes])
            f1 = np.where(np.isnan(values["accuracy"]), np.nan, f1)
            found.append(
                {
                    "accuracy": values["accuracy"],
                    "balanced_accuracy": values["balanced_accuracy"],
                    "macro_f1": f1,
                }
            )
        return found


def intervals(samples: Samples) -> dict[str, Any]:
    """Return the 95 % interval of each of ``SCORES``; None where no resample defines it."""
    return {name: interval(samples[name]) for name in SCORES}
