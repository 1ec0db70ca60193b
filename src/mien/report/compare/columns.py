"""The columns of a table."""

from mien.report.compare import words
from mien.report.compare.column import Column, accuracy_column, measured
from mien.report.compare.numbers import (
    COMMON,
    NONE,
    Measure,
    Score,
    decimals,
    duration,
    mac_words,
    millions,
    percent,
)
from mien.report.compare.rows import Row
from mien.report.compare.tables import Table


def shown(table: Table) -> list[Column]:
    """Return the columns that have something to say of a table."""
    return [
        column
        for column in COLUMNS
        if not (column.optional and all(column.text(row) in ("", NONE) for row in table.rows))
    ]


def _macro_f1(score: Score | None) -> Measure | None:
    return score.macro_f1 if score else None


def _common_f1(row: Row) -> Measure | None:
    return row.official.common_f1 if row.official else None


def _unmasked(row: Row) -> Measure | None:
    return row.official.unmasked if row.official else None


COLUMNS = (
    Column(
        "experiment",
        lambda row: row.record.config.name,
        lambda row: {
            "experiment": row.record.config.name,
            "runs": " ".join(run.record.name for run in row.runs),
        },
        lambda row: words.joined(run.record.name for run in row.runs),
    ),
    Column(
        "model",
        words.model_words,
        lambda row: {"model": words.model_words(row), "input": words.input_words(row)},
        words.input_words,
    ),
    Column(
        "parameters",
        words.parameters,
        lambda row: {
            "parameters": row.record.network.parameters,
            "parameters_learning": row.record.network.trained,
        },
        short=lambda row: millions(row.record.network.parameters),
        number=True,
    ),
    Column(
        "MACs",
        lambda row: mac_words(row.record.network.macs),
        lambda row: {"macs": row.record.network.macs},
        number=True,
    ),
    Column(
        "data",
        lambda row: words.data_words(row.record),
        lambda row: {
            "data": words.data_words(row.record),
            "data_sha256": row.record.data.sha256,
            "left_out": " ".join(row.record.data.left_out),
            "train_pictures": row.record.data.rows.train,
        },
        lambda row: row.record.data.sha256[: words.HASH],
        words.data_short,
    ),
    Column(
        "other data",
        words.other_data,
        lambda row: {"other_data": words.other_data(row)},
        short=words.other_short,
        optional=True,
    ),
    Column(
        "labels",
        lambda row: words.learnt(row.record),
        lambda row: {"labels": words.learnt(row.record)},
        terminal=False,
    ),
    Column(
        "seeds",
        words.seeds,
        lambda row: {"seed_count": len(row.seeds), "seeds": " ".join(map(str, row.seeds))},
        short=words.seed_count,
    ),
    accuracy_column("official", lambda row: row.official, interval=True),
    accuracy_column("dedup", lambda row: row.dedup),
    Column(
        "macro-F1",
        lambda row: decimals(_macro_f1(row.official), 3),
        lambda row: {
            **measured("official_macro_f1", _macro_f1(row.official), 3),
            **measured("dedup_macro_f1", _macro_f1(row.dedup), 3),
        },
        number=True,
    ),
    Column(
        f"macro-F1 ≥{COMMON}",
        lambda row: decimals(_common_f1(row), 3),
        lambda row: measured("official_macro_f1_common", _common_f1(row), 3),
        number=True,
        optional=True,
    ),
    Column(
        "unmasked %",
        lambda row: percent(_unmasked(row)),
        lambda row: measured("official_unmasked_percent", _unmasked(row), 2, 100),
        number=True,
        optional=True,
    ),
    Column(
        "epochs",
        words.epochs,
        lambda row: {
            "epochs": " ".join(map(str, row.epochs)),
            "epochs_planned": row.record.config.train.epochs,
            "status": words.joined(run.record.state.status for run in row.runs),
        },
        number=True,
    ),
    Column(
        "time",
        lambda row: duration(row.hours.mean),
        lambda row: measured("hours", row.hours, 4),
        number=True,
    ),
    Column(
        "best validation",
        words.best,
        lambda row: {
            **measured("best_validation", row.best, 4),
            "monitor": row.record.state.monitor,
        },
        terminal=False,
    ),
    Column(
        "hardware",
        words.devices,
        lambda row: {"hardware": words.devices(row), "device": words.machines(row)},
        words.machines,
        terminal=False,
    ),
    Column(
        "commit",
        words.commits,
        lambda row: {"commit": words.joined(r.record.environment.commit or "" for r in row.runs)},
        terminal=False,
    ),
)
