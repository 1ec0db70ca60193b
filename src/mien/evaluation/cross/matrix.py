"""Every model on every dataset: scores on the labels that both have, without pictures seen.

A dataset that a model did not learn from is scored whole, its own on the test split; what the
weights that it started from learnt from is its own too. Copies and near copies of what the model
has seen (``learnt``, ``leaks``) are counted and taken out: scores are given with them (``all``)
and without (``clean``). How rows and classes are matched is said in ``protocols``: what the labels
lack is masked, what the head lacks is left out and counted. The rows that are clean for all models
are scored too (``common``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mien.datasets.merge_names import set_names
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.errors import DataError
from mien.evaluation.answering import Answering
from mien.evaluation.asked import rows_of
from mien.evaluation.cross import leaks
from mien.evaluation.cross.common import Scored, common, kept
from mien.evaluation.cross.learnt import Learnt, learnt_of
from mien.evaluation.cross.scores import scores
from mien.evaluation.notes import framing_note, unscored_note
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling import resampling
from mien.runs import environment

Split = Literal["test", "all"]
Keep = Callable[[str, Predictions, "leaks.Codes | None"], None]
"""Called with a cell's name, its answers, and what each row is to the model."""


@dataclass(frozen=True)
class Cell:
    """One model on one dataset: which rows, and why.

    Attributes:
        model, dataset: their names, unique in the matrix.
        learnt: what the model has seen.
        own: the model, or the weights that it started from, learnt from this dataset.
        split: what is scored of it, ``test`` or ``all``.
        rows: int64, its readable rows.
    """

    model: str
    dataset: str
    learnt: Learnt
    own: bool
    split: Split
    rows: npt.NDArray[np.int64]


def cross(
    models: Sequence[Answering],
    datasets: Sequence[PreparedSet],
    trained_on: Sequence[PreparedSet] = (),
    *,
    split: Split | None = None,
    keep: Keep | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Score every model on every dataset, as plain JSON values (the content of ``cross.json``).

    Args:
        models: see ``answering.open_model``.
        datasets: what they are scored on.
        trained_on: datasets that models learnt from, where they do not say it themselves.
        split: ``test`` takes the test split everywhere, ``all`` every row wherever a dataset is
            not the model's own; None also takes the test split where nobody knows what the model
            learnt from.
        keep: is given the answers of each cell.
        progress: told what is being done.

    Raises:
        PreparedDataError: a dataset has nothing to score.
        DataError: no head of any model has a class of any dataset's labels.
    """
    names = set_names([one.name for one in models]), set_names([one.name for one in datasets])
    learnt = [learnt_of(model, trained_on, datasets) for model in models]
    plan = [
        (model, prepared, _cell(name, what, known, prepared, split))
        for name, model, known in zip(names[0], models, learnt, strict=True)
        for what, prepared in zip(names[1], datasets, strict=True)
    ]
    looked: dict[tuple[Any, ...], leaks.Codes] = {}
    cells: list[dict[str, Any]] = []
    answered: list[Scored] = []
    for model, prepared, cell in plan:
        if progress is not None:
            progress(f"{cell.model} on {cell.dataset}", len(cells), len(plan))
        codes = _codes(prepared, cell, looked, progress)
        predictions = model.on(prepared, cell.rows, cell.split)
        if keep is not None:
            keep(f"{cell.model}-on-{cell.dataset}-{cell.split}", predictions, codes)
        found = {head: one for head, one in scores(predictions, codes).items() if one}
        notes = framing_note(prepared, model.faces), unscored_note(predictions, found)
        told = f"{cell.model} on {cell.dataset}: {notes[1]}" if notes[1] else ""
        note = "; ".join(one for one in (notes[0], told) if one)
        cells.append(described(cell, codes, note) | {"heads": found})
        answered.append(kept(predictions, codes, cell.rows))
    if not any(cell["heads"] for cell in cells):
        raise DataError(
            f"expected labels that a model knows, found none in {', '.join(names[1])}; name "
            "another dataset"
        )
    _add_common(cells, answered)
    return {
        "models": [
            _model(name, model, known)
            for name, model, known in zip(names[0], models, learnt, strict=True)
        ],
        "datasets": [_dataset(*one) for one in zip(names[1], datasets, strict=True)],
        "bootstrap": resampling.record(),
        "environment": environment("torch", "onnxruntime"),
        "cells": cells,
    }


def _add_common(cells: Sequence[dict[str, Any]], answered: Sequence[Scored]) -> None:
    """Put the scores on common rows into the cells, dataset by dataset."""
    for name in dict.fromkeys(cell["dataset"] for cell in cells):
        places = [place for place, cell in enumerate(cells) if cell["dataset"] == name]
        found = common([answered[place] for place in places])
        for place, heads in zip(places, found, strict=True):
            for head, protocols in heads.items():
                for protocol, values in protocols.items():
                    cells[place]["heads"][head][protocol]["common"] = values


def _cell(
    model: str, dataset: str, learnt: Learnt, prepared: PreparedSet, asked: Split | None
) -> Cell:
    own = learnt.is_own(prepared)
    unknown = learnt.seen is None and asked is None
    split: Split = "test" if own or unknown else asked or "all"
    return Cell(model, dataset, learnt, own, split, rows_of(prepared, split))


def _codes(
    prepared: PreparedSet,
    cell: Cell,
    looked: dict[tuple[Any, ...], leaks.Codes],
    progress: Progress | None,
) -> leaks.Codes | None:
    """Return what the rows are to the model, looked up once for models that saw the same."""
    if cell.learnt.seen is None:
        return None
    each = []
    for pictures in cell.learnt.seen:
        sets = (prepared.root, cell.split, pictures.prepared.root)
        key = (*sets, pictures.train.tobytes(), pictures.val.tobytes())
        if key not in looked:
            looked[key] = leaks.seen(prepared, cell.rows, pictures, progress)
        each.append(looked[key])
    return leaks.together(each)


def described(cell: Cell, codes: leaks.Codes | None, note: str = "") -> dict[str, Any]:
    """Return what a cell is: model, dataset, split, rows, and how many of them were seen."""
    return {
        "model": cell.model,
        "dataset": cell.dataset,
        "split": cell.split,
        "own": cell.own,
        "rows": len(cell.rows),
        "seen": None if codes is None else leaks.counts(codes),
        "note": note,
    }


def _model(name: str, model: Answering, learnt: Learnt) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": model.sha256,
        "heads": {head: list(classes) for head, classes in model.classes.items()},
        "temperatures": {head: model.temperature(head) for head in model.classes},
        "learnt_from": learnt.to_dict(),
    }


def _dataset(name: str, prepared: PreparedSet) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": prepared.sha256,
        "label_set": prepared.label_set,
        "pictures": len(prepared),
        "votes": prepared.votes is not None,
    }
