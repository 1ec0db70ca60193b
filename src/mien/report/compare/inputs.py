"""Which of the given paths are runs, which are something else, and which are nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.errors import RunError
from mien.report.compare import crossval, reading
from mien.report.compare.crossval import Crossed
from mien.report.compare.record import Run
from mien.runs import read_json

TRIALS = "trials"
OTHER_FILE = "this is another kind of file"


@dataclass(frozen=True)
class Inputs:
    """What was given.

    Attributes:
        runs: those that could be read, each once.
        crossed: cross-validations, each once.
        refused: a message for each path that is neither, or a damaged one.
        notes: what was left aside on purpose.
    """

    runs: tuple[Run, ...]
    crossed: tuple[Crossed, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]


def gather(paths: Sequence[Path]) -> Inputs:
    """Read runs and cross-validations, and say of each other path what it is.

    Left aside are a cross-validation that is not finished and a tuning study, whose trials are
    short and were chosen between on validation. A folder that holds runs is no run itself; the
    message says how to name them.
    """
    found: list[Run | Crossed] = []
    refused, notes = [], []
    for path in paths:
        try:
            note = _aside(path)
            if note:
                notes.append(note)
                continue
            one = read(path)
        except RunError as error:
            refused.append(f"{error}{_hint(path)}")
            continue
        twin = next((other for other in found if _same(other, one)), None)
        if twin is None:
            found.append(one)
        else:
            notes.append(f"{path}: the same as {twin.source}; counted once")
    runs = tuple(one for one in found if isinstance(one, Run))
    crossed = tuple(one for one in found if isinstance(one, Crossed))
    return Inputs(runs, crossed, tuple(refused), tuple(notes))


def read(path: Path) -> Run | Crossed:
    """Return the run or the finished cross-validation of a folder, or of a result file.

    Raises:
        RunError: it is neither, or a file of it is missing or damaged.
    """
    if crossval.is_crossval(path):
        return crossval.of_folder(path)
    if path.is_dir():
        return reading.of_folder(path)
    if not path.is_file():
        raise RunError(f"{path}: no such file or folder; expected a run of mien train")
    if path.suffix != ".json":
        raise RunError(f"{path}: expected a run folder or a result (.json); {OTHER_FILE}")
    values = read_json(path)
    if crossval.KEY in values:
        return crossval.checked(values[crossval.KEY], path, path)
    return reading.of_values(values, path)


def _aside(path: Path) -> str:
    """Say what a path is that is neither a run nor a mistake; empty: it may be a run."""
    if crossval.is_crossval(path) and not (path / crossval.RESULT).is_file():
        return crossval.unfinished(path)
    if (path / TRIALS).is_dir():
        return f"{path}: a study of mien tune; to see its trials: {path}/{TRIALS}/*"
    return ""


def _same(one: Run | Crossed, other: Run | Crossed) -> bool:
    """Tell whether two are one, told from a folder or a result file."""
    quiet: Any = {"state": {"reason"}}
    return one.record.model_dump(exclude=quiet) == other.record.model_dump(exclude=quiet)


def _hint(path: Path) -> str:
    """Say where runs are, if a folder holds some and is none itself."""
    if not path.is_dir() or (path / "config.yaml").is_file():
        return ""
    inside = sum(1 for _ in path.glob("*/config.yaml"))
    return f"; it holds {inside}: {path}/*" if inside else ""
