"""What a run learns from: the pictures of a split in memory, fitted once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from mien.config import Experiment
from mien.datasets import fold_file
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.errors import ConfigError, PreparedDataError, several
from mien.preprocess import Pixels, Preprocessing
from mien.training.targets import Targets, targets

Batch = dict[str, Tensor]
"""``faces`` uint8 [B, C, S, S] and, for each head, its targets float32 [B, K]."""
Rows = npt.NDArray[np.int64]


class Faces(Dataset[Batch]):
    """Rows of a prepared dataset, as a network takes them; an item is a whole batch."""

    def __init__(self, faces: Tensor, heads: dict[str, Tensor]) -> None:
        self.faces = faces
        self.heads = heads

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, rows: Tensor) -> Batch:
        return {"faces": self.faces[rows], **{h: t[rows] for h, t in self.heads.items()}}


@dataclass(frozen=True)
class Splits:
    """What a run learns from and is watched on.

    Attributes:
        train, val: pictures and targets.
        soft: for each head, whether it learns votes.
        rows: ``train``, ``val`` → their rows in the prepared dataset.
        held_out: rows of the fold that is not learnt from; empty without ``data.fold``.
        notes: what is odd about them, a sentence each.
    """

    train: Faces
    val: Faces
    soft: dict[str, bool]
    rows: dict[str, Rows]
    held_out: Rows
    notes: tuple[str, ...]


def splits(prepared: PreparedSet, experiment: Experiment) -> Splits:
    """Return the training and validation splits in memory. The test split is not read.

    Raises:
        PreparedDataError: a split is empty, or has not two classes to tell apart.
        ConfigError: a head cannot be learnt from this dataset.
        DataError: the file of folds does not suit the dataset.
    """
    settings = experiment.data
    every = {head: targets(prepared, head, settings.votes) for head in settings.heads}
    learnt, held_out = _folded(prepared, experiment)
    rows = {"train": learnt, "val": prepared.where(split="val")}
    _check(prepared, rows, every)
    made = {name: _faces(prepared, experiment.preprocess, rows[name], every) for name in rows}
    soft = {head: target.soft for head, target in every.items()}
    notes = (
        *_missing(every, rows["train"], "to learn {} from: head {} will not answer so"),
        *_missing(every, rows["val"], "to watch {} on: head {} is chosen without"),
    )
    return Splits(made["train"], made["val"], soft, rows, held_out, notes)


def _folded(prepared: PreparedSet, experiment: Experiment) -> tuple[Rows, Rows]:
    """Return the rows to learn from and those of the fold held out."""
    learnt = prepared.where(split="train", leave_out=experiment.data.leave_out)
    fold = experiment.data.fold
    if fold is None:
        return learnt, learnt[:0]
    folds = fold_file.read(fold.file, prepared)
    held_out = np.flatnonzero(folds == fold.held_out)
    if not len(held_out):
        known = ", ".join(str(n) for n in np.unique(folds[folds >= 0]))
        raise ConfigError(f"data.fold.held_out: {fold.file} has the folds {known}")
    return learnt[folds[learnt] != fold.held_out], held_out


def _check(prepared: PreparedSet, rows: dict[str, Rows], every: dict[str, Targets]) -> None:
    problems = []
    for split, taken in rows.items():
        for head, target in every.items():
            classes = target.values[taken[target.clear[taken]]].argmax(1)
            if not len(classes):
                problems.append(f"the {split} split has no picture with a target for {head}")
            elif split == "train" and len(np.unique(classes)) < 2:
                name = LABEL_SETS[head][classes[0]]
                problems.append(
                    f"the train split has {len(classes)} picture(s) with a target for {head}, all "
                    f"of {name}; expected two emotions at least"
                )
    if problems:
        raise PreparedDataError(f"{prepared.root}: {several(problems)}")


def _missing(every: dict[str, Targets], rows: Rows, so: str) -> list[str]:
    notes = []
    for head, target in every.items():
        absent = np.flatnonzero(target.values[rows].sum(0) == 0)
        if len(absent):
            names = ", ".join(LABEL_SETS[head][k] for k in absent)
            notes.append(f"note: nothing {so.format(names, head)}")
    return notes


def _faces(
    prepared: PreparedSet, spec: Preprocessing, rows: Rows, every: dict[str, Targets]
) -> Faces:
    return Faces(
        torch.from_numpy(fitted(prepared, spec, rows)),
        {head: torch.from_numpy(target.values[rows]) for head, target in every.items()},
    )


def fitted(prepared: PreparedSet, spec: Preprocessing, rows: Rows) -> Pixels:
    """Return rows of a prepared dataset as ``uint8 [n, C, S, S]``."""
    faces = np.empty((len(rows), spec.channels, spec.size, spec.size), np.uint8)
    for place, row in enumerate(rows):
        faces[place] = spec.fit(prepared.pixels(int(row)))
    return faces


def loader(faces: Faces, batches: Sampler[Tensor]) -> DataLoader[Batch]:
    """Return a loader that hands over whole batches from memory, in this process."""
    return DataLoader(faces, sampler=batches, batch_size=None)
