"""A model file: one ``.onnx`` that carries its classes, preprocessing and temperature.

The contract, which ``mien export`` writes:

- input ``faces``: ``float32 [N, C, S, S]``, normalised by ``mien.preprocess.Preprocessing``;
- one output a head, named after its label set: ``float32 [N, classes]``, logits;
- metadata key ``mien``: JSON with ``format, name, preprocessing, framing, heads, answer,
  provenance, scores`` (see ``mien.inference.info``).
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import onnxruntime

from mien.emotions import EMOTIONS
from mien.errors import ModelFileError, UnknownNameError, several
from mien.inference.info import KEY, Head, ModelInfo, parse_info
from mien.preprocess import Pixels, Preprocessing

INPUT = "faces"
BATCH = 64
"""Faces that go through the network at once; bounds the memory, not the number of faces."""

Floats = npt.NDArray[np.float32]


def softmax(logits: Floats) -> Floats:
    """Return ``float32 [N, K]`` logits as probabilities; each row adds up to 1."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float32)


def over_emotions(probabilities: Floats, classes: Sequence[str]) -> Floats:
    """Return ``float32 [N, 8]`` in the order of ``EMOTIONS``; a class the model lacks gets 0."""
    spread = np.zeros((len(probabilities), len(EMOTIONS)), np.float32)
    spread[:, [EMOTIONS.index(c) for c in classes]] = probabilities
    return spread


class Model:
    """The network of a model file, run by ONNX Runtime on the CPU."""

    def __init__(self, session: onnxruntime.InferenceSession, info: ModelInfo) -> None:
        self._session = session
        self.info = info

    @classmethod
    def open(cls, path: str | Path, *, threads: int | None = None) -> Self:
        """Open a model file.

        Args:
            path: the ``.onnx`` file.
            threads: cores that one batch may use; None takes two, where there are two.

        Raises:
            ModelFileError: missing, damaged, not one of mien's, or written by a newer mien.
        """
        session = _session(Path(path), threads)
        try:
            text = session.get_modelmeta().custom_metadata_map.get(KEY)
            if text is None:
                raise ModelFileError("an ONNX file, but not written by mien export (no metadata)")
            info = parse_info(text)
            _require_agreement(session, info)
        except ModelFileError as error:
            raise ModelFileError(f"{path}: {error}") from None
        return cls(session, info)

    @property
    def preprocessing(self) -> Preprocessing:
        """How a face becomes the network's input."""
        return self.info.preprocessing

    @property
    def head(self) -> Head:
        """The head that answers."""
        return self.info.heads[self.info.answer]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the head that answers, in the order of ``probabilities``."""
        return self.head.classes

    def logits(self, faces: Sequence[Pixels]) -> dict[str, Floats]:
        """Return each head's logits, ``float32 [N, classes]``.

        Args:
            faces: ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB, any size, N of them.
        """
        names = list(self.info.heads)
        parts: list[list[Floats]] = [
            [np.empty((0, len(self.info.heads[n].classes)), np.float32) for n in names]
        ]
        for start in range(0, len(faces), BATCH):
            batch = self.preprocessing.apply(list(faces[start : start + BATCH]))
            parts.append(self._session.run(names, {INPUT: batch}))
        return {
            name: np.concatenate(p) for name, p in zip(names, zip(*parts, strict=True), strict=True)
        }

    def probabilities(self, faces: Sequence[Pixels], head: str | None = None) -> Floats:
        """Return one head's calibrated probabilities, ``float32 [N, classes]``.

        Args:
            faces: see ``logits``.
            head: a label set; None takes the head that answers.

        Raises:
            UnknownNameError: the model has no such head.
        """
        name = head or self.info.answer
        if name not in self.info.heads:
            raise UnknownNameError("head", name, self.info.heads)
        return softmax(self.logits(faces)[name] / self.info.heads[name].temperature)

    def emotions(self, faces: Sequence[Pixels]) -> Floats:
        """Return the answer, ``float32 [N, 8]`` in the order of ``EMOTIONS``."""
        return over_emotions(self.probabilities(faces), self.classes)


def _session(path: Path, threads: int | None) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise ModelFileError(
            f"{path}: no such model file; expected an .onnx file that mien export wrote"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(2, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # the error is raised as well; do not print it twice
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common base of their own
        reason = str(error).splitlines()[0]
        raise ModelFileError(
            f"{path}: expected an .onnx file that mien export wrote; it is damaged or of "
            f"another kind ({reason})"
        ) from None


def _require_agreement(session: onnxruntime.InferenceSession, info: ModelInfo) -> None:
    """Refuse a file whose metadata and network are not of one piece."""
    size, channels = info.preprocessing.size, info.preprocessing.channels
    inputs = {i.name: i.shape[1:] for i in session.get_inputs()}
    outputs = {o.name: o.shape[-1] for o in session.get_outputs()}
    problems = [
        f"its network takes only {i.shape[0]} faces at once, not any number"
        for i in session.get_inputs()
        if isinstance(i.shape[0], int)
    ]
    if inputs != {INPUT: [channels, size, size]}:
        problems.append(
            f"its metadata promises the input {INPUT} [N, {channels}, {size}, {size}], "
            f"its network takes {inputs}"
        )
    promised = {name: len(head.classes) for name, head in info.heads.items()}
    if outputs != promised:
        problems.append(
            f"its metadata promises the outputs (with their classes) {promised}, "
            f"its network has {outputs}"
        )
    if problems:
        raise ModelFileError(several(problems))
