"""Batches from memory: the pictures of a split, fitted once, in an order fixed by the seed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import PreparedDataError
from mien.preprocess import Pixels, Preprocessing
from mien.training.targets import Targets, targets

Batch = dict[str, Tensor]
"""``faces`` uint8 [B, C, S, S] and, for each head, its targets float32 [B, K]."""


class Faces(Dataset[Batch]):
    """Rows of a prepared dataset, as a network takes them; an item is a whole batch."""

    def __init__(self, faces: Tensor, heads: dict[str, Tensor]) -> None:
        self.faces = faces
        self.heads = heads

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, rows: Tensor) -> Batch:
        return {"faces": self.faces[rows], **{h: t[rows] for h, t in self.heads.items()}}


class Shuffled(Sampler[Tensor]):
    """Whole batches in a random order that depends on (seed, epoch) alone.

    Lightning calls ``set_epoch``, so a resumed run sees what an uninterrupted one sees. Rows
    that do not fill the last batch are left out of that epoch.
    """

    def __init__(self, rows: int, batch_size: int, seed: int) -> None:
        self.rows, self.batch_size, self.seed, self.epoch = rows, batch_size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return max(1, self.rows // self.batch_size)

    def __iter__(self) -> Iterator[Tensor]:
        order = torch.randperm(self.rows, generator=generator(self.seed, self.epoch))
        for start in range(len(self)):
            yield order[start * self.batch_size : (start + 1) * self.batch_size]


def generator(*numbers: int) -> torch.Generator:
    """Return a random generator that depends on these numbers alone."""
    state = np.random.SeedSequence(numbers).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(state[0]) << 31 ^ int(state[1]))


@dataclass(frozen=True)
class Splits:
    """What a run learns from and is watched on, and which heads learn votes."""

    train: Faces
    val: Faces
    soft: dict[str, bool]
    rows: dict[str, npt.NDArray[np.int64]]


def splits(prepared: PreparedSet, experiment: Experiment) -> Splits:
    """Return the training and validation splits in memory. The test split is not read.

    Raises:
        PreparedDataError: a split is empty, or nothing in it has a target.
        ConfigError: a head cannot be learnt from this dataset.
    """
    every = {head: targets(prepared, head) for head in experiment.data.heads}
    rows = {
        "train": prepared.where(split="train", leave_out=experiment.data.leave_out),
        "val": prepared.where(split="val"),
    }
    made = {name: _faces(prepared, experiment, name, rows[name], every) for name in rows}
    soft = {head: target.soft for head, target in every.items()}
    return Splits(made["train"], made["val"], soft, rows)


def _faces(
    prepared: PreparedSet,
    experiment: Experiment,
    split: str,
    rows: npt.NDArray[np.int64],
    every: dict[str, Targets],
) -> Faces:
    for head, target in every.items():
        if not target.clear[rows].any():
            raise PreparedDataError(
                f"{prepared.root}: the {split} split has no picture with a target for {head}"
            )
    return Faces(
        torch.from_numpy(fitted(prepared, experiment.preprocess, rows)),
        {head: torch.from_numpy(target.values[rows]) for head, target in every.items()},
    )


def fitted(prepared: PreparedSet, spec: Preprocessing, rows: npt.NDArray[np.int64]) -> Pixels:
    """Return rows of a prepared dataset as ``uint8 [n, C, S, S]``."""
    faces = np.empty((len(rows), spec.channels, spec.size, spec.size), np.uint8)
    for place, row in enumerate(rows):
        faces[place] = spec.fit(prepared.pixels(int(row)))
    return faces


def loader(faces: Faces, batches: Sampler[Tensor]) -> DataLoader[Batch]:
    """Return a loader that hands over whole batches from memory, in this process."""
    return DataLoader(faces, sampler=batches, batch_size=None)


class InOrder(Sampler[Tensor]):
    """Every row once, in order."""

    def __init__(self, rows: int, batch_size: int) -> None:
        self.batches = torch.arange(rows).split(batch_size)

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.batches)
