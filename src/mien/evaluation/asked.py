"""What a model is asked for: rows of a dataset, and its answers on them, kept or made anew."""

from glob import escape
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS
from mien.errors import DataError, PreparedDataError, UsageError
from mien.evaluation.answering import Answering, open_model
from mien.evaluation.matching import rows_in
from mien.evaluation.places import file_part
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import NAME, read_predictions


def rows_of(prepared: PreparedSet, split: str) -> npt.NDArray[np.int64]:
    """Return the readable rows of a split; ``all`` takes those of every split.

    Raises:
        PreparedDataError: there are none; says which splits have some.
    """
    rows = prepared.where(split="" if split == "all" else split)
    if not len(rows):
        there = ", ".join(f"{name} {len(prepared.where(name)):,}" for name in SPLITS)
        raise PreparedDataError(
            f"{prepared.root}: expected pictures in the {split} split, found none (readable ones: "
            f"{there}); take another split or dataset, or deal its pictures out anew (mien data "
            "prepare --split)"
        )
    return rows


def dataset_of(model: Answering, data: Path | None) -> PreparedSet:
    """Open the dataset to answer: the one that is named, or what the model learnt from.

    Raises:
        UsageError: neither is known.
        PreparedDataError: it cannot be opened.
    """
    if data is None and model.learnt is None:
        raise UsageError("a model file needs --data DIR, a prepared dataset to be scored on")
    return PreparedSet.open(data or model.learnt or "")


def predictions_of(
    path: Path, data: Path | None = None, split: str = "test"
) -> tuple[Predictions, PreparedSet]:
    """Return answers on a split, and the dataset with its pictures.

    Args:
        path: ``predictions.npz``, a run folder or a model file. Of a run the answers are read
            that ``mien evaluate`` kept, where they are of these weights and this dataset.
        data: prepared dataset; None takes that of the run.
        split: of the dataset; a file of predictions has its own.

    Raises:
        UsageError: no dataset is known.
        DataError: predictions that are damaged, or not of this dataset.
    """
    if path.suffix == ".npz":
        predictions, named = loaded(path, data)
        if named is None:
            raise UsageError("predictions hold no picture: name the dataset too (--data DIR)")
        return predictions, named
    model = open_model(path)
    prepared = dataset_of(model, data)
    kept = _kept(model, prepared, split)
    return kept or model.on(prepared, rows_of(prepared, split), split), prepared


def loaded(path: Path, data: Path | None) -> tuple[Predictions, PreparedSet | None]:
    """Return what a ``predictions.npz`` holds, and its dataset where that is named.

    Raises:
        DataError: the file is damaged, or these are not pictures of that dataset.
    """
    predictions = read_predictions(path)
    if data is None:
        return predictions, None
    prepared = PreparedSet.open(data)
    rows_in(predictions, prepared)
    return predictions, prepared


def _kept(model: Answering, prepared: PreparedSet, split: str) -> Predictions | None:
    """Return the answers that an evaluation kept, if they are this model's on this dataset."""
    begins = escape(file_part(f"{prepared.name}-{split}"))
    for path in sorted((model.path / "evaluation").glob(f"{begins}*/{NAME}")):
        try:
            found = read_predictions(path)
        except DataError:  # damaged, or of an older mien: the answers are made anew
            continue
        same = all(head.fitted == model.fitted.get(name, {}) for name, head in found.heads.items())
        whose = (found.origin.model_sha256, found.origin.dataset_sha256, found.origin.split)
        if same and whose == (model.sha256, prepared.sha256, split):
            return found
    return None
