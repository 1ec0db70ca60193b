"""The JSON that a model file carries: written, and written anew beside the same network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx

from mien.datasets.prepared import PreparedSet
from mien.errors import ModelFileError
from mien.evaluation.answering import open_model
from mien.evaluation.asked import rows_of
from mien.evaluation.certainty.calibrate import SPLIT, Entry, calibrate
from mien.evaluation.certainty.fitted import for_file
from mien.inference.info import KEY
from mien.inference.model import Model
from mien.report.card import card_of_file
from mien.runs import whole_file, write_text


def put(model: onnx.ModelProto, values: Mapping[str, Any]) -> None:
    """Give a model this metadata and no other."""
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, json.dumps(values, ensure_ascii=False)


def calibrate_file(path: Path, out: Path, data: Path) -> dict[str, Entry]:
    """Calibrate a model file on the validation split of a dataset, and write it with the result.

    The network stays as it is, bit for bit; only the metadata changes. Where ``path`` has its
    card beside it (``.md``), ``out`` gets one too.

    Args:
        path: a file that ``mien export`` wrote.
        out: the file to write; it may be ``path`` itself.
        data: prepared dataset.

    Returns:
        Head → what was fitted, see ``mien.evaluation.certainty.calibrate``.

    Raises:
        ModelFileError: ``path`` is no model file of mien.
        PreparedDataError: the dataset cannot be opened, or has no validation split.
    """
    answering, prepared = open_model(path, calibrated=False), PreparedSet.open(data)
    fitted = calibrate(answering.on(prepared, rows_of(prepared, SPLIT), SPLIT))
    model = onnx.load(path)
    values = _metadata(model, path)
    for head, entry in fitted.items():
        values["heads"][head] = {"classes": values["heads"][head]["classes"], **for_file(entry)}
    put(model, values)
    described = path.with_suffix(".md").is_file()
    with whole_file(out) as temporary:
        temporary.write_bytes(model.SerializeToString())
        Model.open(temporary)
    if described:
        write_text(out.with_suffix(".md"), card_of_file(out, values))
    return fitted


def _metadata(model: onnx.ModelProto, path: Path) -> dict[str, Any]:
    texts = [entry.value for entry in model.metadata_props if entry.key == KEY]
    if not texts:
        raise ModelFileError(f"{path}: an ONNX file, but not written by mien export (no metadata)")
    values: dict[str, Any] = json.loads(texts[0])
    return values
