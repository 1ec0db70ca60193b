"""Deals the training pictures out to folds, once, before anything is trained."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets import fold_file
from mien.datasets.folds import folds_of
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.emotions import EMOTIONS
from mien.errors import DataError, RunError
from mien.training.crossval import keeping
from mien.training.crossval.plan import Place, Plan

Ints = npt.NDArray[np.int64]
Searching = Callable[[], AbstractContextManager[Progress | None]]
"""What shows how far the search for near copies is, while it goes on."""


def unseen_search() -> AbstractContextManager[Progress | None]:
    """Show nothing."""
    return nullcontext()


def deal(
    out: Path, made: Plan, every: list[Place], prepared: PreparedSet, searching: Searching
) -> None:
    """Write the plan and the files of folds, as far as they are missing.

    Raises:
        DataError: such folds cannot be made, or a file of folds is not of this dataset.
        RunError: a file of folds is gone, but a fold was begun with it.
    """
    files = list(dict.fromkeys(place.folds for place in every))
    if not (out / keeping.PLAN).is_file() or not all(path.is_file() for path in files):
        if there := begun(every):
            raise RunError(f"{there[0]} was begun with folds whose file is gone; put it back")
        found = _dealt(made, prepared, searching)
        keeping.write(out, made)
        for path, folds in zip(files, found, strict=True):
            fold_file.write(path, prepared, folds)
    for path in files:
        fold_file.read(path, prepared)


def _dealt(made: Plan, prepared: PreparedSet, searching: Searching) -> Ints:
    dealing, rows = made.dealing, prepared.where("train")
    if not len(rows):
        raise DataError(
            f"{prepared.root} has no readable training picture; expected some to deal out"
        )
    counts = Counter(prepared.labels[rows].tolist())
    few = [f"{EMOTIONS[k]} ({n})" for k, n in sorted(counts.items()) if n < dealing.folds]
    if few and dealing.folds >= 2:
        raise DataError(
            f"{dealing.folds} folds of {prepared.root}: expected as many training pictures of each "
            f"class at least, found fewer of {', '.join(few)}; take fewer folds"
        )
    with searching() as progress:
        return folds_of(
            prepared,
            *(dealing.folds, dealing.repeats, dealing.by, made.given.seed, dealing.near),
            progress=progress,
        )


def begun(every: list[Place]) -> list[Path]:
    """Return the folders of the folds that were begun."""
    return [place.root for place in every if place.root.exists()]


def leave_nothing(out: Path, every: list[Place]) -> None:
    """Take a folder away in which no fold was begun; it would only be in the way."""
    if begun(every):
        return
    for path in (*{place.folds for place in every}, out / keeping.PLAN, out / ".lock"):
        with suppress(PermissionError):  # a system that keeps a locked file
            path.unlink(missing_ok=True)
    for folder in (*{place.folds.parent for place in every}, out):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
