"""What a model answered on clean and on corrupted faces: ``robustness.npz``.

The file is a ``predictions.npz`` of the clean faces, so ``read_predictions`` reads it, that also
holds ``grid``, a JSON text, and for each cell and head ``<head>/<corruption>/<level>``:
probabilities ``float32 [N, K]``, in the rows and columns of the clean ones.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.errors import DataError
from mien.evaluation.arrays import read_arrays, reason
from mien.evaluation.predictions import Predictions
from mien.evaluation.robustness.grid import Cell
from mien.evaluation.stored import read_predictions, write_predictions
from mien.runs import whole_file
from mien.transforms.corruptions import CORRUPTIONS, VERSION

ANSWERS = "robustness.npz"
FORMAT = 1
_GRID = "grid"
SUM = 1e-4
"""How far from 1 a row of rounded probabilities may add up."""

Floats = npt.NDArray[np.float32]


@dataclass
class Answered:
    """A model's answers on clean faces, and on those of every cell that is done.

    Attributes:
        clean: the answers on the pictures as they are.
        seed: of the corruptions' random numbers.
        cells: (corruption, level) → head → ``float32 [N, K]``.
    """

    clean: Predictions
    seed: int = 0
    cells: dict[Cell, Mapping[str, Floats]] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write ``robustness.npz``, whole or not at all."""
        about = {"format": FORMAT, "seed": self.seed, "corruptions": table()}
        arrays: dict[str, npt.NDArray[Any]] = {_GRID: np.array(json.dumps(about))}
        for (name, level), heads in self.cells.items():
            arrays |= {f"{head}/{name}/{level}": values for head, values in heads.items()}
        with whole_file(path) as temporary:
            write_predictions(self.clean, temporary)
            with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
                for key, values in arrays.items():
                    with archive.open(f"{key}.npy", "w", force_zip64=True) as file:
                        np.lib.format.write_array(file, np.asanyarray(values), allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "Answered":
        """Read ``robustness.npz``.

        Raises:
            DataError: it is missing or damaged, or of other corruptions than this mien's.
        """
        clean = read_predictions(path)
        try:
            arrays = read_arrays(path)
            about = json.loads(str(arrays[_GRID]))
            cells = _cells({key: arrays[key] for key in arrays if "/" in key}, clean)
            seed, format_, made = int(about["seed"]), about["format"], about["corruptions"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}: expected the {ANSWERS} that `mien robustness` wrote; it is damaged or "
                f"of another kind ({reason(error)})"
            ) from None
        if (format_, made) != (FORMAT, table()):
            raise DataError(f"{path}: its corruptions are those of another mien; run it again")
        return cls(clean, seed, cells)

    def of_the_same(self, clean: Predictions, seed: int) -> bool:
        """Return whether these are answers of the same model on the same corrupted pictures."""
        ours, theirs = (
            (p.origin, p.ids.tolist(), {head: a.temperature for head, a in p.heads.items()})
            for p in (self.clean, clean)
        )
        return self.seed == seed and ours == theirs


def table() -> dict[str, Any]:
    """Return what decides the corrupted pictures, as JSON values."""
    levels = {name: list(corruption.levels) for name, corruption in CORRUPTIONS.items()}
    return {"version": VERSION, "levels": levels}


def _cells(
    arrays: Mapping[str, npt.NDArray[Any]], clean: Predictions
) -> dict[Cell, Mapping[str, Floats]]:
    found: dict[Cell, dict[str, Floats]] = {}
    for key, values in arrays.items():
        head, name, level = key.split("/")
        expected = clean.heads[head].probabilities.shape
        if values.shape != expected or values.dtype != np.float32:
            raise ValueError(f"{key}: {values.dtype} {list(values.shape)}, not {list(expected)}")
        sums = values.sum(1, dtype=np.float32)
        if not ((values >= 0).all() and (np.abs(sums - 1) <= SUM).all()):
            raise ValueError(f"{key}: it holds what is no probability")
        found.setdefault((name, int(level)), {})[head] = values
    return {cell: heads for cell, heads in found.items() if heads.keys() == clean.heads.keys()}
