"""What each head learns from a prepared dataset: soft targets and a weight a row."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS, LABEL_SETS
from mien.errors import ConfigError
from mien.ferplus import soft_targets


@dataclass(frozen=True)
class Targets:
    """One head's targets for N rows.

    Attributes:
        values: ``float32 [N, K]``; each row sums to 1, or to 0 where there is nothing to learn.
        soft: whether they come from votes.
    """

    values: npt.NDArray[np.float32]
    soft: bool

    @property
    def clear(self) -> npt.NDArray[np.bool_]:
        """``bool [N]``: one class has more than half of the target."""
        return np.asarray(self.values.max(1) > 0.5)


def targets(prepared: PreparedSet, head: str) -> Targets:
    """Return the targets of a head for every row of a prepared dataset.

    ``ferplus`` learns the votes where there are some (single votes dropped, Barsoum et al.
    2016); every head learns the labels of a dataset of its own label set.

    Raises:
        ConfigError: the dataset has neither; the message says what it has.
    """
    if head == "ferplus" and prepared.votes is not None:
        return Targets(soft_targets(prepared.votes).astype(np.float32), soft=True)
    if head != prepared.label_set:
        votes = "with" if prepared.votes is not None else "without"
        raise ConfigError(
            f"data.heads: {head} cannot be learnt from {prepared.root}, which has the labels "
            f"of {prepared.label_set}, {votes} FER+ votes"
        )
    columns = [EMOTIONS.index(name) for name in LABEL_SETS[head]]
    rows = np.eye(len(EMOTIONS), dtype=np.float32)[prepared.labels]
    rows[prepared.labels < 0] = 0
    return Targets(rows[:, columns], soft=False)


def class_weights(learnt: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return n / (K · n_class) for one-hot targets ``[n, K]``; 0 for a class without rows."""
    counts = learnt.sum(0)
    weights = np.zeros_like(counts)
    np.divide(counts.sum(), len(counts) * counts, out=weights, where=counts > 0)
    return np.asarray(weights)
