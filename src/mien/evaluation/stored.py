"""The file of a model's answers on a split, ``predictions.npz``.

It holds, a row a picture: ``ids``, ``labels`` (index in ``EMOTIONS``), ``votes`` where there are
some, ``copy_in_train``, ``subjects``; for each head ``probabilities_<head>`` and
``classes_<head>``; and ``about``, a JSON text: format, split, label set, temperatures, and names
and hashes of dataset and model. No picture is in it.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.source import SPLITS
from mien.errors import DataError, several
from mien.evaluation.answers import Answers, Origin
from mien.evaluation.arrays import read_arrays, reason
from mien.evaluation.certainty import fitted
from mien.evaluation.predictions import Predictions
from mien.runs import whole_file

FORMAT = 1
NAME = "predictions.npz"


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write ``predictions.npz``, whole or not at all."""
    about = {
        "format": FORMAT,
        **{name: getattr(predictions.origin, name) for name in Origin.__slots__},
        "temperatures": {name: head.temperature for name, head in predictions.heads.items()},
        "fitted": {name: dict(head.fitted) for name, head in predictions.heads.items()},
    }
    arrays: dict[str, Any] = {
        "about": np.array(json.dumps(about, ensure_ascii=False)),
        "ids": predictions.ids,
        "labels": predictions.labels,
        "copy_in_train": predictions.copy_in_train,
        "subjects": predictions.subjects,
    }
    for name, head in predictions.heads.items():
        arrays[f"probabilities_{name}"] = head.probabilities
        arrays[f"classes_{name}"] = np.array(head.classes)
    if predictions.votes is not None:
        arrays["votes"] = predictions.votes
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    with whole_file(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def read_predictions(path: Path) -> Predictions:
    """Read ``predictions.npz``.

    Raises:
        DataError: it is missing, damaged, written by a newer mien, or holds what is no answer.
    """
    try:
        return _read(read_arrays(path))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: expected the {NAME} that `mien evaluate` or `mien predictions import` "
            f"wrote; it is missing, damaged or of another kind ({reason(error)})"
        ) from None


def _read(arrays: Mapping[str, npt.NDArray[Any]]) -> Predictions:
    about = json.loads(str(arrays["about"]))
    if about["format"] != FORMAT:
        raise DataError(
            f"format {about['format']!r}, this mien reads {FORMAT}: take a newer mien, "
            "or evaluate again"
        )
    if about["split"] not in (*SPLITS, "all"):
        raise DataError(f"split {about['split']!r}; expected {', '.join(SPLITS)} or all")
    heads = {
        name: Answers(
            tuple(arrays[f"classes_{name}"].tolist()),
            arrays[f"probabilities_{name}"],
            temperature,
            about["fitted"][name],
        )
        for name, temperature in about["temperatures"].items()
    }
    problems = [f"head {name}: {one}" for name, head in heads.items() for one in _unfit(head)]
    if problems:
        raise DataError(several(problems))
    return Predictions(
        origin=Origin(**{name: str(about[name]) for name in Origin.__slots__}),
        ids=arrays["ids"],
        labels=arrays["labels"],
        votes=arrays.get("votes"),
        copy_in_train=arrays["copy_in_train"],
        subjects=arrays["subjects"],
        heads=heads,
    )


def _unfit(head: Answers) -> list[str]:
    """Return what is wrong with the temperature and with what else was fitted."""
    return fitted.problems({**head.fitted, "temperature": head.temperature})
