"""A run as one small JSON file, to be kept when its folder is gone.

``{"mien": …, "run": {…}}``, or ``crossval`` in the place of ``run``, holds all that a row of the
tables needs, the environments of training and evaluation, the settings, the scores of each class
and the confusion matrices. It holds no path of the machine and no name of a picture.
"""

import json
from pathlib import Path
from typing import Any

import mien
from mien.errors import UsageError
from mien.report.compare import crossval
from mien.report.compare.crossval import Crossed
from mien.report.compare.reading import KEY
from mien.report.compare.record import Run
from mien.runs import write_text


def save(path: Path, run: Run | Crossed, *, overwrite: bool = False) -> None:
    """Write a run or a cross-validation as a result file, whole or not at all.

    Raises:
        UsageError: see ``check``.
    """
    check(path, overwrite=overwrite)
    values = run.record.to_dict()
    if "state" in values:  # the reason of a failure may name files of the machine
        values["state"] = {k: v for k, v in values["state"].items() if k != "reason"}
    key = KEY if isinstance(run, Run) else crossval.KEY
    write_text(path, compact({"mien": mien.__version__, key: values}) + "\n")


def check(path: Path, *, overwrite: bool = False) -> None:
    """Refuse a file that must not be written.

    Raises:
        UsageError: it is no ``.json``, or stands there already.
    """
    if path.suffix != ".json":
        raise UsageError(f"{path}: expected a file NAME.json to write the result to")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists already: name another, or add --overwrite")


def compact(values: Any, indent: str = "") -> str:
    """Return JSON in which a list of numbers or words stands on one line."""
    below = indent + " "
    if isinstance(values, dict) and values:
        lines = [f"{below}{_plain(k)}: {compact(v, below)}" for k, v in values.items()]
    elif isinstance(values, list) and any(isinstance(v, dict | list) for v in values):
        lines = [below + compact(value, below) for value in values]
    else:
        return _plain(values)
    ends = "{}" if isinstance(values, dict) else "[]"
    return ends[0] + "\n" + ",\n".join(lines) + f"\n{indent}{ends[1]}"


def _plain(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
