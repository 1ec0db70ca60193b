"""Splits: a validation split cut from training where a source has none."""

import numpy as np
import numpy.typing as npt

SHARE = 0.1
SEED = 0


def cut(
    labels: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    share: float = SHARE,
    seed: int = SEED,
) -> npt.NDArray[np.bool_]:
    """Choose a share of each class; pictures of one group stay together.

    A group belongs to the class of its first picture. Groups are drawn at random and taken
    while the class stays at or under its share, which is at least one picture where a class has
    two groups or more.

    Args:
        labels: ``int64 [N]``, the class of each picture.
        groups: ``int64 [N]``, equal for byte-identical pictures.
        share: how much of each class is chosen.
        seed: of the draw.

    Returns:
        ``bool [N]``, True where chosen.
    """
    _, first, inverse, sizes = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    chosen = np.zeros(len(first), bool)
    rng = np.random.default_rng(seed)
    for label in np.unique(labels):
        members = np.flatnonzero(labels[first] == label)
        target = max(1, round(share * int((labels == label).sum()))) if len(members) > 1 else 0
        for group in rng.permutation(members):
            if sizes[group] <= target:
                chosen[group] = True
                target -= int(sizes[group])
    return np.asarray(chosen[inverse])
