"""What ``calibrate`` fitted, as it is kept in a run folder and in a model file."""

import reprlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from mien.errors import RunError
from mien.evaluation.certainty.conformal import METHODS
from mien.inference.info import Head
from mien.runs import read_json

Entry = dict[str, Any]

HOTTEST = 1000.0
"""The largest temperature that a file may hold; its inverse is the smallest."""
EXPECTED = {
    "temperature": f"a number from {1 / HOTTEST:g} to {HOTTEST:g}",
    "uncertain": "below and error from 0 to 1",
    "conformal": f"q of each coverage for {' or '.join(METHODS)}",
    "fitted_on": "n, how many rows, above 0",
}


def kept(path: Path, model_sha256: str, heads: Collection[str] = ()) -> dict[str, Entry]:
    """Return what ``calibration.json`` holds, by head; nothing where there is no such file.

    Args:
        path: of the file.
        model_sha256: of the weights that it has to be fitted to.
        heads: that it has to hold; none: whichever.

    Raises:
        RunError: it is damaged, or was fitted to other weights.
    """
    if not path.is_file():
        return {}
    entries = read_json(path)
    found = [f"head {head}: {line}" for head in entries for line in _faults(entries[head])]
    if not entries or (heads and set(entries) != set(heads)):
        there = ", ".join(entries) or "none"
        found.append(f"it has the heads {there}, expected {', '.join(heads) or 'one or more'}")
    if found:
        raise RunError(f"{path}: expected what mien calibrate wrote, but: {found[0]}; run it again")
    if {entry["fitted_on"]["model_sha256"] for entry in entries.values()} != {model_sha256}:
        raise RunError(f"{path}: fitted to other weights than those here; run mien calibrate again")
    return entries


def _faults(entry: Any) -> list[str]:
    """Return what is wrong with an entry of ``calibration.json``."""
    found = problems(entry)
    if not found and not {"uncertain", "conformal", "fitted_on"} <= set(entry):
        found.append("expected temperature, uncertain, conformal and fitted_on")
    if not found and not isinstance(entry["fitted_on"].get("model_sha256"), str):
        found.append("fitted_on: expected model_sha256, the weights that it was fitted to")
    return found


def problems(entry: Any) -> list[str]:
    """Return what is wrong with a head's entry, a line each; a head without one has ``{}``."""
    if not isinstance(entry, dict):
        return [f"expected an object, found {reprlib.repr(entry)}"]
    parts = {part: entry.get(part, {}) for part in ("uncertain", "conformal", "fitted_on")}
    unlike = [part for part in parts if not isinstance(parts[part], dict)]
    if unlike:
        return [f"{part}: expected an object, found {reprlib.repr(parts[part])}" for part in unlike]
    n, rows = parts["fitted_on"].get("n", 0), bool(parts["conformal"])
    sound = {
        "temperature": _number(entry.get("temperature", 1), 1 / HOTTEST, HOTTEST),
        "uncertain": not parts["uncertain"] or _threshold(parts["uncertain"]),
        "conformal": all(_quantiles(method, q) for method, q in parts["conformal"].items()),
        "fitted_on": not rows or (isinstance(n, int) and n > 0),
    }
    return [
        f"{part}: expected {EXPECTED[part]}, found {reprlib.repr(entry.get(part))}"
        for part, right in sound.items()
        if not right
    ]


def _threshold(uncertain: Mapping[str, Any]) -> bool:
    """Tell whether this is what is kept of ``selective.threshold``."""
    return all(_number(uncertain.get(key), 0, 1) for key in ("below", "error"))


def _quantiles(method: str, levels: Any) -> bool:
    """Tell whether this is what ``conformal.fit`` returns for a method."""
    if method not in METHODS or not isinstance(levels, dict) or not levels:
        return False
    return all(_coverage(name) and _number(q, 0, 1) for name, q in levels.items())


def _coverage(name: str) -> bool:
    try:
        return 0 < float(name) < 1
    except ValueError:
        return False


def _number(value: Any, low: float, high: float) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and low <= value <= high


def for_file(entry: Mapping[str, Any]) -> Entry:
    """Return what a model file keeps of a head: all that answering needs, and what it rests on."""
    return {
        "temperature": entry["temperature"],
        "uncertain": {key: entry["uncertain"][key] for key in ("below", "error")},
        "conformal": entry["conformal"],
        "fitted_on": entry["fitted_on"],
    }


def of_file(head: Head) -> Entry:
    """Return what ``for_file`` kept of a head, from the model file that holds it."""
    uncertain = {"below": head.uncertain_below, "error": head.error}
    return {
        "temperature": head.temperature,
        **({"uncertain": uncertain} if head.error else {}),
        "conformal": {method: dict(levels) for method, levels in head.conformal.items()},
        "fitted_on": dict(head.fitted_on),
    }
