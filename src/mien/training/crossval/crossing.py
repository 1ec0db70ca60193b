"""Runs a cross-validation: folds are dealt out once, trained one after another, scored once."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import RunError, TrainingError
from mien.evaluation.protocols import own_protocol
from mien.models.registry import build
from mien.report.folds import markdown
from mien.runs import write_json, write_text
from mien.training import guard
from mien.training.crossval import plan as plans
from mien.training.crossval.dealing import (
    PLAN,
    FoldPlace,
    FoldSettings,
    Searching,
    begun,
    deal,
    leave_nothing,
    places,
    unseen_search,
)
from mien.training.crossval.one_fold import finished, run_fold
from mien.training.crossval.plan import Plan
from mien.training.crossval.result import result

Say = Callable[[str], None]
RESULT, TABLES = "crossval.json", "crossval.md"


def crossval(
    experiment: Experiment,
    out: Path,
    dealing: FoldSettings | None = None,
    *,
    say: Say = print,
    bar: bool = False,
    searching: Searching = unseen_search,
) -> dict[str, Any]:
    """Cross-validate an experiment over its training pictures, or go on with it.

    No validation or test picture is in a fold. Each fold is a run that learns from the other
    folds; its best epoch is chosen on the dataset's validation split.

    Args:
        experiment: what each fold is trained with.
        out: a folder that does not exist yet, is empty, or was begun with the same settings.
        dealing: how the pictures are dealt out; None takes five folds, once.
        say: takes a line an epoch and a line a fold.
        bar: whether to draw a live table of each run.
        searching: shows how far the search for near copies is.

    Returns:
        What ``crossval.json`` holds; ``crossval.md`` has its tables.

    Raises:
        ConfigError, PreparedDataError: the experiment does not suit the dataset.
        DataError: such folds cannot be made.
        RunError: ``out`` is taken, was begun with other settings, or is at work already; its disk
            is too full; or the weights to start from are gone, or other ones than before.
        TrainingError: a fold failed; the finished ones are kept.
    """
    guard.require_device(experiment)
    prepared = PreparedSet.open(experiment.data.path)
    made = plans.plan(experiment, prepared, dealing or FoldSettings())
    _require_free(out, made)
    return _cross(out, made, prepared, say, bar, searching)


def go_on(
    root: Path, *, say: Say = print, bar: bool = False, searching: Searching = unseen_search
) -> dict[str, Any]:
    """Go on with an interrupted cross-validation, from wherever it is called.

    Raises:
        RunError: ``root`` is none, is at work already, or the dataset is another one now.
        MienError: what ``crossval`` raises.
    """
    before = plans.read(root)
    guard.require_device(before.experiment)
    prepared = PreparedSet.open(before.experiment.data.path)
    now = plans.plan(before.experiment, prepared, before.dealing)
    plans.require_same(root, before, now)
    return _cross(root, before, prepared, say, bar, searching)


def _require_free(out: Path, made: Plan) -> None:
    if (out / PLAN).is_file():
        plans.require_same(out, plans.read(out), made)
    elif out.exists() and not out.is_dir():
        raise RunError(f"{out}: expected a folder; name another (--out)")
    elif out.exists() and (left := _visible(out)):
        raise RunError(
            f"{out} holds something else already ({left[0]}); name another folder (--out)"
        )


def _visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _cross(
    out: Path, made: Plan, prepared: PreparedSet, say: Say, bar: bool, searching: Searching
) -> dict[str, Any]:
    every = places(out, made.dealing)
    _require_space(out, made, every)
    out.mkdir(parents=True, exist_ok=True)
    with guard.alone(out):
        try:
            plans.write(out, made)
            deal(every, made.dealing, made.given.seed, prepared, searching)
            each = [_fold(place, made, prepared, every, say, bar) for place in every]
        except KeyboardInterrupt:
            hint = f"go on with: mien crossval --resume {out}" if begun(every) else ""
            raise KeyboardInterrupt(hint) from None
        finally:
            leave_nothing(out, every)
        found = result(made, prepared, every, each)
        write_json(out / RESULT, found)
        write_text(out / TABLES, markdown(found))
    return found


def _require_space(out: Path, made: Plan, every: list[FoldPlace]) -> None:
    """Refuse to begin where the disk cannot hold all folds that are still missing."""
    if missing := sum(not finished(place) for place in every):
        network = build(made.experiment, start=False)
        guard.require_space(out, made.experiment, network, runs=missing)


def _fold(
    place: FoldPlace, made: Plan, prepared: PreparedSet, every: list[FoldPlace], say: Say, bar: bool
) -> dict[str, Any]:
    if not finished(place):
        plans.require_start(made)
    try:
        scored, before = run_fold(
            place, made.of(place), prepared, lambda line: say(f"{place.name}: {line}"), bar
        )
    except TrainingError as error:
        raise TrainingError(
            f"{place.root}: {error}; finished folds are kept, but other settings need another "
            "folder (--out)"
        ) from error
    except RunError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC:
            raise RunError(
                f"{place.root}: the disk is full; free some space, then: "
                f"mien crossval --resume {place.whole}"
            ) from error
        raise
    head = made.given.data.heads[0]
    protocol = own_protocol(head, scored["heads"][head])
    report = scored["heads"][head][protocol]["official"]
    count = f"{every.index(place) + 1} of {len(every)}"
    say(
        f"{place.name} ({count}{', finished before' if before else ''}): "
        f"{100 * report['accuracy']:.2f} % of {report['n']:,} held out, "
        f"macro-F1 {report['macro_f1']:.3f}, best epoch {scored['best_epoch'] + 1}"
    )
    return scored
