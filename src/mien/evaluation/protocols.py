"""Which rows are scored against which labels."""

import numpy as np
import numpy.typing as npt


def soft_targets(votes: npt.NDArray[np.int16], drop_single: bool = True) -> npt.NDArray[np.float64]:
    """Return ``[N, 8]`` shares of the votes for the eight emotions (Barsoum et al. 2016).

    Rows in which nothing is left are zeros.
    """
    kept = votes.astype(np.float64)
    if drop_single:
        kept[kept <= 1] = 0
    emotions = kept[:, :8]
    total = emotions.sum(1, keepdims=True)
    return np.divide(emotions, total, out=np.zeros_like(emotions), where=total > 0)
