"""One fold: its run, begun or gone on with, and its score on the pictures held out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.config import Experiment
from mien.datasets import fold_file
from mien.datasets.prepared import PreparedSet
from mien.errors import RunError
from mien.evaluation.answering import open_model
from mien.evaluation.matching import rows_in
from mien.evaluation.predictions import Predictions
from mien.evaluation.scoring import points
from mien.evaluation.stored import NAME as PREDICTIONS
from mien.evaluation.stored import read_predictions, write_predictions
from mien.runs import RunFolder, read_json, sha256, write_json, write_text
from mien.training import fit
from mien.training.crossval.dealing import FoldPlace
from mien.training.crossval.plan import changes
from mien.training.resuming import settings

Say = Callable[[str], None]
HELD_OUT = "held_out.json"


def run_fold(
    place: FoldPlace, experiment: Experiment, prepared: PreparedSet, say: Say, bar: bool = False
) -> tuple[dict[str, Any], bool]:
    """Train a fold as far as it is missing, score it once, and return its score.

    The best epoch is that of the validation split. The pictures held out are answered when the
    run is finished, and decide nothing about it.

    Returns:
        What ``held_out.json`` holds, and whether it was there already.

    Raises:
        RunError: its folder has something else in it, or other settings.
        MienError: what ``fit.fit`` and ``fit.resume`` raise.
    """
    run = RunFolder(place.root)
    if not run.config.is_file():
        _begin(place, experiment, say, bar)
    else:
        _follow(run, experiment)
        if not finished(place):
            fit.resume(place.root, say=say, bar=bar)
    scored = kept(place)
    if scored is not None:
        return scored, True
    return _score(place, prepared), False


def kept(place: FoldPlace) -> dict[str, Any] | None:
    """Return a fold's score where it was scored already, None where it was not.

    Raises:
        RunError: the score is of other folds than those of the file.
    """
    path = place.root / HELD_OUT
    if not path.is_file() or not (place.root / PREDICTIONS).is_file():
        return None
    scored = read_json(path)
    if scored.get("fold_file") != sha256(place.folds):
        raise RunError(
            f"{path}: the score of other folds than those of {place.folds}, which was changed "
            "since; put it back, or begin in another folder (--out)"
        )
    return scored


def finished(place: FoldPlace) -> bool:
    """Tell whether a fold's run is over."""
    return RunFolder(place.root).read_state().get("status") == "finished"


def _begin(place: FoldPlace, experiment: Experiment, say: Say, bar: bool) -> None:
    """Begin a fold's run; what a killed process left of one file is hidden, and goes.

    Raises:
        RunError: something else stands there.
    """
    for path in place.root.glob("*"):
        if not path.name.startswith("."):
            raise RunError(
                f"{place.root}: expected the run of a fold or no folder, found {path.name}; "
                "move it away, or begin in another folder (--out)"
            )
    for path in place.root.glob(".*.tmp"):
        path.unlink()
    fit.fit(experiment, place.root, say=say, bar=bar)


def _follow(run: RunFolder, experiment: Experiment) -> None:
    """Tell a run where its folds lie now, and on which machine it goes on.

    Raises:
        RunError: its other settings are not those of the cross-validation.
    """
    before = Experiment.load(run.config)
    if wrong := changes(settings(before), settings(experiment)):
        raise RunError(
            f"{run.config}: not the settings of this cross-validation ({wrong}); "
            "put them back, or begin in another folder (--out)"
        )
    if before != experiment and run.read_state().get("status") != "finished":
        write_text(run.config, experiment.to_yaml())


def _score(place: FoldPlace, prepared: PreparedSet) -> dict[str, Any]:
    run = RunFolder.open(place.root)
    rows = np.flatnonzero(fold_file.read(place.folds, prepared) == place.fold)
    predictions = unseen(open_model(place.root).on(prepared, rows, "train"))
    write_predictions(predictions, place.root / PREDICTIONS)
    state, data = run.read_state(), read_json(run.data)
    machine = read_json(run.environment)
    scored = {
        "repeat": place.repeat,
        "fold": place.fold,
        "fold_file": sha256(place.folds),
        "rows": {**data["rows"], "held_out": len(rows)},
        **{key: state[key] for key in ("epochs", "best_epoch", "monitor", "best", "hours")},
        "machine": {key: machine[key] for key in ("commit", "cpu", "gpu", "threads", "precision")},
        "heads": official(points(predictions)),
    }
    write_json(place.root / HELD_OUT, scored)
    return scored


def unseen(predictions: Predictions) -> Predictions:
    """Return answers whose rows have no copy among what was learnt.

    ``copy_in_train`` speaks of the dataset's own training split, to which these rows belong.
    Folds keep copies together, so no row held out has one in what its fold learnt.
    """
    return replace(predictions, copy_in_train=np.zeros(len(predictions), bool))


def official(heads: Mapping[str, Any]) -> dict[str, Any]:
    """Return scores with their ``official`` rows alone; ``dedup`` rows are the same here."""
    return {
        head: {name: {"official": kinds["official"]} for name, kinds in protocols.items()}
        for head, protocols in heads.items()
    }


def answers_of(path: Path, prepared: PreparedSet) -> Predictions:
    """Return the answers that a fold kept.

    Raises:
        DataError: the file is damaged, or of another dataset.
    """
    predictions = read_predictions(path)
    rows_in(predictions, prepared)
    return predictions
