"""What a model answers on a split: the artefact that every score is computed from.

``predictions.npz`` holds, a row a picture: ``ids``, ``labels`` (index in ``EMOTIONS``),
``votes`` where there are some, ``copy_in_train``, and for each head ``logits_<head>``.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.framing import ALIGN, faces_of
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.errors import PreparedDataError
from mien.evaluation import protocols
from mien.inference.model import Model, softmax
from mien.runs import whole_file

Logits = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Answers:
    """A model's logits on the rows of a split, with what they are scored against."""

    ids: npt.NDArray[np.str_]
    labels: npt.NDArray[np.int64]
    votes: npt.NDArray[np.int16] | None
    copy_in_train: npt.NDArray[np.bool_]
    label_set: str
    logits: Logits

    @classmethod
    def of(cls, prepared: PreparedSet, rows: npt.NDArray[np.int64], logits: Logits) -> "Answers":
        """Join logits with the rows of a prepared dataset that they were computed from."""
        votes = prepared.votes
        return cls(
            ids=prepared.ids[rows],
            labels=prepared.labels[rows],
            votes=None if votes is None else votes[rows],
            copy_in_train=prepared.flags["copy_in_train"][rows],
            label_set=prepared.label_set,
            logits=logits,
        )

    def save(self, path: Path) -> None:
        """Write ``predictions.npz``, whole or not at all."""
        arrays: dict[str, Any] = {
            "ids": self.ids,
            "labels": self.labels,
            "copy_in_train": self.copy_in_train,
            "label_set": np.array(self.label_set),
            **{f"logits_{head}": values for head, values in self.logits.items()},
        }
        if self.votes is not None:
            arrays["votes"] = self.votes
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        with whole_file(path) as temporary:
            temporary.write_bytes(buffer.getvalue())

    def probabilities(self, head: str) -> npt.NDArray[np.float32]:
        """Return a head's probabilities ``[N, K]``, classes in canonical order."""
        return softmax(self.logits[head])

    def scores(self) -> dict[str, Any]:
        """Return every head's scores by protocol; see ``protocols.score``."""
        return {
            head: protocols.score(
                self.probabilities(head),
                LABEL_SETS[head],
                self.labels,
                self.votes,
                self.copy_in_train,
                label_set=self.label_set,
            )
            for head in self.logits
        }


def rows_of(prepared: PreparedSet, split: str) -> npt.NDArray[np.int64]:
    """Return the readable rows of a split.

    Raises:
        PreparedDataError: there are none.
    """
    rows = prepared.where(split=split)
    if not len(rows):
        raise PreparedDataError(f"{prepared.root}: the {split} split has no readable picture")
    return rows


def of_model(model: Model, prepared: PreparedSet, rows: npt.NDArray[np.int64]) -> Logits:
    """Return a model file's logits on rows of a prepared dataset."""
    return model.logits([prepared.pixels(int(row)) for row in rows])


def framing_note(prepared: PreparedSet, faces: str) -> str:
    """Say where a model learnt from upright faces and the dataset has others, or the reverse.

    Args:
        prepared: what the model is scored on; its pictures are taken as they are.
        faces: how the faces that the model learnt from were cut out, see ``framing.faces_of``.

    Returns:
        One sentence; empty where they agree.
    """
    learnt, scored = (one == ALIGN for one in (faces, faces_of(prepared.record)))
    if learnt == scored:
        return ""
    told = {True: "turned upright", False: "as they stood"}
    return (
        f"the model learnt from faces {told[learnt]}, those of {prepared.name} were prepared "
        f"{told[scored]}: it is not scored on what it learnt for"
    )
