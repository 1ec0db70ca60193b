"""What ``calibrate`` fitted, as it is kept in a run folder and in a model file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.errors import RunError
from mien.inference.info import Head
from mien.runs import read_json

Entry = dict[str, Any]


def kept(path: Path, model_sha256: str) -> dict[str, Entry]:
    """Return what ``calibration.json`` holds, by head; nothing where there is no such file.

    Raises:
        RunError: it is damaged, or was fitted to other weights.
    """
    if not path.is_file():
        return {}
    entries = read_json(path)
    try:
        whose = {
            entry["fitted_on"]["model_sha256"]
            for entry in entries.values()
            if entry["temperature"] > 0 and "below" in entry["uncertain"] and entry["conformal"]
        }
        whole = len(entries) > 0 and len(whose) == 1
    except (KeyError, TypeError):
        whole = False
    if not whole:
        raise RunError(f"{path}: expected what mien calibrate wrote; run it again")
    if whose != {model_sha256}:
        raise RunError(f"{path}: fitted to other weights than those here; run mien calibrate again")
    return entries


def for_file(entry: Mapping[str, Any]) -> Entry:
    """Return what a model file keeps of a head: all that answering needs, and what it rests on."""
    uncertain = {key: entry["uncertain"][key] for key in ("below", "error")}
    return {
        "temperature": entry["temperature"],
        **({} if uncertain["below"] is None else {"uncertain": uncertain}),
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
