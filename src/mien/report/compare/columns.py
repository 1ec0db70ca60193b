"""The columns of a track's table, for every form it is written in but CSV."""

from collections.abc import Callable

from mien.report.compare import numbers, words
from mien.report.compare.measure import COMMON, Measure, Score
from mien.report.compare.notes import Say, notes_of
from mien.report.compare.rows import Row
from mien.report.compare.sheet import Column, Sheet, sheet
from mien.report.compare.tables import Table


def sheet_of(table: Table, say: Say = str) -> Sheet:
    """Return a table in words; nets that saw other data are a part of their own.

    Args:
        table: what to show.
        say: how a run's folder is written in a note.
    """
    own = [row for row in table.rows if not words.other_data(row.record, row.scored)]
    other = [row for row in table.rows if row not in own]
    return sheet(table.title, table.subtitle, COLUMNS, [own, other], notes_of(table, say))


def _interval(score: Score | None) -> str:
    if score is None:
        return ""
    low, high = (100 * end for end in score.interval)
    return f"{low:.2f}–{high:.2f}"


def _mean(measure: Measure | None) -> float | None:
    return None if measure is None else measure.mean


def _accuracy(header: str, pick: Callable[[Row], Score | None]) -> Column:
    """Return the column of an accuracy in percent, with its interval."""

    def accuracy(row: Row) -> Measure | None:
        score = pick(row)
        return score.accuracy if score else None

    return Column(
        header,
        lambda row: numbers.percent(accuracy(row)),
        lambda row: _interval(pick(row)),
        lambda row: _mean(accuracy(row)),
        number=True,
    )


def _score(
    header: str, pick: Callable[[Score], Measure | None], *, share: bool, optional: bool
) -> Column:
    """Return the column of another number of the official rows."""

    def measure(row: Row) -> Measure | None:
        return pick(row.official) if row.official else None

    def text(row: Row) -> str:
        return numbers.percent(measure(row)) if share else numbers.decimals(measure(row), 3)

    value: Callable[[Row], float | None] = lambda row: _mean(measure(row))  # noqa: E731
    return Column(header, text, value=value, number=True, optional=optional)


COLUMNS = (
    Column(
        "experiment",
        lambda row: row.record.config.name,
        lambda row: words.joined([run.record.name for run in row.runs]),
    ),
    Column(
        "model",
        lambda row: words.model_words(row.record),
        lambda row: words.input_words(row.record),
    ),
    Column(
        "parameters",
        words.parameters,
        short=lambda row: numbers.millions(row.parameters),
        value=lambda row: row.parameters,
        number=True,
    ),
    Column(
        "MACs",
        words.macs,
        value=lambda row: row.macs,
        number=True,
    ),
    Column(
        "data",
        lambda row: words.data_words(row.record),
        lambda row: row.record.data.sha256[: words.HASH],
        short=words.data_short,
    ),
    Column(
        "other data",
        lambda row: words.other_data(row.record, row.scored),
        short=words.other_short,
        optional=True,
    ),
    Column("labels", lambda row: words.learnt(row.record), terminal=False),
    Column("seeds", words.seeds, value=lambda row: len(row.seeds), short=words.seed_count),
    _accuracy("official %", lambda row: row.official),
    _accuracy("dedup %", lambda row: row.dedup),
    _score("macro-F1", lambda score: score.macro_f1, share=False, optional=False),
    _score(f"macro-F1 ≥{COMMON}", lambda score: score.common_f1, share=False, optional=True),
    _score("unmasked %", lambda score: score.unmasked, share=True, optional=True),
    Column(
        "epochs",
        words.epochs,
        value=lambda row: max(row.epochs),
        number=True,
    ),
    Column(
        "hours",
        lambda row: f"{row.hours.mean:.2f}",
        value=lambda row: row.hours.mean,
        number=True,
    ),
    Column("best validation", words.best, value=lambda row: _mean(row.best), terminal=False),
    Column(
        "hardware",
        words.devices,
        lambda row: words.joined(
            [run.record.environment.gpu or run.record.environment.cpu for run in row.runs]
        ),
        terminal=False,
    ),
    Column("commit", words.commits, terminal=False),
)
