"""``robustness.json``: whose grid, on what, every number."""

import json
from pathlib import Path
from typing import Any

from mien.errors import DataError
from mien.evaluation.answers import Origin
from mien.evaluation.arrays import reason
from mien.evaluation.robustness.answered import Answered
from mien.evaluation.robustness.grid import Grid
from mien.evaluation.robustness.scores import numbers
from mien.evaluation.sampling.resampling import record
from mien.runs import environment
from mien.transforms.corruptions import VERSION

NUMBERS = "robustness.json"
_KEYS = {
    "data": ("name", "sha256", "split"),
    "grid": ("version", "seed", "rows", "sampled", "corruptions", "levels"),
}


def header(origin: Origin, grid: Grid, rows: int, sampled: bool) -> dict[str, Any]:
    """Return whose grid on what: all of ``robustness.json`` that is known before it is run.

    Args:
        origin: whose answers on what.
        grid: which cells.
        rows: how many pictures.
        sampled: whether they are only some of the split's, drawn by the seed.
    """
    return {
        **origin.to_dict(),
        "environment": environment("opencv-python-headless", "onnxruntime", "torch"),
        "grid": {
            "version": VERSION,
            "seed": grid.seed,
            "rows": rows,
            "sampled": sampled,
            "corruptions": list(grid.corruptions),
            "levels": list(grid.levels),
        },
    }


def result(answered: Answered, grid: Grid, sampled: bool) -> dict[str, Any]:
    """Return ``robustness.json``: ``header``, ``bootstrap`` and, under ``heads``, ``numbers``.

    Args:
        answered: with all cells of the grid.
        grid: which cells; others that were answered before have no part in it.
        sampled: see ``header``.

    Raises:
        DataError: a cell has no answers.
    """
    about = header(answered.clean.origin, grid, len(answered.clean), sampled)
    return {**about, "bootstrap": record(), "heads": numbers(answered, grid)}


def read(path: Path) -> dict[str, Any]:
    """Return the content of a ``robustness.json``.

    Raises:
        DataError: it is missing, damaged or another kind of file.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        kept = all(key in values[part] for part, keys in _KEYS.items() for key in keys)
        sound = kept and {"model", "model_sha256", "heads"} <= set(values)
        lists = (values["grid"]["corruptions"], values["grid"]["levels"], values["heads"])
        sound = sound and [type(one) for one in lists] == [list, list, dict]
        fault = "" if sound else "some of its keys are missing or of another kind"
    except OSError as error:
        fault = (error.strerror or str(error)).lower()
    except (ValueError, KeyError, TypeError) as error:
        fault = f"it is of another kind ({reason(error)})"
    if fault:
        raise DataError(f"{path}: expected the {NUMBERS} of `mien robustness`, but: {fault}")
    return dict(values)


def _no_number(name: str) -> float:
    """Refuse what is no number in JSON: ``NaN`` and infinities."""
    raise ValueError(f"{name} is no number")
