"""Which of the given paths are runs, which are something else, and which are nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.errors import RunError
from mien.report.compare import reading
from mien.report.compare.record import Run

TRIALS = "trials"


@dataclass(frozen=True)
class Inputs:
    """What was given.

    Attributes:
        runs: those that could be read, each once.
        refused: a message for each path that is none, or a damaged one.
        notes: what was left aside on purpose.
    """

    runs: tuple[Run, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]


def gather(paths: Sequence[Path]) -> Inputs:
    """Read runs, and say of each other path what it is.

    Left aside are a cross-validation, whose spread is over folds and which scores no test
    picture, and a tuning study, whose trials are short and were chosen between on validation.
    """
    runs: list[Run] = []
    refused, notes = [], []
    for path in paths:
        if note := _aside(path):
            notes.append(note)
            continue
        try:
            run = read(path)
        except RunError as error:
            refused.append(f"{error}{_hint(path)}")
            continue
        twin = next((other for other in runs if _same(other, run)), None)
        if twin is None:
            runs.append(run)
        else:
            notes.append(f"{path}: the same as {twin.source}; counted once")
    return Inputs(tuple(runs), tuple(refused), tuple(notes))


def read(path: Path) -> Run:
    """Return the run of a folder or of a result file.

    Raises:
        RunError: it is none, or a file of it is missing or damaged.
    """
    if path.is_dir():
        return reading.of_folder(path)
    if not path.is_file():
        raise RunError(f"{path}: no such file or folder; expected a run of mien train")
    if path.suffix != ".json":
        raise RunError(
            f"{path}: expected a run folder or a result (.json); this is another kind of file"
        )
    return reading.of_file(path)


def _aside(path: Path) -> str:
    """Say what a folder is that is neither a run nor a mistake; empty: it may be a run."""
    if (path / "crossval.json").is_file():
        return f"{path}: a cross-validation has a table of its own: {path / 'crossval.md'}"
    if (path / "plan.json").is_file():
        return f"{path}: a cross-validation, not finished: mien crossval --resume {path}"
    if (path / TRIALS).is_dir():
        return f"{path}: a study of mien tune; its trials stand in {path}/trials.csv"
    return ""


def _same(one: Run, other: Run) -> bool:
    """Tell whether two are one run, told from its folder or from a result file."""
    quiet: Any = {"state": {"reason"}}
    return one.record.model_dump(exclude=quiet) == other.record.model_dump(exclude=quiet)


def _hint(path: Path) -> str:
    """Say where runs are, if a folder holds some and is none itself."""
    if not path.is_dir() or (path / "config.yaml").is_file():
        return ""
    inside = sum(1 for _ in path.glob("*/config.yaml"))
    return f"; it holds {inside}: {path}/*" if inside else ""
