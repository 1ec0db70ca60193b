"""What a cross-validation is: its experiment, its dataset, how the pictures are dealt out.

Paths are kept as they were given, and from the root of the disk: the folder can be gone on with
from anywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import ConfigError, several

FOLDS = "folds.csv"


@dataclass(frozen=True)
class Dealing:
    """How the training pictures are dealt out; see ``mien.datasets.folds.folds_of``.

    Attributes:
        folds: how many, 2 or more.
        repeats: how often all is dealt out and trained again; repeat ``r`` draws its folds, and
            trains, with the experiment's seed + ``r``.
        by: ``subject``, ``picture``, or empty: by subject where they are known.
        near: whether near copies are kept together like exact ones.
    """

    folds: int = 5
    repeats: int = 1
    by: str = ""
    near: bool = True


@dataclass(frozen=True)
class Plan:
    """A cross-validation.

    Attributes:
        given: the experiment as it was given.
        paths: dotted key → its path from the root of the disk.
        dealing: how the pictures are dealt out.
        dataset: ``name``, ``label_set`` and ``sha256`` of its manifest.
    """

    given: Experiment
    paths: Mapping[str, str]
    dealing: Dealing
    dataset: Mapping[str, str]

    @property
    def experiment(self) -> Experiment:
        """What each fold is trained with, apart from its fold; paths are whole."""
        return self.given.changed({**self.paths, "tune": None})

    def of(self, place: "Place") -> Experiment:
        """Return what one fold is trained with."""
        fold = {"file": str(place.folds.resolve()), "held_out": place.fold}
        seed = self.given.seed + place.repeat
        return self.experiment.changed({"seed": seed, "data.fold": fold})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; ``read`` reads them."""
        return {
            "config": self.given.to_dict(),
            "paths": dict(self.paths),
            "dealing": asdict(self.dealing),
            "dataset": dict(self.dataset),
        }


@dataclass(frozen=True)
class Place:
    """Where a fold lives.

    Attributes:
        name: as it is told: its folder below the cross-validation's.
        repeat, fold: which, from 0.
        root: its run folder.
        folds: the file that says which pictures are held out.
    """

    name: str
    repeat: int
    fold: int
    root: Path
    folds: Path


def places(root: Path, dealing: Dealing) -> list[Place]:
    """Return every fold's place, in the order in which they are trained."""
    found = []
    for repeat in range(dealing.repeats):
        above = "" if dealing.repeats == 1 else f"repeat-{repeat}/"
        for fold in range(dealing.folds):
            name = f"{above}fold-{fold}"
            found.append(Place(name, repeat, fold, root / name, root / above / FOLDS))
    return found


def plan(experiment: Experiment, prepared: PreparedSet, dealing: Dealing) -> Plan:
    """Return the plan of a cross-validation.

    Raises:
        ConfigError: the experiment holds a fold out already, or wants several devices.
    """
    problems = []
    if experiment.data.fold is not None:
        problems.append("data.fold: mien crossval holds out each fold itself; leave it out")
    if experiment.machine.devices != 1 or experiment.machine.nodes != 1:
        problems.append(
            "machine: mien crossval trains one fold after another, each on one device; "
            "expected devices: 1 and nodes: 1"
        )
    if problems:
        raise ConfigError(several(problems))
    dataset = {key: str(getattr(prepared, key)) for key in ("name", "label_set", "sha256")}
    return Plan(experiment, _paths(experiment), dealing, dataset)


def _paths(experiment: Experiment) -> dict[str, str]:
    """Return the files and folders that an experiment names, from the root of the disk."""
    model = experiment.model
    found: dict[str, Path | None] = {"data.path": experiment.data.path}
    found["model.weights"] = model.weights
    if model.pretrained is not None and Path(model.pretrained).is_file():
        found["model.pretrained"] = Path(model.pretrained)
    return {key: str(path.resolve()) for key, path in found.items() if path is not None}
