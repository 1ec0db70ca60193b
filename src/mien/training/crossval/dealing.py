"""Deals the training pictures out to folds, once, before anything is trained."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets import fold_file
from mien.datasets.folds import folds_of
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.emotions import EMOTIONS
from mien.errors import DataError, RunError
from mien.runs import LOCK

FOLDS, PLAN = "folds.csv", "plan.json"

Ints = npt.NDArray[np.int64]
Searching = Callable[[], AbstractContextManager[Progress | None]]
"""What shows how far the search for near copies is, while it goes on."""


def unseen_search() -> AbstractContextManager[Progress | None]:
    """Show nothing."""
    return nullcontext()


@dataclass(frozen=True)
class FoldSettings:
    """How the training pictures are dealt out; see ``mien.datasets.folds.folds_of``.

    Attributes:
        folds: how many, 2 or more.
        repeats: how often all is dealt out and trained again; repeat ``r`` draws its folds, and
            trains, with the experiment's seed + ``r``.
        by: ``subject``, ``picture``, or empty: by subject where they are known.
        near: whether near copies are kept together like exact ones.
    """

    folds: int = 5
    repeats: int = 1
    by: str = ""
    near: bool = True


@dataclass(frozen=True)
class FoldPlace:
    """Where a fold lives.

    Attributes:
        name: as it is told: its folder below the cross-validation's.
        repeat, fold: which, from 0.
        root: its run folder.
        folds: the file that says which pictures are held out.
    """

    name: str
    repeat: int
    fold: int
    root: Path
    folds: Path

    @property
    def whole(self) -> Path:
        """The folder of the cross-validation."""
        return self.root.parents[self.name.count("/")]


def places(root: Path, dealing: FoldSettings) -> list[FoldPlace]:
    """Return every fold's place, in the order in which they are trained."""
    found = []
    for repeat in range(dealing.repeats):
        above = "" if dealing.repeats == 1 else f"repeat-{repeat}/"
        for fold in range(dealing.folds):
            name = f"{above}fold-{fold}"
            found.append(FoldPlace(name, repeat, fold, root / name, root / above / FOLDS))
    return found


def deal(
    every: list[FoldPlace],
    dealing: FoldSettings,
    seed: int,
    prepared: PreparedSet,
    searching: Searching = unseen_search,
) -> None:
    """Write the files of folds where one is missing, and check them.

    Raises:
        DataError: such folds cannot be made, or a file of folds is not of this dataset.
        RunError: a file of folds is gone, but a fold was begun with it.
    """
    files = list(dict.fromkeys(place.folds for place in every))
    if not all(path.is_file() for path in files):
        if there := begun(every):
            raise RunError(f"{there[0]} was begun with folds whose file is gone; put it back")
        found = _dealt(dealing, seed, prepared, searching)
        for path, folds in zip(files, found, strict=True):
            fold_file.write(path, prepared, folds)
    for path in files:
        fold_file.read(path, prepared)


def _dealt(dealing: FoldSettings, seed: int, prepared: PreparedSet, searching: Searching) -> Ints:
    rows = prepared.where("train")
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
            *(dealing.folds, dealing.repeats, dealing.by, seed, dealing.near),
            progress=progress,
        )


def begun(every: list[FoldPlace]) -> list[Path]:
    """Return the folders of the folds that were begun."""
    return [place.root for place in every if place.root.exists()]


def leave_nothing(out: Path, every: list[FoldPlace]) -> None:
    """Take a folder away in which no fold was begun; it would only be in the way."""
    if begun(every):
        return
    for path in (*{place.folds for place in every}, out / PLAN, out / LOCK):
        with suppress(PermissionError):  # a system that keeps a locked file
            path.unlink(missing_ok=True)
    for folder in (*{place.folds.parent for place in every}, out):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
