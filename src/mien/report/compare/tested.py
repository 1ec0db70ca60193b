"""Whether the rows of a table differ by more than chance, from the predictions of their runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from mien.errors import DataError
from mien.evaluation.matching import paired
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.sides import Side, between, check_alike, pairs_of
from mien.evaluation.stored import NAME, read_predictions
from mien.report.compare.record import Run
from mien.report.compare.rows import Row
from mien.report.compare.tables import Table

RESAMPLES = 2000
KIND = "official"
AGAIN = "evaluate it again"
"""What helps where predictions are missing or of an earlier evaluation."""


@dataclass(frozen=True)
class _Known:
    """A row, what tables call it, and the predictions of each of its runs."""

    row: Row
    name: str
    runs: tuple[Predictions, ...]


def with_tests(tables: Sequence[Table]) -> list[Table]:
    """Return the tables with tests between their rows, where two or more have predictions.

    Rows are compared on the official rows of their table: every two, or where there are more than
    six the best with each other one. The best is the best by the scores that are tested, so p is
    corrected for every two rows then too. See ``evaluation.sampling.sides``.
    """
    return [_tested(table) for table in tables]


def _tested(table: Table) -> Table:
    scored = [row for row in table.rows if row.official is not None]
    if len(scored) < 2:
        return table
    known: list[_Known] = []
    untested: list[tuple[Row, str]] = []
    for row, name in zip(scored, _names(scored), strict=True):
        try:
            known.append(_Known(row, name, tuple(_predictions(run, row) for run in row.runs)))
        except DataError as error:
            untested.append((row, str(error)))
    alike, others = _alike(known)
    untested += others
    if len(alike) < 2:
        return replace(table, untested=tuple(untested))
    return replace(table, tests=tuple(_differences(alike)), untested=tuple(untested))


def _names(rows: Sequence[Row]) -> list[str]:
    """Return what rows are called: the experiment, with its runs where two are called alike."""
    names = [row.record.config.name for row in rows]
    return [
        name if names.count(name) == 1 else f"{name} ({', '.join(r.record.name for r in row.runs)})"
        for row, name in zip(rows, names, strict=True)
    ]


def _predictions(run: Run, row: Row) -> Predictions:
    """Return what a run answered on the data that a row is scored on.

    Raises:
        DataError: there is no such file, or its answers are not those that were scored.
    """
    if not run.is_folder:
        raise DataError("a saved result holds no predictions")
    path = _path(run, row)
    if not path.is_file():
        raise DataError(f"no {NAME}; {AGAIN}")
    try:
        found = read_predictions(path)
        case = found.cases(row.head)[row.protocol][KIND]
    except (DataError, KeyError):
        raise DataError(f"its {NAME} is damaged or of another mien; {AGAIN}") from None
    report = run.record.evaluation[path.parent.name].heads[row.head][row.protocol][KIND]
    accuracy = float((case.predicted == case.true).mean())
    if len(case.true) != report.n or abs(accuracy - report.accuracy) > 1e-6:
        raise DataError(f"its {NAME} and metrics.json are of two evaluations; {AGAIN}")
    return found


def _path(run: Run, row: Row) -> Path:
    """Return where a run's predictions on a row's data are, if they are anywhere."""
    name = next(
        name
        for name, one in run.record.evaluation.items()
        if row.scored is not None and one.data == row.scored
    )
    return run.source / "evaluation" / name / NAME


def _alike(known: Sequence[_Known]) -> tuple[list[_Known], list[tuple[Row, str]]]:
    """Return those whose pictures, labels and classes most others share, and why not the others."""
    if not known:
        return [], []
    pictures = [frozenset(one.runs[0].ids.tolist()) for one in known]
    common = max(pictures, key=pictures.count)
    first = known[pictures.index(common)]
    alike, others = [], []
    for one in known:
        try:
            runs = tuple(paired(first.runs[0], run)[1] for run in one.runs)
            cases = [_case(first, first.runs[0]), *(_case(one, run) for run in runs)]
            check_alike(cases, [first.name] + [one.name] * len(runs))
            alike.append(replace(one, runs=runs))
        except DataError:
            others.append((one.row, "it answered other pictures, labels or classes"))
    return alike, others


def _case(one: _Known, predictions: Predictions) -> Any:
    return predictions.cases(one.row.head)[one.row.protocol][KIND]


def _differences(known: Sequence[_Known]) -> list[dict[str, Any]]:
    sides = [Side(one.name, tuple(_case(one, run) for run in one.runs)) for one in known]
    pairs = pairs_of([fmean(side.right) / len(side.runs) for side in sides])
    first = sides[0].runs[0]
    found = between(sides, pairs, known[0].runs[0].subjects[first.rows], RESAMPLES)
    return [
        {"first": {"model": sides[i].name}, "second": {"model": sides[j].name}, **one}
        for (i, j), one in zip(pairs, found, strict=True)
    ]
