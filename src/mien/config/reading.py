"""YAML in: values, the line of each key, and overrides from the command line."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from mien.errors import ConfigError, several

Key = tuple[str, ...]
Lines = dict[Key, int]


def read(path: Path) -> tuple[dict[str, Any], Lines]:
    """Return the values of a YAML file, and key → line, counted from 1.

    Raises:
        ConfigError: it is missing, no YAML, no mapping, or names a key twice.
    """
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path}: expected a YAML file, this is a folder or a device")
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
        found = list(_lines(node, ())) if isinstance(node, yaml.MappingNode) else []
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; expected a YAML experiment") from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path}: cannot be read as YAML: {reason}") from None
    if not isinstance(values, dict):
        came = "an empty file" if values is None else f"a {type(values).__name__}"
        raise ConfigError(f"{path}: expected keys and values, not {came}")
    _refuse_repeats(path, found)
    return values, dict(found)


def override(values: dict[str, Any], text: str) -> str:
    """Apply one override like ``train.epochs=5`` to nested values, and return its key.

    Raises:
        ConfigError: it is no key and value, or the key lies below a value.
    """
    key, equals, raw = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"{text!r}: an override is key=value, such as train.epochs=5")
    try:
        value = yaml.safe_load(raw) if raw else None
    except (ValueError, RecursionError, yaml.YAMLError):
        raise ConfigError(f"{shortened(text)}: the value is not valid YAML") from None
    put(values, key.strip(), value)
    return key.strip()


def get(values: Mapping[str, Any], key: str) -> Any:
    """Return a value by its dotted key; None where it is not there."""
    found: Any = values
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def shortened(value: object) -> str:
    """Return what a value looks like, in one line of 60 letters at most."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def put(values: dict[str, Any], key: str, value: Any) -> None:
    """Set a value by its dotted key.

    Raises:
        ConfigError: the key lies below a value.
    """
    *sections, last = key.split(".")
    for section in sections:
        if values.get(section) is None:
            values[section] = {}
        values = values[section]
        if not isinstance(values, dict):
            raise ConfigError(f"{key!r}: {section} is a value, not a section")
    values[last] = value


def _lines(node: yaml.Node, above: Key) -> Iterator[tuple[Key, int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*above, str(key.value))
        yield here, key.start_mark.line + 1
        yield from _lines(value, here)


def _refuse_repeats(path: Path, found: list[tuple[Key, int]]) -> None:
    first: Lines = {}
    problems = []
    for key, line in found:
        if key in first:
            name = ".".join(key)
            problems.append(f"line {line}: {name} is there already, in line {first[key]}")
        first.setdefault(key, line)
    if problems:
        raise ConfigError(f"{path}: {several(problems)}")
