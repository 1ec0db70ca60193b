"""Reads a run, from its folder or from a result file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mien.errors import RunError, several
from mien.report.compare.nameless import without_files, without_paths
from mien.report.compare.record import Record, Run
from mien.runs import RunFolder, read_json

KEY = "run"
FILES = {
    "config": "config.yaml",
    "network": "network.json",
    "data": "data.json",
    "state": "state.json",
    "environment": "environment.json",
}
OPTIONAL = ("network", "state")
"""Files that an older run, or one cut off in its first epoch, does not have."""


def of_folder(root: Path) -> Run:
    """Return the run of a folder.

    Raises:
        RunError: there is none, or a file of it is missing or damaged; each is named.
    """
    run = RunFolder.open(root)
    values: dict[str, Any] = {"name": root.resolve().name}
    problems = []
    for key, name in FILES.items():
        file = root / name
        if key in OPTIONAL and not file.exists():
            continue
        try:
            values[key] = (
                _settings(run.config) if key == "config" else without_paths(read_json(file))
            )
        except RunError as error:
            problems.append(str(error))
    try:
        values["evaluation"] = _evaluations(root)
    except RunError as error:
        problems.append(str(error))
    if problems:
        raise RunError(several(problems))
    return Run(_checked(values, root, folder=True), root)


def of_values(values: Mapping[str, Any], path: Path) -> Run:
    """Return the run of a result file from what it holds.

    Raises:
        RunError: it is no result file, or a damaged one.
    """
    if not isinstance(values.get(KEY), dict):
        raise RunError(
            f"{path}: expected a result of `mien compare --save`, found no {KEY!r} in it"
        )
    return Run(_checked(values[KEY], path, folder=False), path)


def _settings(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise RunError(f"{path}: cannot be read as YAML: {reason}") from None
    if not isinstance(values, dict):
        raise RunError(f"{path}: expected an experiment, found {type(values).__name__}")
    return without_files(values)


def _evaluations(root: Path) -> dict[str, Any]:
    """Return folder → metrics.json of each evaluation, without the name of the model's folder."""
    found = {}
    problems = []
    for path in sorted((root / "evaluation").glob("*/metrics.json")):
        try:
            values = without_paths(read_json(path))
        except RunError as error:
            problems.append(str(error))
            continue
        found[path.parent.name] = {k: v for k, v in values.items() if k != "model"}
    if problems:
        raise RunError("\n".join(problems))
    return found


def _checked(values: Mapping[str, Any], source: Path, *, folder: bool) -> Record:
    try:
        return Record.model_validate(values)
    except ValidationError as error:
        problems = [_line(one, source, folder) for one in error.errors()]
        raise RunError(several(problems)) from None


def _line(error: Mapping[str, Any], source: Path, folder: bool) -> str:
    """Say what is wrong in which file, at which key."""
    first, *rest = (str(part) for part in error["loc"])
    where: Path = source
    if folder and first == "evaluation" and rest:
        where, rest = source / first / rest[0] / "metrics.json", rest[1:]
    elif folder and first in FILES:
        where = source / FILES[first]
    else:
        rest = [KEY, first, *rest]
    key = ".".join(rest)
    message = error["msg"][:1].lower() + error["msg"][1:]
    came = "" if isinstance(error["input"], dict) else f", not {error['input']!r}"
    return f"{where}: {key}: {message}{came}" if key else f"{where}: {message}{came}"
