"""All tables as one CSV: a line a row, which names its track and what was scored."""

import csv
from collections.abc import Sequence
from io import StringIO

from mien.report.compare import words
from mien.report.compare.crossval import Crossed
from mien.report.compare.crossval_sheet import CrossRow, data_words, rows_of
from mien.report.compare.measure import Measure, Score
from mien.report.compare.names import track_title
from mien.report.compare.rows import Row
from mien.report.compare.tables import Table

Cell = str | int | None


def csv_text(tables: Sequence[Table]) -> str:
    """Return the CSV; accuracies are in percent, what is not known is empty."""
    return _csv([_line(table, row) for table in tables for row in table.rows])


def cross_csv_text(crossed: Sequence[Crossed]) -> str:
    """Return the CSV of cross-validations."""
    return _csv([_cross_line(row) for row in rows_of(crossed)])


def _csv(lines: Sequence[dict[str, Cell]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _line(table: Table, row: Row) -> dict[str, Cell]:
    return {
        "track": track_title(table.track),
        "head": table.head,
        "scored_against": row.protocol if row.scored else None,
        "scored_data": row.scored.name if row.scored else None,
        "scored_data_sha256": row.scored.sha256 if row.scored else None,
        **_run(row),
        **_scores("official", row.official),
        **_scores("dedup", row.dedup),
        **_cost(row),
    }


def _run(row: Row) -> dict[str, Cell]:
    """Return what was trained, on what."""
    record = row.record
    network = record.network
    return {
        "experiment": record.config.name,
        "runs": " ".join(run.record.name for run in row.runs),
        "model": words.model_words(record),
        "input": words.input_words(record),
        "parameters": row.parameters,
        "parameters_learning": network.trained if network else None,
        "macs": row.macs,
        "data": words.data_words(record),
        "data_sha256": record.data.sha256,
        "left_out": " ".join(record.data.left_out),
        "train_pictures": record.data.rows.train,
        "other_data": words.other_data(record, row.scored),
        "labels": words.learnt(record),
        "seeds": " ".join(str(seed) for seed in row.seeds),
        "seed_count": len(row.seeds),
    }


def _scores(kind: str, score: Score | None) -> dict[str, Cell]:
    names = (
        "n", "percent", "percent_sd", "percent_low", "percent_high", "macro_f1", "macro_f1_sd",
        "macro_f1_common", "unmasked_percent",
    )  # fmt: skip
    values: Sequence[Cell] = [None] * len(names) if score is None else _cells(score)
    return {f"{kind}_{name}": value for name, value in zip(names, values, strict=True)}


def _cells(score: Score) -> list[Cell]:
    return [
        score.n,
        _mean(score.accuracy, 2, 100),
        _spread(score.accuracy, 2, 100),
        *(f"{100 * end:.2f}" for end in score.interval),
        _mean(score.macro_f1, 3),
        _spread(score.macro_f1, 3),
        _mean(score.common_f1, 3),
        _mean(score.unmasked, 2, 100),
    ]


def _cost(row: Row) -> dict[str, Cell]:
    """Return how long it took, where, and what validation said."""
    states = [run.record.state for run in row.runs]
    machines = [run.record.environment for run in row.runs]
    return {
        "status": words.joined([state.status for state in states]),
        "epochs": " ".join(str(reached) for reached in row.epochs),
        "epochs_planned": row.record.config.train.epochs,
        "hours": _mean(row.hours, 4),
        "monitor": states[0].monitor,
        "best_validation": _mean(row.best, 4),
        "best_validation_sd": _spread(row.best, 4),
        "hardware": words.devices(row),
        "device": words.joined([machine.gpu or machine.cpu for machine in machines]),
        "commit": words.joined([machine.commit or "" for machine in machines]),
    }


def _mean(measure: Measure | None, digits: int, times: float = 1) -> str | None:
    return None if measure is None else f"{times * measure.mean:.{digits}f}"


def _spread(measure: Measure | None, digits: int, times: float = 1) -> str | None:
    spread = None if measure is None else measure.spread
    return None if spread is None else f"{times * spread:.{digits}f}"


def _cross_line(row: CrossRow) -> dict[str, Cell]:
    record = row.record
    over_folds = {
        "percent": (row.accuracy, 2, 100),
        "macro_f1": (row.macro_f1, 3, 1),
    }
    return {
        "experiment": record.config.name,
        "run": record.name,
        "model": words.model_name(record.config.model),
        "parameters": record.network.parameters if record.network else None,
        "macs": record.network.macs if record.network else None,
        "data": data_words(record),
        "data_sha256": record.dataset.sha256,
        "head": row.head,
        "scored_against": row.protocol,
        "folds": record.dealing.folds,
        "repeats": record.dealing.repeats,
        **{
            name + end: None if value is None else f"{times * value:.{digits}f}"
            for name, (spread, digits, times) in over_folds.items()
            for end, value in (("", spread.mean), ("_sd", spread.sd))
        },
        **_scores("pooled", row.pooled),
        "epochs": " ".join(str(fold.epochs) for fold in record.folds),
        "hours": f"{record.hours:.4f}",
        "device": words.joined([f.machine.gpu or f.machine.cpu for f in record.folds]),
        "commit": words.joined([fold.machine.commit or "" for fold in record.folds]),
    }
