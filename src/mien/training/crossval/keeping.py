"""Keeps a plan in its folder as ``plan.json``, and says what changed since.

So the same command, or ``--resume``, goes on with the same thing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mien.config import Experiment
from mien.errors import ConfigError, RunError
from mien.runs import read_json, write_json
from mien.training.crossval.plan import Dealing, Plan

PLAN = "plan.json"
MAY_CHANGE = ("machine", "tune")
"""Sections that may change on the way: they do not decide what a run learns."""
SHOWN = 10


def write(root: Path, made: Plan) -> None:
    """Keep a plan in a folder."""
    write_json(root / PLAN, made.to_dict())


def read(root: Path) -> Plan:
    """Return the plan of a folder.

    Raises:
        RunError: there is none, or it is damaged.
    """
    if not (root / PLAN).is_file():
        raise RunError(f"{root}: expected a folder of mien crossval, found no {PLAN}")
    values = read_json(root / PLAN)
    try:
        config = Experiment.from_dict(values["config"], str(root / PLAN))
        return Plan(config, values["paths"], Dealing(**values["dealing"]), values["dataset"])
    except (KeyError, TypeError, ConfigError) as error:
        raise RunError(f"{root / PLAN}: not a plan that this mien wrote: {error}") from None


def require_same(root: Path, before: Plan, now: Plan) -> None:
    """Refuse to go on with other settings than a folder was begun with.

    Raises:
        RunError: every one of them is named.
    """
    changed = list(changes(_settings(before), _settings(now)))
    if changed:
        shown = [*changed[:SHOWN], *(["…"] if len(changed) > SHOWN else [])]
        raise RunError(
            f"{root} was begun with other settings ({'; '.join(shown)}); "
            "go on with them (--resume), or name another folder (--out)"
        )


def _settings(made: Plan) -> dict[str, Any]:
    config = {k: v for k, v in made.experiment.to_dict().items() if k not in MAY_CHANGE}
    return {**config, "dealing": asdict(made.dealing), "dataset": dict(made.dataset)}


def changes(before: Mapping[str, Any], now: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Say for each dotted key that differs what it was and what it is."""
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key), now.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from changes(old, new, f"{above}{key}.")
        elif old != new:
            yield f"{above}{key}: {old} before, now {new}"
