"""A cross-validation as its crossval.json tells it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from mien.errors import RunError, several
from mien.report.compare.nameless import without_files, without_paths
from mien.report.compare.record import (
    Config,
    Count,
    Machine,
    Network,
    Number,
    Part,
    Report,
    Rows,
    Share,
)
from mien.runs import read_json

RESULT, PLAN, KEY = "crossval.json", "plan.json", "crossval"


class Spread(Part):
    """A score over folds: mean and sample standard deviation."""

    mean: Share
    sd: Number | None = None


class Summed(Part):
    """Scores of one protocol over folds."""

    accuracy: Spread
    macro_f1: Spread


class Dealing(Part):
    """How pictures were dealt out."""

    folds: Count
    repeats: Count = 1


class Dataset(Part):
    """What was dealt out."""

    name: str
    label_set: str
    sha256: str


class Fold(Part):
    """One fold's run."""

    rows: Rows
    epochs: Count
    machine: Machine


class Pooled(Part):
    """Scores of all rows of a repeat together: head → protocol → ``official``."""

    heads: dict[str, dict[str, dict[str, Report]]]


class Crossval(Part):
    """What crossval.json holds. ``network`` is that of its first fold's run, where known."""

    name: str
    config: Config
    dealing: Dealing
    dataset: Dataset
    kept: str = ""
    folds: Annotated[tuple[Fold, ...], Field(min_length=1)]
    summary: dict[str, dict[str, Summed]]
    pooled: Annotated[tuple[Pooled, ...], Field(min_length=1)]
    notes: tuple[str, ...] = ()
    hours: Number
    network: Network | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they were read."""
        return self.model_dump(mode="json", exclude_unset=True)


@dataclass(frozen=True)
class Crossed:
    """A cross-validation, and where it was read."""

    record: Crossval
    source: Path = field(compare=False)


def is_crossval(root: Path) -> bool:
    """Tell whether a folder is that of a cross-validation, finished or not."""
    return (root / RESULT).is_file() or (root / PLAN).is_file()


def of_folder(root: Path) -> Crossed:
    """Return a finished cross-validation.

    Raises:
        RunError: it is not finished, or a file of it is damaged.
    """
    path = root / RESULT
    if not path.is_file():
        raise RunError(unfinished(root))
    values = read_json(path)
    config = values.get("config")
    values = {
        "name": root.resolve().name,
        **without_paths(values),
        "config": without_files(config) if isinstance(config, dict) else config,
    }
    network = next(iter(sorted(root.rglob("fold-*/network.json"))), None)
    if network is not None:
        values["network"] = without_paths(read_json(network))
    return checked(values, root, path)


def checked(values: Any, source: Path, path: Path) -> Crossed:
    """Return a cross-validation from plain values; ``path`` is named where they are wrong."""
    try:
        return Crossed(Crossval.model_validate(values), source)
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(str(part) for part in one['loc'])}: {one['msg'].lower()}"
            for one in error.errors()
        ]
        raise RunError(several(problems)) from None


def unfinished(root: Path) -> str:
    """Say how many folds of a cross-validation are done.

    Raises:
        RunError: its plan is damaged.
    """
    done = sum(1 for _ in root.rglob("fold-*/held_out.json"))
    try:
        dealing = Dealing.model_validate(read_json(root / PLAN).get("dealing"))
    except ValidationError:
        raise RunError(f"{root / PLAN}: expected how many folds there are") from None
    return (
        f"{root}: a cross-validation with {done} of {dealing.folds * dealing.repeats} folds done; "
        f"mien crossval --resume {root}"
    )
