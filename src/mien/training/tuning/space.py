"""A search space: from an experiment's YAML to a trial's values, and back to settings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from optuna import Trial
from pydantic import ValidationError

from mien.config import Choices, Experiment, Range
from mien.config.reading import put
from mien.errors import ConfigError, UnknownNameError, several
from mien.models import registry

Space = Mapping[str, Range | Choices]
FIXED = {
    "name": "it names the study",
    "seed": "a study over seeds picks luck",
    "train.monitor": "it is what the trials are compared by",
    "machine": "it changes nothing that is learnt",
}
_PLAIN = (bool, int, float, str, type(None))
_INSIDE = 0.382
"""Where between its ends a range is tried: at no whole number, most likely."""


def suggest(trial: Trial, space: Space) -> dict[str, Any]:
    """Draw a trial's value of every setting, as Optuna keeps it."""
    return {key: _suggested(trial, key, searched) for key, searched in space.items()}


def _suggested(trial: Trial, key: str, searched: Range | Choices) -> Any:
    if not isinstance(searched, Range):
        return trial.suggest_categorical(key, [_told(value) for value in searched])
    if searched.whole:
        low, high, step = int(searched.low), int(searched.high), int(searched.step or 1)
        return trial.suggest_int(key, low, high, step=step, log=searched.log)
    return trial.suggest_float(
        key, searched.low, searched.high, step=searched.step, log=searched.log
    )


def _told(value: Any) -> Any:
    """Return a choice as Optuna keeps it: lists and sections as JSON."""
    return value if isinstance(value, _PLAIN) else json.dumps(value, sort_keys=True, default=str)


def changes(space: Space, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a trial's parameters change: dotted key → value for ``Experiment.changed``."""
    found = {}
    for key, value in params.items():
        searched = space[key]
        known = {} if isinstance(searched, Range) else {_told(v): v for v in searched}
        found[key] = value if isinstance(value, _PLAIN[:3]) else known.get(value, value)
    return found


def check(experiment: Experiment) -> None:
    """Refuse a search space with values that can never be trained with.

    Values that clash only with another setting are left to the trials: there they may meet
    another value of that setting.

    Raises:
        ConfigError: there is no space, or it has such values; all of them are named.
    """
    if experiment.tune is None:
        raise ConfigError(
            f"{experiment.name}: expected a section tune: with the space to search, such as\n"
            "  tune: {space: {optimizer.lr: {low: 0.001, high: 0.1, log: true}}}"
        )
    found = list(_problems(experiment, experiment.tune.space))
    if experiment.machine.devices != 1 or experiment.machine.nodes != 1:
        found.append("machine: a trial trains on one device; several share a study by --workers")
    if found:
        raise ConfigError(f"{experiment.name}: {several(found)}")


def _unknown_networks(space: Space) -> Iterator[str]:
    searched = space.get("model.name", ())
    for name in searched if isinstance(searched, list) else ():
        try:
            registry.known(str(name))
        except UnknownNameError as error:
            yield f"tune.space: model.name: {error}"


def _problems(experiment: Experiment, space: Space) -> Iterator[str]:
    yield from _unknown_networks(space)
    for key, searched in space.items():
        fixed = [name for name in FIXED if key == name or key.startswith(f"{name}.")]
        inside = [name for name in space if name.startswith(f"{key}.")]
        values = [_told(value) for value in searched] if isinstance(searched, list) else []
        if fixed:
            yield f"tune.space: {key} cannot be searched: {FIXED[fixed[0]]}"
        elif inside:
            yield f"tune.space: {key} holds {inside[0]}, which is searched too; leave one out"
        elif any(value in values[:place] for place, value in enumerate(values)):
            yield f"tune.space: {key} names a value twice"
        else:
            yield from _refused(experiment, key, searched)


def _refused(experiment: Experiment, key: str, searched: Range | Choices) -> Iterator[str]:
    for value in _tried(searched):
        values = {**experiment.to_dict(), "tune": None}
        put(values, key, value)
        try:
            Experiment.model_validate(values)
        except ValidationError as error:
            for problem in error.errors():
                if key == ".".join(map(str, problem["loc"]))[: len(key)]:
                    yield _line(key, value, problem["msg"], isinstance(searched, Range))
                    break


def _tried(searched: Range | Choices) -> list[Any]:
    if not isinstance(searched, Range):
        return list(searched)
    low, high = searched.low, searched.high
    if searched.whole:
        return [int(low), int(high)]
    return [low, high, low + (searched.step or _INSIDE * (high - low))]


def _line(key: str, value: Any, message: str, ranged: bool) -> str:
    hint = "; add whole: true" if ranged and "integer" in message else ""
    message = message.removeprefix("Value error, ")
    return f"tune.space: {key}: {message[:1].lower()}{message[1:]}, not {value!r}{hint}"
