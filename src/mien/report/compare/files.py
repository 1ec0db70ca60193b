"""The files of a comparison, and a run as one small file, to be kept when its folder is gone.

A result file, ``{"mien": …, "run": {…}}``, holds all that a row of the tables needs, the
environments of training and evaluation, the settings, the scores of each class and the confusion
matrices. It holds no path of the machine and no name of a picture.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mien
from mien.errors import UsageError
from mien.report.compare.forms import csv_text, markdown, page, significance_text
from mien.report.compare.reading import KEY
from mien.report.compare.record import Run
from mien.report.compare.tables import Table
from mien.runs import write_text

CURVES = ("bins", "coverage", "risk")
"""Lists of points, which metrics.json keeps and a result file does not."""
NAMES = ("compare.md", "compare.csv", "compare.html", "significance.csv")


def check_out(out: Path, *, overwrite: bool = False) -> None:
    """Refuse a folder that must not be written.

    Raises:
        UsageError: it is a file, a run's own folder, or has such files already.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: expected a folder to write into, this is a file")
    if (out / "config.yaml").exists():
        raise UsageError(f"{out}: this is a run's own folder; name another with --out")
    there = [name for name in NAMES if (out / name).exists()]
    if there and not overwrite:
        raise UsageError(f"{out / there[0]} exists already: name another --out, or add --overwrite")


def write(out: Path, tables: Sequence[Table]) -> list[Path]:
    """Write the tables in each form, each file whole or not at all; return the files.

    ``significance.csv`` is there only where something was tested.
    """
    texts = (
        markdown(tables, folder_name),
        csv_text(tables),
        page(tables, folder_name),
        significance_text(tables),
    )
    written = {out / name: text for name, text in zip(NAMES, texts, strict=True)}
    for path, text in written.items():
        if text.strip() or path.name != NAMES[-1]:
            write_text(path, text)
        else:
            path.unlink(missing_ok=True)
    return [path for path in written if path.is_file()]


def folder_name(path: Path) -> str:
    """Return what files call a run's folder: as it is reached from here, never where it lies.

    A folder below this one, or given by a relative path, keeps that path, so that the commands
    of a note can be run; of any other only the name is told.
    """
    whole, here = path.resolve(), Path.cwd()
    if not path.is_absolute() and path.name:
        return path.as_posix()
    if here in whole.parents:
        return whole.relative_to(here).as_posix()
    return whole.name


def check_result(path: Path, *, overwrite: bool = False) -> None:
    """Refuse a result file that must not be written.

    Raises:
        UsageError: it is no ``.json``, or stands there already.
    """
    if path.suffix != ".json":
        raise UsageError(f"{path}: expected a file NAME.json to write the result to")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists already: name another, or add --overwrite")


def save(path: Path, run: Run, *, overwrite: bool = False) -> None:
    """Write a run as a result file, whole or not at all.

    Raises:
        UsageError: see ``check_result``.
    """
    check_result(path, overwrite=overwrite)
    values = _shortened(run.record.to_dict())
    values.get("state", {}).pop("reason", None)  # that of a failure may name files of the machine
    write_text(path, compact({"mien": mien.__version__, KEY: values}) + "\n")


def _shortened(values: Any) -> Any:
    """Return JSON values without the points of curves."""
    if isinstance(values, dict):
        kept = {k: v for k, v in values.items() if not (k in CURVES and isinstance(v, list))}
        return {key: _shortened(value) for key, value in kept.items()}
    return [_shortened(value) for value in values] if isinstance(values, list) else values


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
