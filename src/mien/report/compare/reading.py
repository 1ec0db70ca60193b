"""Reads a run, from its folder or from a result file."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pydantic import ValidationError

from mien.config import Experiment
from mien.errors import ConfigError, RunError, several
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
OPTIONAL = ("state",)
"""What a run that was cut off in its first epoch does not have."""


def of_folder(root: Path) -> Run:
    """Return the run of a folder, without any path of the machine.

    Raises:
        RunError: there is none, or a file of it is missing or damaged; each is named.
    """
    RunFolder.open(root)
    there = {key: root / name for key, name in FILES.items() if (root / name).is_file()}
    lost = [name for key, name in FILES.items() if key not in there and key not in OPTIONAL]
    evaluations = sorted((root / "evaluation").glob("*/metrics.json"))
    values, problems = _all(there)
    scores, wrong = _all({path.parent.name: path for path in evaluations})
    damaged = [f"{root}: damaged: {', '.join(lost)} missing"] if lost else []
    if problems := [*damaged, *problems, *wrong]:
        raise RunError(several(problems))
    for one in scores.values():
        one.pop("model", None)  # the name of its folder
    whole = {"name": root.resolve().name, **values, "evaluation": scores}
    return Run(_checked(whole, root, folder=True), root)


def of_file(path: Path) -> Run:
    """Return the run of a result file.

    Raises:
        RunError: it is no result file, or a damaged one.
    """
    values = read_json(path)
    if not isinstance(values.get(KEY), dict):
        raise RunError(
            f"{path}: expected a result of `mien compare --save`, found no {KEY!r} in it"
        )
    return Run(_checked(values[KEY], path, folder=False), path)


def _all(files: Mapping[str, Path]) -> tuple[dict[str, Any], list[str]]:
    """Return what each file holds, without paths, and what is wrong with those that cannot be read.

    YAML is an experiment, everything else JSON.
    """
    found, problems = {}, []
    for key, path in files.items():
        try:
            found[key] = without_paths(
                _settings(path) if path.suffix == ".yaml" else read_json(path)
            )
        except (ConfigError, RunError) as error:
            problems.append(str(error))
    return found, problems


def _settings(path: Path) -> dict[str, Any]:
    return Experiment.load(path).without_folders().to_dict()


def without_paths(values: Any) -> Any:
    """Return JSON values in which each absolute path, of any system, is only its last name."""
    if isinstance(values, dict):
        return {key: without_paths(value) for key, value in values.items()}
    if isinstance(values, list):
        return [without_paths(value) for value in values]
    for kind in (PurePosixPath, PureWindowsPath):
        if isinstance(values, str) and kind(values).is_absolute():
            return kind(values).name
    return values


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
