"""Whether a study that is there is the one that is asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from mien.config import Experiment
from mien.errors import RunError, several

FREE = ("tune.trials", "machine", "data.path")
"""What may change from one start to the next; the data are compared by their hash."""


def of(experiment: Experiment, data: str) -> dict[str, Any]:
    """Return what makes a study: its settings, and the sha256 of its dataset."""
    return {"config": experiment.to_dict(), "data": data}


def require_same(where: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with a study of other settings or data.

    Raises:
        RunError: it names what changed.
    """
    changed = list(_differences(before["config"], now["config"]))
    if before["data"] != now["data"]:
        changed.append("the dataset was prepared anew, from other pictures or labels")
    if changed:
        raise RunError(
            f"{where} holds a study of other settings; name another (--out, or --study in a "
            f"shared --storage), or set these back: {several(changed)}"
        )


def _differences(
    before: Mapping[str, Any], now: Mapping[str, Any], above: str = ""
) -> Iterator[str]:
    for name in dict.fromkeys((*before, *now)):
        key, old, new = f"{above}{name}", before.get(name), now.get(name)
        if key in FREE or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{key}.")
        else:
            yield f"{key} was {_word(old)}, is {_word(new)}"


def _word(value: Any) -> str:
    return "not there" if value is None else repr(value)
