"""Run a model over the grid, corruption by corruption; a run that was cut off goes on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress, silent
from mien.errors import DataError, UsageError
from mien.evaluation.predictions import Predictions
from mien.evaluation.robustness.answered import ANSWERS, Answered, Floats
from mien.evaluation.robustness.grid import Cell, Grid
from mien.preprocess import Pixels
from mien.transforms.corruptions import corrupt

AT_ONCE = 16
"""Faces that are corrupted and answered at once, in each of two threads: they fit its cache."""

Rows = npt.NDArray[np.int64]
Probabilities = Mapping[str, npt.NDArray[np.float32]]


class Model(Protocol):
    """What is asked of a model; ``mien.evaluation.answering.Answering`` is one."""

    def probabilities(self, faces: Sequence[Pixels], /) -> Probabilities:
        """Return each head's probabilities ``[N, K]`` for N faces."""

    def on(self, prepared: PreparedSet, rows: Rows, split: str, /) -> Predictions:
        """Return the answers on rows of a prepared dataset."""


def sampled(rows: Rows, count: int, seed: int) -> Rows:
    """Return ``count`` of the rows, drawn by the seed, in their order.

    Raises:
        UsageError: there are not so many.
    """
    if not 1 <= count <= len(rows):
        raise UsageError(f"--rows {count}: expected 1 to the {len(rows):,} rows of the split")
    drawn = np.random.default_rng(seed).choice(rows, count, replace=False)
    return np.sort(drawn)


def run(
    model: Model,
    prepared: PreparedSet,
    rows: Rows,
    split: str,
    grid: Grid,
    folder: Path,
    *,
    tell: Callable[[str], None] = lambda line: None,
    progress: Progress = silent,
) -> Answered:
    """Return a model's answers on the clean faces and on those of every cell of the grid.

    ``robustness.npz`` is written into the folder after each corruption. Where such a file of the
    same model, pictures and seed stands there, its cells are taken from it; any other is begun
    anew.

    Args:
        model: what answers.
        prepared: its pictures are taken as they are stored.
        rows: which of them.
        split: where they are from, for the record.
        grid: which corruptions and levels.
        folder: of ``robustness.npz``.
        tell: told in a line what is taken over.
        progress: told which corruption it is at, and how many of all faces are answered.
    """
    clean = model.on(prepared, rows, split)
    clean.scored_heads()
    answered = _begun(folder / ANSWERS, clean, grid, tell)
    missing = [cell for cell in grid.cells() if cell not in answered.cells]
    parts = np.split(rows, range(AT_ONCE, len(rows), AT_ONCE))
    done, of = 0, len(missing) * len(rows)

    def answers(task: tuple[Cell, Rows]) -> Probabilities:
        return model.probabilities(_faces(prepared, task[1], task[0], grid.seed))

    with _pool() as pool:
        for name, some in groupby(missing, key=lambda cell: cell[0]):
            progress(name, done, of)
            cells = list(some)
            tasks = [(cell, part) for cell in cells for part in parts]
            found: dict[Cell, list[Probabilities]] = {cell: [] for cell in cells}
            for (cell, part), one in zip(tasks, pool.map(answers, tasks), strict=True):
                found[cell].append(one)
                done += len(part)
                progress(name, done, of)
            answered.cells |= {cell: _together(each) for cell, each in found.items()}
            answered.save(folder / ANSWERS)
    return answered


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Yield two threads; each corrupts faces and has them answered."""
    pool = ThreadPoolExecutor(2)
    try:
        yield pool
    finally:  # what waits is not begun where the work was interrupted
        pool.shutdown(cancel_futures=True)


def _begun(path: Path, clean: Predictions, grid: Grid, tell: Callable[[str], None]) -> Answered:
    """Return what was answered before, or nothing but the clean answers."""
    new = Answered(clean, grid.seed)
    if not path.exists():
        return new
    try:
        before = Answered.load(path)
    except DataError as error:
        tell(f"begins anew: {error}")
        return new
    if not before.of_the_same(clean, grid.seed):
        tell(f"begins anew: {path} is of another model, other pictures or another seed")
        return new
    done = sum(cell in before.cells for cell in grid.cells())
    if done:
        tell(f"goes on with {path}: {done} of {len(list(grid.cells()))} cells are done")
    return Answered(clean, grid.seed, before.cells)


def _faces(prepared: PreparedSet, rows: Rows, cell: Cell, seed: int) -> list[Pixels]:
    """Return the corrupted pictures of some rows."""
    return [
        corrupt(prepared.pixels(row), *cell, str(prepared.ids[row]), seed) for row in rows.tolist()
    ]


def _together(parts: Sequence[Probabilities]) -> dict[str, Floats]:
    return {
        head: np.concatenate([part[head] for part in parts]).astype(np.float32) for head in parts[0]
    }
