"""What a model records of its data, and of the data that its start weights had learnt from.

A run may start from the weights of another run (``model.weights``). Its ``data.json`` then keeps
the hash of those (``started_from``) and, as ``started_on``, the ``data.json`` that lay beside them;
that may itself have begun with others. Weights of torchvision are not meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien import runs
from mien.config import Experiment
from mien.datasets.prepared import LEAVE_OUT, PreparedSet
from mien.errors import MienError, ModelFileError, RunError
from mien.evaluation.answering import Answering
from mien.inference.model import Model

HASH = 12


@dataclass(frozen=True)
class Record:
    """What is recorded of the data that some weights learnt from.

    Attributes:
        data: the content of ``data.json``; empty where nothing is recorded.
        run: the run folder that it is of; None where none is at hand.
        place: where the dataset lay; None where nobody knows.
        weights: hash of the start weights that it is of; empty: it is the model's own.
    """

    data: Mapping[str, Any]
    run: Path | None
    place: Path | None
    weights: str = ""

    @property
    def name(self) -> str:
        """The name of the dataset; empty where none is recorded."""
        return str(self.data.get("name", ""))

    @property
    def sha256(self) -> str:
        """The hash of the dataset; empty where none is recorded."""
        return str(self.data.get("sha256", ""))

    @property
    def who(self) -> str:
        """What the weights are called at the beginning of a sentence."""
        return f"the run that it started from ({self.weights[:HASH]})" if self.weights else "it"

    def opened(self) -> list[PreparedSet]:
        """Open the dataset where it lay, if there is one still."""
        if self.place is None or not self.place.is_dir():
            return []
        try:
            return [PreparedSet.open(self.place)]
        except MienError:
            return []


def records_of(model: Answering) -> list[Record]:
    """Return what a model records of its own data, then that of the weights before, latest first.

    Raises:
        RunError, ModelFileError: a record is damaged.
    """
    run = model.path if model.path.is_dir() else None
    found = [Record(_own(model), run, model.learnt)]
    while weights := found[-1].data.get("started_from"):
        if weights in [one.weights for one in found]:
            break
        found.append(_earlier(found[-1], weights, model.path))
    return found


def settings_of(run: Path | None) -> Experiment | None:
    """Return the settings of a run; None where they cannot be read."""
    try:
        return None if run is None else Experiment.load(runs.RunFolder(run).config)
    except (MienError, OSError):
        return None


def _own(model: Answering) -> dict[str, Any]:
    """Return what a model says of the data that it learnt from; empty where it says nothing."""
    if model.path.is_dir():
        path = runs.RunFolder(model.path).data
        return _sound(runs.read_json(path), path, RunError)
    told: object = Model.open(model.path).info.provenance
    found = told.get("data") if isinstance(told, Mapping) else None
    return _sound(found, model.path, ModelFileError) if isinstance(found, Mapping) else {}


def _earlier(record: Record, weights: str, path: Path) -> Record:
    """Return the record of the run that a run's start weights are of."""
    run = _run_of(record.run, weights)
    settings = settings_of(run)
    place = None if settings is None else settings.data.path
    told = record.data.get("started_on")
    data = _sound(told, path, RunError) if isinstance(told, Mapping) else {}
    return Record(data, run, place, weights)


def _run_of(run: Path | None, weights: str) -> Path | None:
    """Return the run folder whose weights a run started from, if they lie there still."""
    settings = settings_of(run)
    file = None if settings is None else settings.model.weights
    if file is None or not file.is_file() or not runs.RunFolder(file.parent).data.is_file():
        return None
    return file.parent if runs.sha256(file) == weights else None


def _sound(record: Mapping[str, Any], path: Path, error: type[MienError]) -> dict[str, Any]:
    """Return a record if it can be one that mien wrote."""
    rows, left_out = record.get("rows", {}), record.get("left_out", [])
    started = record.get("started_from")
    if not isinstance(rows, Mapping):
        raise error(f"{path}: rows: expected an object of splits, found {rows!r}")
    if not isinstance(left_out, list) or not set(map(str, left_out)) <= set(LEAVE_OUT):
        raise error(f"{path}: left_out: expected some of {', '.join(LEAVE_OUT)}: {left_out!r}")
    if not isinstance(started, str | None):
        raise error(f"{path}: started_from: expected the hash of weights, found {started!r}")
    return dict(record)
