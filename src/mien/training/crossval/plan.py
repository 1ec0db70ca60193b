"""What a cross-validation is: its experiment, its dataset, how the pictures are dealt out.

It is kept in its folder as ``plan.json``, so that the same command, or ``--resume``, goes on with
the same thing. Paths are kept as they were given, and from the root of the disk: the folder can
be gone on with from anywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mien.config import Experiment, differences
from mien.datasets.prepared import PreparedSet
from mien.errors import ConfigError, RunError, several
from mien.models import registry
from mien.runs import read_json, write_json
from mien.training.crossval.dealing import PLAN, FoldPlace, FoldSettings
from mien.training.described import start_of
from mien.training.resuming import settings

SHOWN = 10


@dataclass(frozen=True)
class Plan:
    """A cross-validation.

    Attributes:
        given: the experiment as it was given.
        paths: dotted key → its path from the root of the disk.
        dealing: how the pictures are dealt out.
        dataset: ``name``, ``label_set`` and ``sha256`` of its manifest.
        start: hashes of the weights that every fold starts from; see ``described.start_of``.
    """

    given: Experiment
    paths: Mapping[str, str]
    dealing: FoldSettings
    dataset: Mapping[str, str]
    start: Mapping[str, Any]

    @property
    def experiment(self) -> Experiment:
        """What each fold is trained with, apart from its fold; paths are whole."""
        return self.given.changed({**self.paths, "tune": None})

    def of(self, place: FoldPlace) -> Experiment:
        """Return what one fold is trained with."""
        fold = {"file": str(place.folds.resolve()), "held_out": place.fold}
        seed = self.given.seed + place.repeat
        return self.experiment.changed({"seed": seed, "data.fold": fold})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; ``read`` reads them."""
        own = {name: dict(getattr(self, name)) for name in ("paths", "dataset", "start")}
        return {"config": self.given.to_dict(), "dealing": asdict(self.dealing), **own}


def plan(experiment: Experiment, prepared: PreparedSet, dealing: FoldSettings) -> Plan:
    """Return the plan of a cross-validation.

    Raises:
        ConfigError: the experiment holds a fold out already, wants several devices, or has
            settings that do not go with its network.
        RunError: weights to start from cannot be read or fetched.
    """
    problems = registry.problems(experiment)
    if experiment.data.fold is not None:
        problems.append("data.fold: mien crossval holds out each fold itself; leave it out")
    if experiment.machine.devices != 1 or experiment.machine.nodes != 1:
        problems.append(
            "machine: mien crossval trains one fold after another, each on one device; "
            "expected devices: 1 and nodes: 1"
        )
    if problems:
        raise ConfigError(several(problems))
    paths = {key: str(path.resolve()) for key, path in experiment.paths().items()}
    dataset = {key: str(getattr(prepared, key)) for key in ("name", "label_set", "sha256")}
    return Plan(experiment, paths, dealing, dataset, start_of(experiment))


def require_start(made: Plan) -> None:
    """Refuse to begin a fold with other weights than the cross-validation began with.

    Raises:
        RunError: they were replaced since, or are gone.
    """
    if start_of(made.experiment) != made.start:
        named = made.given.model.weights or made.given.model.pretrained
        raise RunError(
            f"{named}: not the weights that this cross-validation began with; put them back, or "
            "begin in another folder (--out)"
        )


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
        dealing = FoldSettings(**values["dealing"])
        return Plan(config, values["paths"], dealing, values["dataset"], values["start"])
    except (KeyError, TypeError, ConfigError) as error:
        raise RunError(f"{root / PLAN}: not a plan that this mien wrote: {error}") from None


def require_same(root: Path, before: Plan, now: Plan) -> None:
    """Refuse to go on with other settings than a folder was begun with.

    Raises:
        RunError: they are named.
    """
    if changed := changes(_decisive(before), _decisive(now)):
        raise RunError(
            f"{root} was begun with other settings ({changed}); "
            "go on with them (--resume), or name another folder (--out)"
        )


def _decisive(made: Plan) -> dict[str, Any]:
    values = made.to_dict()
    own = {key: values[key] for key in ("dealing", "dataset", "start")}
    return {**settings(made.experiment), **own}


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say for each dotted key that differs what it was and what it is; ten at most."""
    found = [f"{key}: {old} before, now {new}" for key, old, new in differences(before, now)]
    return "; ".join([*found[:SHOWN], *(["…"] if len(found) > SHOWN else [])])
