"""Answers of a cross-validation: each training picture by a run that did not learn from it."""

from pathlib import Path

from mien import runs
from mien.errors import RunError
from mien.evaluation.arrays import reason
from mien.evaluation.matching import joined
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import NAME, read_predictions

RESULT, PLAN = "crossval.json", "plan.json"


def is_crossval(path: Path) -> bool:
    """Tell whether a folder is one of ``mien crossval``, finished or not."""
    return (path / PLAN).is_file() or (path / RESULT).is_file()


def of_crossval(root: Path) -> tuple[Predictions, Path]:
    """Return the pooled answers of a finished cross-validation, and the dataset they are on.

    Of several repeats the first is taken, so that no picture comes twice.

    Raises:
        RunError: it has not finished, or a file of it is damaged.
        DataError: a fold's predictions are missing or damaged.
    """
    if not (root / RESULT).is_file():
        raise RunError(
            f"{root}: this cross-validation has not finished; go on with it "
            f"(mien crossval --resume {root})"
        )
    plan = runs.read_json(root / PLAN)
    try:
        data, folds = Path(plan["paths"]["data.path"]), range(int(plan["dealing"]["folds"]))
        repeats = int(plan["dealing"]["repeats"])
        if min(len(folds), repeats) < 1:
            raise ValueError(f"{len(folds)} folds, {repeats} repeats")
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{root / PLAN}: not a plan that this mien wrote: {reason(error)}") from None
    above = root if repeats == 1 else root / "repeat-0"
    each = [read_predictions(above / f"fold-{fold}" / NAME) for fold in folds]
    kinds = [{name: head.classes for name, head in one.heads.items()} for one in each]
    if any(kind != kinds[0] for kind in kinds):
        raise RunError(f"{root}: expected folds with the same heads and classes; run it again")
    return joined(each), data
