"""Learning curves, read from the lines of a run's ``metrics.csv``."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from mien.errors import RunError

SPLITS = ("train", "val")
Series = tuple[list[int], list[float]]


def curves(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Series]]:
    """Return measure → ``train`` / ``val`` → (epochs, values); the loss first, then by name.

    Columns are taken by name: ``train_loss`` and ``val_loss`` make the measure ``loss``,
    ``val_accuracy_ferplus`` makes ``accuracy_ferplus``; other columns are no measures. Empty and
    non-finite cells are left out, so that a line may hold only some of the columns.

    Args:
        rows: dicts with ``epoch``; numbers, or text as ``csv.DictReader`` gives it.

    Raises:
        RunError: there is no such column with a number in it.
    """
    columns = [column for column in (rows[0] if rows else ()) if isinstance(column, str)]
    found: dict[str, dict[str, Series]] = {}
    for column in columns:
        split, _, measure = column.partition("_")
        series = _series(rows, column) if split in SPLITS and measure else ([], [])
        if series[0]:
            found.setdefault(measure, {})[split] = series
    if not found:
        raise RunError(
            "metrics.csv: expected columns train_… and val_… with numbers in them, found "
            f"{len(rows)} line(s) of {', '.join(columns) or 'no columns'}; train at least one epoch"
        )
    return dict(sorted(found.items(), key=lambda item: (item[0] != "loss", item[0])))


def _series(rows: Sequence[Mapping[str, Any]], column: str) -> Series:
    """Return the epochs and values of the lines that have a number in a column."""
    points = [
        (int(float(row["epoch"])), float(row[column]))
        for row in rows
        if row.get(column) not in (None, "") and isfinite(float(row[column]))
    ]
    return [epoch for epoch, _ in points], [value for _, value in points]
