"""A model file: one ``.onnx`` that carries its classes, preprocessing and temperature.

The contract, which ``mien export`` writes:

- input ``faces``: ``float32 [N, C, S, S]``, normalised by ``mien.preprocess.Preprocessing``;
- one output a head, named after its label set: ``float32 [N, classes]``, logits;
- metadata key ``mien``: JSON with ``format, name, preprocessing, framing, heads, answer,
  provenance, scores`` (see ``ModelInfo``).
"""

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import onnxruntime

from mien.emotions import EMOTIONS
from mien.errors import ConfigError, ModelFileError, UnknownNameError, several
from mien.preprocess import Pixels, Preprocessing

FORMAT = 1
"""The newest version of the metadata that this mien reads."""
KEY = "mien"
"""Where the metadata stands among an ONNX file's own."""
INPUT = "faces"
BATCH = 64
"""Faces that go through the network at once; bounds the memory, not the number of faces."""

FACES = ("", "crop", "align")
"""What a file may say of the faces that its model learnt from."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One output: its classes in order, and the temperature that calibrates its logits."""

    classes: tuple[str, ...]
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model file says of itself.

    Attributes:
        name: the model's name.
        preprocessing: how a face becomes the network's input.
        heads: label set → its output.
        answer: the head that ``predict`` answers with.
        provenance: config, data, seed, versions: how the weights came to be.
        scores: the figures that were measured on it.
        faces: how the faces that it learnt from were cut out: ``align`` turned them upright, and
            so does ``recognize``; ``crop`` did not; empty where they came cut out.
    """

    name: str
    preprocessing: Preprocessing
    heads: Mapping[str, Head]
    answer: str
    provenance: Mapping[str, Any]
    scores: Mapping[str, Any]
    faces: str = ""


def parse_info(text: str) -> ModelInfo:
    """Return the metadata of a model file.

    Raises:
        ModelFileError: not JSON, a newer format, or values that make no sense (all reported).
    """
    values = _json_object(text)
    version = values.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise ModelFileError(
            f"written by a newer mien (format {version}; this one reads {FORMAT}): "
            "pip install --upgrade mien"
        )
    problems = [] if version == FORMAT else [f"format is {FORMAT}, not {version!r}"]
    heads = _heads(values.get("heads"), problems)
    preprocessing = _preprocessing(values.get("preprocessing"), problems)
    faces = _faces(values.get("framing", {}), problems)
    answer = values.get("answer")
    if answer not in heads:
        problems.append(f"answer is one of the heads ({', '.join(heads)}), not {answer!r}")
    if problems:
        raise ModelFileError(several(problems))
    return ModelInfo(
        name=str(values.get("name", "")),
        preprocessing=preprocessing,
        heads=heads,
        answer=str(answer),
        provenance=values.get("provenance", {}),
        scores=values.get("scores", {}),
        faces=faces,
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ModelFileError(f"its mien metadata is not JSON ({error})") from None
    if not isinstance(values, dict):
        raise ModelFileError(f"its mien metadata is a JSON object, not {type(values).__name__}")
    return values


def _preprocessing(values: Any, problems: list[str]) -> Preprocessing:
    try:
        return Preprocessing.from_dict(values)
    except (ConfigError, TypeError, ValueError) as error:
        problems.append(str(error))
        return Preprocessing()


def _faces(values: Any, problems: list[str]) -> str:
    """Return how faces were cut out; files that do not say it are older than the choice."""
    faces = values.get("faces", "") if isinstance(values, dict) else None
    if faces not in FACES:
        problems.append(f"framing is an object with faces: align, crop or empty, not {values!r}")
    return str(faces)


def _heads(values: Any, problems: list[str]) -> dict[str, Head]:
    if not isinstance(values, dict) or not values:
        problems.append("heads is an object with at least one head")
        return {}
    return {name: _head(name, head, problems) for name, head in values.items()}


def _head(name: str, values: Any, problems: list[str]) -> Head:
    fields = values if isinstance(values, dict) else {}
    classes, temperature = fields.get("classes"), fields.get("temperature", 1.0)
    if not isinstance(classes, list) or not classes or len(set(classes)) < len(classes):
        problems.append(f"head {name}: classes is a list of different emotions, not {classes!r}")
        classes = []
    unknown = [c for c in classes if c not in EMOTIONS]
    if unknown:
        problems.append(f"head {name}: unknown emotions {unknown}; known: {', '.join(EMOTIONS)}")
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        problems.append(f"head {name}: temperature is a number above 0, not {temperature!r}")
        temperature = 1.0
    return Head(tuple(classes), float(temperature))


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
    def classes(self) -> tuple[str, ...]:
        """The classes of the head that answers, in the order of ``probabilities``."""
        return self.info.heads[self.info.answer].classes

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
