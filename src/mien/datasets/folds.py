"""Cross-validation folds of a prepared dataset: over its training pictures, nothing torn apart."""

import numpy as np
import numpy.typing as npt

from mien.datasets.again import known
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.datasets.splits import MOST_REPEATS, SEED, folds, joined
from mien.datasets.together import kept, together
from mien.emotions import EMOTIONS
from mien.errors import DataError

Ints = npt.NDArray[np.int64]
OUTSIDE = -1


def folds_of(
    prepared: PreparedSet,
    count: int,
    repeats: int = 1,
    by: str = "",
    seed: int = SEED,
    near: bool = True,
    progress: Progress | None = None,
) -> Ints:
    """Return the fold of each picture for each repeat.

    Folds are over the readable training pictures, stratified by class. Copies, the frames of a
    film and, where they are known, the pictures of a person are never in two folds. Validation
    and test pictures are in none.

    Args:
        prepared: the dataset.
        count: of folds, 2 or more.
        repeats: how often all is dealt out; repeat ``r`` is drawn with ``seed + r``.
        by: ``subject``, ``picture``, or empty: by subject where they are known.
        seed: of the draw.
        near: whether near copies are looked for, and kept together like exact ones.
        progress: told of that search.

    Returns:
        ``int64 [repeats, N]``, ``OUTSIDE`` for pictures in no fold.

    Raises:
        DataError: such folds cannot be made; the message says why.
    """
    gathered, taken = known(prepared), prepared.where("train")
    keys = together(gathered, taken, by, near, progress)
    groups = joined(*(key[taken] for key in keys))
    found = np.full((min(max(repeats, 0), MOST_REPEATS), len(prepared)), OUTSIDE, np.int64)
    try:
        found[:, taken] = folds(prepared.labels[taken], groups, count, repeats, seed)
    except DataError as error:
        raise DataError(
            f"{count} folds of {prepared.name}'s {len(taken)} training pictures "
            f"({kept(gathered, by, near)}) cannot be made: {error}"
        ) from error
    return found


def sizes(found: Ints, labels: Ints) -> dict[str, dict[str, int]]:
    """Return fold → emotion → pictures; of several repeats, fold 1 of repeat 0 is ``0.1``.

    Args:
        found: ``int64 [repeats, N]``, see ``folds_of``.
        labels: ``int64 [N]``, index in ``EMOTIONS``.
    """
    table = {}
    for repeat, row in enumerate(found):
        inside = row != OUTSIDE
        emotions = np.unique(labels[inside]).tolist()
        for fold in np.unique(row[inside]).tolist():
            name = f"{repeat}.{fold}" if len(found) > 1 else str(fold)
            counts = [int(((row == fold) & (labels == n)).sum()) for n in emotions]
            table[name] = dict(zip((EMOTIONS[n] for n in emotions), counts, strict=True))
    return table
