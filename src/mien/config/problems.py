"""What is wrong with an experiment, in words: the line, the key, the nearest known one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from mien.config.reading import Lines, shortened
from mien.config.studies import TAGS

EXPECTED = {
    "model_type": "expected a section of keys and values",
    "dataclass_type": "expected a section of keys and values",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "dict_type": "expected keys and values",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
}
"""What pydantic says in its own words, in those of a user."""
UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


def told(errors: Sequence[Mapping[str, Any]], root: type[BaseModel], lines: Lines) -> list[str]:
    """Return a line for each of pydantic's errors, in the order of the file."""
    found = [(_place(error, lines), _line(error, root)) for error in errors]
    return [f"line {n}: {text}" if n else text for n, text in sorted(found, key=lambda f: f[0])]


def keys(section: type, above: str = "") -> Iterator[str]:
    """Return every dotted key of a section and of those below it."""
    for name, annotation in _fields(section).items():
        yield above + name
        below = _section(annotation)
        if below is not None:
            yield from keys(below, f"{above}{name}.")


def nearest(key: str, known: Sequence[str]) -> str:
    """Return the known dotted key that was most likely meant, or ""."""
    if "." in key:  # a setting is meant, no section
        known = [name for name in known if "." in name]
    last = {name.rpartition(".")[2]: name for name in reversed(known)}
    own = key.rpartition(".")[2]
    if own in last:
        return last[own]
    if close := get_close_matches(key, known, 1, 0.75):
        return close[0]
    close = get_close_matches(own, last, 1, 0.75)
    return last[close[0]] if close else ""


def _place(error: Mapping[str, Any], lines: Lines) -> int:
    loc = tuple(str(part) for part in error["loc"])
    for length in range(len(loc), 0, -1):
        if loc[:length] in lines:
            return lines[loc[:length]]
    return 0


def _line(error: Mapping[str, Any], root: type[BaseModel]) -> str:
    key = ".".join(str(part) for part in error["loc"] if part not in TAGS)
    if error["type"] in UNKNOWN:
        return _unknown(key, error["loc"], root)
    message = error["msg"].removeprefix("Value error, ").removeprefix("preprocessing: ")
    message = f"{message[:1].lower()}{message[1:]}"
    message = EXPECTED.get(error["type"], message)
    told = error["type"] == "value_error" or isinstance(error["input"], dict | BaseModel)
    came = "" if told else f", not {shortened(error['input'])}"
    return f"{key}: {message}{came}" if key else message


def _unknown(key: str, loc: Sequence[int | str], root: type[BaseModel]) -> str:
    section: Any = root
    for part in loc[:-1]:
        section = _section(_fields(section).get(str(part))) or section
    meant = nearest(key, list(keys(root)))
    hint = f"did you mean {meant}? " if meant else ""
    return f"{key}: unknown key; {hint}known here: {', '.join(_fields(section))}"


def _fields(section: Any) -> dict[str, Any]:
    if issubclass(section, BaseModel):
        return {name: field.annotation for name, field in section.model_fields.items()}
    return {field.name: field.type for field in fields(section)}


def _section(annotation: Any) -> Any:
    """Return the section that a field holds, or None where it holds a value."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, Annotated):
        return next((s for part in get_args(annotation) if (s := _section(part))), None)
    is_section = isinstance(annotation, type) and (
        issubclass(annotation, BaseModel) or is_dataclass(annotation)
    )
    return annotation if is_section else None
