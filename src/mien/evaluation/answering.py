"""A model that answers faces, be it a run folder or a model file, and its answers on a dataset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.framing import faces_of
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.errors import MissingExtraError, ModelFileError, RunError, several
from mien.evaluation.answers import Answers
from mien.evaluation.certainty.fitted import for_file, kept, of_file, problems
from mien.evaluation.predictions import Predictions
from mien.inference.model import Model, softmax
from mien.preprocess import Pixels

Floats = npt.NDArray[np.float32]

AT_ONCE = 256
"""Faces that are answered in one call of ``logits``."""


@dataclass(frozen=True)
class Answering:
    """A model that answers faces.

    Attributes:
        path: the run folder or the model file.
        name, sha256: of the model; the hash is that of its weights or of its file.
        faces: how the faces were cut out that it learnt from, see ``framing.faces_of``.
        classes: head → its classes, in the order of its columns.
        fitted: head → what was fitted on validation, see ``fitted.for_file``; none where nothing
            was.
        learnt: the prepared dataset that it learnt from; None where nobody knows.
        logits: N faces (uint8 [H, W] or [H, W, 3] RGB) → head → float32 [N, K].
    """

    path: Path
    name: str
    sha256: str
    faces: str
    classes: Mapping[str, tuple[str, ...]]
    fitted: Mapping[str, Mapping[str, Any]]
    learnt: Path | None
    logits: Callable[[Sequence[Pixels]], Mapping[str, Floats]]

    def temperature(self, head: str) -> float:
        """Return what a head's logits are divided by; 1 where it was not calibrated."""
        return float(self.fitted.get(head, {}).get("temperature", 1))

    def probabilities(self, faces: Sequence[Pixels]) -> dict[str, Floats]:
        """Return each head's probabilities, ``float32 [N, K]``, calibrated where it is."""
        logits = self.logits(faces)
        return {
            head: softmax(logits[head] / np.float32(self.temperature(head)))
            for head in self.classes
        }

    def on(
        self, prepared: PreparedSet, rows: npt.NDArray[np.int64], split: str = "test"
    ) -> Predictions:
        """Return the answers on rows of a prepared dataset."""
        parts = [
            self.probabilities([prepared.pixels(int(row)) for row in some])
            for some in np.split(rows, range(AT_ONCE, len(rows), AT_ONCE))
        ]
        heads = {
            head: Answers(
                classes,
                np.concatenate([part[head] for part in parts]),
                self.temperature(head),
                self.fitted.get(head, {}),
            )
            for head, classes in self.classes.items()
        }
        return Predictions.of(
            prepared, rows, heads, model=self.name, model_sha256=self.sha256, split=split
        )


def open_model(path: Path, *, calibrated: bool = True, threads: int | None = None) -> Answering:
    """Return the model of a run folder, or of a file that ``mien export`` wrote.

    Args:
        path: of either.
        calibrated: whether what was fitted to it is taken; without that, answers are those of
            the bare network, and a damaged calibration is no hindrance.
        threads: cores that a model file may use for one batch, see ``Model.open``; whoever asks
            it from several threads at once gets most out of one.

    Raises:
        RunError: no run, one that has not finished, or weights of another model.
        ModelFileError: no model file, or a damaged one.
        MissingExtraError: a run needs mien[train].
    """
    if path.suffix == ".onnx":
        return _of_file(path, calibrated, threads)
    return _of_run(path, calibrated)


def _of_file(path: Path, calibrated: bool, threads: int | None) -> Answering:
    model = Model.open(path, threads=threads)
    heads = model.info.heads
    fitted = {
        name: of_file(head)
        for name, head in heads.items()
        if calibrated and (head.fitted_on or head.temperature != 1)
    }
    faults = [f"head {name}: {line}" for name in fitted for line in problems(fitted[name])]
    if faults:
        raise ModelFileError(f"{path}: {several(faults)}; calibrate it again (mien calibrate)")
    return Answering(
        path=path,
        name=model.info.name or path.stem,
        sha256=runs.sha256(path),
        faces=model.info.faces,
        classes={name: head.classes for name, head in heads.items()},
        fitted=fitted,
        learnt=None,
        logits=model.logits,
    )


def _of_run(root: Path, calibrated: bool) -> Answering:
    try:
        from mien.training import finished  # noqa: PLC0415 (optional: mien[train])
    except ModuleNotFoundError as error:
        raise MissingExtraError("opening a run folder", "train") from error
    run, experiment, network = finished.open_run(root)
    heads, sha256 = experiment.data.heads, runs.sha256(run.best)
    entries = kept(run.calibration, sha256, heads) if calibrated else {}
    return Answering(
        path=root,
        name=root.resolve().name,
        sha256=sha256,
        faces=_faces(run.data),
        classes={head: LABEL_SETS[head] for head in heads},
        fitted={head: for_file(entry) for head, entry in entries.items()},
        learnt=experiment.data.path,
        logits=lambda faces: finished.logits(network, experiment.preprocess, faces),
    )


def _faces(path: Path) -> str:
    """Return how the faces were cut out that a run learnt from, see ``framing.faces_of``."""
    record = runs.read_json(path)
    if not isinstance(record.get("framing", {}), dict):
        raise RunError(f"{path}: framing: expected an object, found {record['framing']!r}")
    return faces_of(record)
