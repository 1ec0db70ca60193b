"""What a model has seen: the pictures that it learnt from, and those it was chosen by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.config import Experiment
from mien.datasets import fold_file
from mien.datasets.prepared import LEAVE_OUT, PreparedSet
from mien.errors import MienError, ModelFileError, RunError
from mien.evaluation.answering import Answering
from mien.inference.model import Model

Ints = npt.NDArray[np.int64]
_HASH = 12


@dataclass(frozen=True)
class Pictures:
    """The pictures that a model has seen.

    Attributes:
        prepared: the dataset.
        train: int64, rows that it learnt from (those that the run left out are not in it).
        val: int64, rows of the validation split, by which it was chosen.
    """

    prepared: PreparedSet
    train: Ints
    val: Ints


@dataclass(frozen=True)
class Learnt:
    """What a model has seen.

    Attributes:
        name, sha256: of the dataset, as the model records them; empty where it records none.
        pictures: the pictures; None where they are not known.
        note: what is not as expected, in a sentence; empty where all is.
    """

    name: str
    sha256: str
    pictures: Pictures | None = None
    note: str = ""

    def is_own(self, scored: PreparedSet) -> bool:
        """Tell whether a dataset is the one that the model learnt from."""
        opened = "" if self.pictures is None else self.pictures.prepared.sha256
        return scored.sha256 in {self.sha256, opened} - {""}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values; ``pictures`` is None where nobody knows."""
        some = self.pictures
        count = None if some is None else {"train": len(some.train), "val": len(some.val)}
        return {
            "name": self.name,
            "sha256": self.sha256,
            "pictures": count,
            "note": self.note,
        }


def learnt_of(
    model: Answering,
    given: Sequence[PreparedSet] = (),
    others: Sequence[PreparedSet] = (),
) -> Learnt:
    """Return what a model has seen.

    A run records the hash of its dataset, and where it lay; a model file the hash alone. The
    dataset is the one with that hash, among those at hand and the one at that place. Another one
    is taken only where it alone was given, is not at odds with the record's number of training
    pictures, and the note says so (the same source, prepared again, has another hash).

    Args:
        model: see ``answering.open_model``.
        given: prepared datasets that a person says models learnt from.
        others: prepared datasets that are at hand; taken by their hash alone.

    Raises:
        RunError, ModelFileError: what it records is damaged.
    """
    record = _record(model)
    name, sha256 = str(record.get("name", "")), str(record.get("sha256", ""))
    for prepared in (*given, *others, *_recorded_place(model)):
        if prepared.sha256 == sha256:
            return _of(model, record, prepared, "")
    if len(given) == 1:
        return _another(model, record, given[0])
    return Learnt(name, sha256, note=_missing(name, sha256, bool(model.learnt)))


def _missing(name: str, sha256: str, placed: bool) -> str:
    """Say that the training set is not at hand, or that none is recorded."""
    if not sha256:
        return "its training set is not known: it records none; name it with --trained-on DIR"
    where = ", nor where the run says" if placed else ""
    return (
        f"it records that it learnt from {name} ({sha256[:_HASH]}), which is not among the "
        f"datasets that were named{where}: name it with --trained-on DIR"
    )


def _another(model: Answering, record: Mapping[str, Any], prepared: PreparedSet) -> Learnt:
    """Take a dataset whose hash is not the recorded one, if it may be the same pictures."""
    name, sha256 = str(record.get("name", "")), str(record.get("sha256", ""))
    if not sha256:
        said = f"it records no training set; {prepared.name} was named"
        return _of(model, record, prepared, said)
    hashes = f"{name} ({sha256[:_HASH]}), named was {prepared.name} ({prepared.sha256[:_HASH]})"
    found = _of(model, record, prepared, f"it records {hashes}, with as many training pictures")
    there = 0 if found.pictures is None else len(found.pictures.train)
    expected = record.get("rows", {}).get("train")
    if there == expected:
        return found
    note = (
        f"its training set is not known: it records {hashes} with {there:,} training pictures, "
        f"not the recorded {expected or 0:,}"
    )
    return Learnt(name, sha256, note=note)


def _of(model: Answering, record: Mapping[str, Any], prepared: PreparedSet, note: str) -> Learnt:
    train = prepared.where("train", tuple(record.get("left_out", ())))
    if record.get("fold"):
        train, told = _without_fold(model, prepared, train)
        note = "; ".join(part for part in (note, told) if part)
    name, sha256 = (str(record.get(key, "")) for key in ("name", "sha256"))
    pictures = Pictures(prepared, train, prepared.where("val"))
    return Learnt(name or prepared.name, sha256, pictures, note)


def _without_fold(model: Answering, prepared: PreparedSet, train: Ints) -> tuple[Ints, str]:
    """Return the training pictures without the fold held out, where its file can be read."""
    told = "its fold's file cannot be read: all training pictures count as seen"
    if not model.path.is_dir():
        return train, told
    try:
        fold = Experiment.load(runs.RunFolder(model.path).config).data.fold
        folds = None if fold is None else fold_file.read(fold.file, prepared)
    except (MienError, OSError):
        return train, told
    if fold is None or folds is None:
        return train, told
    return train[folds[train] != fold.held_out], ""


def _record(model: Answering) -> dict[str, Any]:
    """Return what a model says of the data that it learnt from; empty where it says nothing."""
    if model.path.is_dir():
        path = runs.RunFolder(model.path).data
        return _sound(runs.read_json(path), path, RunError)
    told: object = Model.open(model.path).info.provenance
    found = told.get("data") if isinstance(told, Mapping) else None
    return _sound(found, model.path, ModelFileError) if isinstance(found, Mapping) else {}


def _sound(record: Mapping[str, Any], path: Path, error: type[MienError]) -> dict[str, Any]:
    """Return a record if it can be one that mien wrote."""
    rows, left_out = record.get("rows", {}), record.get("left_out", [])
    if not isinstance(rows, Mapping):
        raise error(f"{path}: rows: expected an object of splits, found {rows!r}")
    if not isinstance(left_out, list) or not set(map(str, left_out)) <= set(LEAVE_OUT):
        raise error(f"{path}: left_out: expected some of {', '.join(LEAVE_OUT)}: {left_out!r}")
    return dict(record)


def _recorded_place(model: Answering) -> list[PreparedSet]:
    """Open the dataset where the run says it lay, if there is one still."""
    if model.learnt is None or not model.learnt.is_dir():
        return []
    try:
        return [PreparedSet.open(model.learnt)]
    except MienError:
        return []
