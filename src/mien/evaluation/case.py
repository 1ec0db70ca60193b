"""What is scored against what, and its report; ``protocols`` says which cases there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.metrics import (
    Floats,
    brier_score,
    classification_report,
    negative_log_likelihood,
    wilson_interval,
)

Flags = npt.NDArray[np.bool_]
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One protocol on one kind of rows: what is scored against what.

    Attributes:
        protocol, kind: see ``protocols``.
        rows: ``int64 [M]``, which of the N rows are scored.
        classes: the K classes that labels and head share, in canonical order.
        true: ``int64 [M]``, positions in ``classes``.
        probabilities: ``float64 [M, K]``, what else the head answers with masked.
        targets: ``float64 [M, K]``, shares of the votes (single votes dropped); None where the
            labels are no votes.
        masked: classes of the head that the labels lack.
        unmasked: ``bool [M]``: the answer as it came is right.
        left_out: class → rows that the head has no name for.
    """

    protocol: str
    kind: str
    rows: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    true: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64] | None
    masked: tuple[str, ...]
    unmasked: Flags
    left_out: Mapping[str, int]

    @property
    def predicted(self) -> npt.NDArray[np.int64]:
        """Return the answers, ``int64 [M]``, positions in ``classes``."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def right(self) -> Flags:
        """Tell which answers are the label, ``bool [M]``."""
        return np.asarray(self.predicted == self.true)

    @property
    def confidence(self) -> npt.NDArray[np.float64]:
        """Return the probability of each answer, ``float64 [M]``."""
        return np.asarray(self.probabilities.max(axis=1), np.float64)


Cases = dict[str, dict[str, Case]]
"""Protocol → ``official`` and ``dedup`` → case."""


def mask_classes(
    probabilities: Floats, classes: Sequence[str], allowed: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return ``float64 [N, K]`` with 0 for classes not ``allowed``, the rest divided by its sum.

    A row that has nothing on any allowed class becomes uniform over them.
    """
    keep = np.isin(np.array(classes), np.array(allowed))
    kept = np.where(keep, probabilities, 0.0).astype(np.float64)
    total = kept.sum(axis=1, keepdims=True)
    uniform = keep / max(int(keep.sum()), 1)
    return np.where(total > 0, kept / np.where(total > 0, total, 1), uniform)


def report(case: Case) -> Report:
    """Return ``classification_report`` of a case, with ``nll`` and ``brier``.

    Where the head has classes that the labels lack it also holds ``masked`` (their names) and
    ``unmasked`` (``accuracy`` and ``interval`` of the answers as they came), with ``emptied``,
    how many answers lay on the masked classes alone: what is left of them says nothing, and they
    count as the first class. Where it is the other way round ``left_out``, rows by class.
    """
    values = classification_report(case.true, case.predicted, case.classes)
    values["nll"] = negative_log_likelihood(case.probabilities, case.true)
    values["brier"] = brier_score(case.probabilities, case.true)
    if case.masked:
        right, n = int(case.unmasked.sum()), len(case.rows)
        unmasked = {"accuracy": right / n, "interval": list(wilson_interval(right, n))}
        even = np.ptp(case.probabilities, axis=1) == 0
        unmasked["emptied"] = int(even.sum()) if len(case.classes) > 1 else 0
        values |= {"masked": list(case.masked), "unmasked": unmasked}
    return values | ({"left_out": dict(case.left_out)} if case.left_out else {})
