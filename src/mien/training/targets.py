"""What each head learns from a prepared dataset: soft targets and a weight a row."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS, LABEL_SETS
from mien.errors import ConfigError
from mien.ferplus import NO_LABEL, ferplus_majority, soft_targets


@dataclass(frozen=True)
class Targets:
    """One head's targets for N rows.

    Attributes:
        values: ``float32 [N, K]``; each row sums to 1, or to 0 where there is nothing to learn.
        soft: whether they are shares of votes, not labels.
    """

    values: npt.NDArray[np.float32]
    soft: bool

    @property
    def clear(self) -> npt.NDArray[np.bool_]:
        """``bool [N]``: one class has more than half of the target."""
        return np.asarray(self.values.max(1) > 0.5)


def targets(
    prepared: PreparedSet, head: str, votes: Literal["soft", "majority"] = "soft"
) -> Targets:
    """Return the targets of a head for every row of a prepared dataset.

    ``ferplus`` learns the votes where there are some: with ``soft`` their shares (single votes
    dropped, Barsoum et al. 2016, arXiv:1608.01041), with ``majority`` their majority label
    (``ferplus_majority``; nothing where there is none). Every head learns the labels of a
    dataset of its own label set, whatever ``votes`` says.

    Raises:
        ConfigError: the dataset has neither; the message says what it has.
    """
    if head == "ferplus" and prepared.votes is not None:
        if votes == "soft":
            return Targets(soft_targets(prepared.votes).astype(np.float32), soft=True)
        return Targets(_one_hot(ferplus_majority(prepared.votes), head), soft=False)
    if head != prepared.label_set:
        known = "with" if prepared.votes is not None else "without"
        raise ConfigError(
            f"data.heads: {head} cannot be learnt from {prepared.root}, which has the labels "
            f"of {prepared.label_set}, {known} FER+ votes; "
            f"set data.heads=[{prepared.label_set}]"
        )
    return Targets(_one_hot(prepared.labels, head), soft=False)


def _one_hot(labels: npt.NDArray[np.int64], head: str) -> npt.NDArray[np.float32]:
    """Return labels (indices in ``EMOTIONS``) as rows of a head's classes, or of zeros."""
    columns = [EMOTIONS.index(name) for name in LABEL_SETS[head]]
    rows = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    rows[labels == NO_LABEL] = 0
    return rows[:, columns]


def class_weights(learnt: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return n / (K · n_class) for one-hot targets ``[n, K]``; 0 for a class without rows."""
    counts = learnt.sum(0)
    weights = np.zeros_like(counts)
    np.divide(counts.sum(), len(counts) * counts, out=weights, where=counts > 0)
    return np.asarray(weights)
