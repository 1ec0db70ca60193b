"""Takes the paths of a machine out of what is to be kept and passed on."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

FILES = ("data.path", "data.fold.file", "model.weights", "model.pretrained")
"""Settings of an experiment that may be a path."""


def without_paths(values: Any) -> Any:
    """Return JSON values in which each absolute path is only its last name."""
    if isinstance(values, dict):
        return {key: without_paths(value) for key, value in values.items()}
    if isinstance(values, list):
        return [without_paths(value) for value in values]
    return last_name(values) if isinstance(values, str) and _absolute(values) else values


def without_files(config: dict[str, Any]) -> dict[str, Any]:
    """Return an experiment's settings in which each path, relative ones too, is its last name."""
    found: dict[str, Any] = without_paths(config)
    for key in FILES:
        *sections, last = key.split(".")
        section: Any = found
        for name in sections:
            section = section.get(name) if isinstance(section, dict) else None
        if isinstance(section, dict) and isinstance(section.get(last), str):
            section[last] = last_name(section[last])
    return found


def last_name(path: str) -> str:
    """Return the last name of a path of any system."""
    return PureWindowsPath(PurePosixPath(path).name).name


def _absolute(text: str) -> bool:
    return PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
