"""Learning curves, read from the lines of a run's ``metrics.csv``."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from mien.errors import RunError

SPLITS = ("train", "val")
OVERALL = ("loss", "accuracy", "macro_f1")
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


def overall(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Series]]:
    """Return ``loss``, ``accuracy`` and ``macro_f1``, each the mean over the heads.

    ``val_accuracy`` is taken where it is a column; training has none, so there the mean of
    ``train_accuracy_<head>`` is taken, over the epochs that all heads have. A measure without
    any column is left out.

    Args:
        rows: as for ``curves``.

    Raises:
        RunError: as ``curves``, or there are none of these columns.
    """
    measures, found = curves(rows), {}
    for name in OVERALL:
        each = {
            m: series for m, series in measures.items() if m == name or m.startswith(f"{name}_")
        }
        splits = {split: _mean(each, name, split) for split in SPLITS}
        splits = {split: series for split, series in splits.items() if series[0]}
        if splits:
            found[name] = splits
    if not found:
        raise RunError(f"metrics.csv: expected a loss or an accuracy, found {', '.join(measures)}")
    return found


def _mean(each: Mapping[str, Mapping[str, Series]], name: str, split: str) -> Series:
    """Return the series of a measure itself, else the mean of its heads'."""
    own = each.get(name, {}).get(split)
    if own is not None:
        return own
    heads = [dict(zip(*s[split], strict=True)) for s in each.values() if split in s]
    epochs = sorted(set.intersection(*(set(head) for head in heads))) if heads else []
    return epochs, [sum(head[epoch] for head in heads) / len(heads) for epoch in epochs]


def _series(rows: Sequence[Mapping[str, Any]], column: str) -> Series:
    """Return the epochs and values of the lines that have a number in a column."""
    points = [
        (int(float(row["epoch"])), float(row[column]))
        for row in rows
        if row.get(column) not in (None, "") and isfinite(float(row[column]))
    ]
    return [epoch for epoch, _ in points], [value for _, value in points]
