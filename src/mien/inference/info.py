"""What a model file says of itself: JSON under the key ``mien`` of its metadata."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mien.emotions import EMOTIONS
from mien.errors import ConfigError, ModelFileError, several
from mien.preprocess import Preprocessing

FORMAT = 1
"""The newest version of the metadata that this mien reads."""
KEY = "mien"
"""Where the metadata stands among an ONNX file's own."""
FACES = ("", "crop", "align")
"""What a file may say of the faces that its model learnt from."""


@dataclass(frozen=True, slots=True)
class Head:
    """One output, and what ``mien calibrate`` fitted to it on validation rows.

    Attributes:
        classes: its classes, in the order of its columns.
        temperature: what its logits are divided by; 1 where it was not calibrated.
        uncertain_below: answers with a lower probability are uncertain; 0 where nothing is, 1
            where everything is.
        error: the share of the other answers that is wrong, at most, on rows like those.
        conformal: method → wanted coverage → q, see ``mien.evaluation.certainty.conformal``.
        fitted_on: dataset, split, protocol, number of rows and more; empty where nothing was.
    """

    classes: tuple[str, ...]
    temperature: float = 1.0
    uncertain_below: float = 0.0
    error: float = 0.0
    conformal: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    fitted_on: Mapping[str, Any] = field(default_factory=dict)


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
            "take a newer mien"
        )
    problems = [] if version == FORMAT else [f"format is {FORMAT}, not {version!r}"]
    heads = _heads(values.get("heads"), problems)
    preprocessing = _preprocessing(values.get("preprocessing"), problems)
    faces = _faces(values.get("framing", {}), problems)
    answer = values.get("answer")
    if not isinstance(answer, str) or answer not in heads:
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
    if not isinstance(classes, list) or not classes or len(set(map(str, classes))) < len(classes):
        problems.append(f"head {name}: classes is a list of different emotions, not {classes!r}")
        classes = []
    unknown = [c for c in classes if c not in EMOTIONS]
    if unknown:
        problems.append(f"head {name}: unknown emotions {unknown}; known: {', '.join(EMOTIONS)}")
    if not isinstance(temperature, int | float) or not 0 < temperature < math.inf:
        problems.append(f"head {name}: temperature is a number above 0, not {temperature!r}")
        temperature = 1.0
    below, error = _uncertain(name, fields.get("uncertain", {}), problems)
    conformal = _conformal(name, fields.get("conformal", {}), problems)
    fitted_on = fields.get("fitted_on", {})
    if not isinstance(fitted_on, dict):
        problems.append(f"head {name}: fitted_on is an object, not {fitted_on!r}")
    return Head(tuple(classes), float(temperature), below, error, conformal, fitted_on)


def _uncertain(name: str, values: Any, problems: list[str]) -> tuple[float, float]:
    """Return the threshold and the wanted share of errors; files without one say no threshold."""
    fields: dict[str, Any] = values if isinstance(values, dict) else {"below": None}
    below, error = fields.get("below", 0.0), fields.get("error", 0.0)
    if not _is_share(below) or not _is_share(error):
        problems.append(
            f"head {name}: uncertain is an object with below and error from 0 to 1, not {values!r}"
        )
        return 0.0, 0.0
    return float(below), float(error)


def _conformal(name: str, values: Any, problems: list[str]) -> dict[str, dict[str, float]]:
    methods = values if isinstance(values, dict) else {"": values}
    if not all(isinstance(m, dict) and all(map(_is_share, m.values())) for m in methods.values()):
        problems.append(
            f"head {name}: conformal is an object of method, coverage and a number from 0 to 1, "
            f"not {values!r}"
        )
        return {}
    return {method: dict(quantiles) for method, quantiles in methods.items()}


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
