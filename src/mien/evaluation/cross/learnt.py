"""What a model has seen: the pictures that it learnt from, and those it was chosen by.

Where it started from the weights of another run, what those had learnt from counts too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets import fold_file
from mien.datasets.prepared import PreparedSet
from mien.errors import MienError
from mien.evaluation.answering import Answering
from mien.evaluation.cross.records import HASH, Record, records_of, settings_of

Ints = npt.NDArray[np.int64]
BY_COUNT = (
    "that these are the same pictures was checked by their number alone, and copies are taken out "
    "on that ground"
)


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
        before: what the weights that it started from had seen, and those before them.
    """

    name: str
    sha256: str
    pictures: Pictures | None = None
    note: str = ""
    before: tuple["Learnt", ...] = ()

    @property
    def seen(self) -> tuple[Pictures, ...] | None:
        """All pictures that it has seen, by dataset; None where those of any are not known."""
        each = [one.pictures for one in (self, *self.before)]
        known = tuple(one for one in each if one is not None)
        return known if len(known) == len(each) else None

    def is_own(self, scored: PreparedSet) -> bool:
        """Tell whether a dataset is one that the model, or its start weights, learnt from."""
        opened = "" if self.pictures is None else self.pictures.prepared.sha256
        mine = scored.sha256 in {self.sha256, opened} - {""}
        return mine or any(one.is_own(scored) for one in self.before)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values; ``pictures`` is None where nobody knows."""
        some = self.pictures
        count = None if some is None else {"train": len(some.train), "val": len(some.val)}
        return {
            "name": self.name,
            "sha256": self.sha256,
            "pictures": count,
            "note": "; ".join(one.note for one in (self, *self.before) if one.note),
            "started_on": [one.to_dict() for one in self.before],
        }


def learnt_of(
    model: Answering,
    given: Sequence[PreparedSet] = (),
    others: Sequence[PreparedSet] = (),
) -> Learnt:
    """Return what a model has seen.

    A run records the hash of its dataset, and where it lay; a model file the hash alone. The
    dataset is the one with that hash, among those at hand and the one at that place. Another one
    is taken only where no other is left of those given, it is not at odds with the record's number
    of training pictures, and the note says so (the same source, prepared again, has another hash).
    The datasets that start weights learnt from are found by the same rule.

    Args:
        model: see ``answering.open_model``.
        given: prepared datasets that a person says models learnt from.
        others: prepared datasets that are at hand; taken by their hash alone.

    Raises:
        RunError, ModelFileError: what it records is damaged.
    """
    records = records_of(model)
    spare = [one for one in given if one.sha256 not in {record.sha256 for record in records}]
    parts: list[Learnt] = []
    for record in records:
        found = _part(record, [*given, *others, *record.opened()], spare)
        if found.pictures is not None and any(found.pictures.prepared is one for one in spare):
            spare = []  # one dataset stands for one record
        parts.append(found)
    return replace(parts[0], before=tuple(parts[1:]))


def _part(record: Record, at_hand: Sequence[PreparedSet], spare: Sequence[PreparedSet]) -> Learnt:
    for prepared in at_hand:
        if prepared.sha256 == record.sha256:
            return _of(record, prepared, "")
    if len(spare) == 1:
        return _another(record, spare[0])
    return Learnt(record.name, record.sha256, note=_missing(record))


def _missing(record: Record) -> str:
    """Say that the training set is not at hand, or that none is recorded."""
    if not record.sha256:
        return f"{_whose(record)} is not known: it records none; name it with --trained-on DIR"
    where = ", nor where the run says" if record.place else ""
    return (
        f"{record.who} records that it learnt from {record.name} ({record.sha256[:HASH]}), which "
        f"is not among the datasets that were named{where}: name it with --trained-on DIR"
    )


def _whose(record: Record) -> str:
    return f"the training set of {record.who}" if record.weights else "its training set"


def _another(record: Record, prepared: PreparedSet) -> Learnt:
    """Take a dataset whose hash is not the recorded one, if it may be the same pictures."""
    if not record.sha256:
        said = f"{record.who} records no training set; {prepared.name} was named"
        return _of(record, prepared, said)
    hashes = (
        f"{record.who} records {record.name} ({record.sha256[:HASH]}), named was {prepared.name} "
        f"({prepared.sha256[:HASH]})"
    )
    expected = record.data.get("rows", {}).get("train")
    found = _of(record, prepared, f"{hashes}, with as many training pictures: {BY_COUNT}")
    there = 0 if found.pictures is None else len(found.pictures.train)
    if there == expected:
        return found
    note = (
        f"{_whose(record)} is not known: {hashes} with {there:,} training pictures, not the "
        f"recorded {expected or 0:,}"
    )
    return Learnt(record.name, record.sha256, note=note)


def _of(record: Record, prepared: PreparedSet, note: str) -> Learnt:
    train = prepared.where("train", tuple(record.data.get("left_out", ())))
    if record.data.get("fold"):
        train, told = _without_fold(record, prepared, train)
        note = "; ".join(part for part in (note, told) if part)
    pictures = Pictures(prepared, train, prepared.where("val"))
    return Learnt(record.name or prepared.name, record.sha256, pictures, note)


def _without_fold(record: Record, prepared: PreparedSet, train: Ints) -> tuple[Ints, str]:
    """Return the training pictures without the fold held out, where its file can be read."""
    told = "its fold's file cannot be read: all training pictures count as seen"
    settings = settings_of(record.run)
    fold = None if settings is None else settings.data.fold
    try:
        folds = None if fold is None else fold_file.read(fold.file, prepared)
    except (MienError, OSError):
        return train, told
    if fold is None or folds is None:
        return train, told
    return train[folds[train] != fold.held_out], ""
