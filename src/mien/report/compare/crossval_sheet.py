"""The table of cross-validations.

Their spread is over folds, not over seeds, and no test picture is in them: they stand apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mien.evaluation.protocols import own_protocol
from mien.report.compare import numbers, words
from mien.report.compare.crossval import Crossed, Crossval, Spread
from mien.report.compare.measure import Measure, Score
from mien.report.compare.names import protocol_words
from mien.report.compare.sheet import Column, Sheet, sheet

NOTE = (
    "± is the standard deviation over folds, which share most of what they learn: it is no error "
    "of the mean. Pooled: all pictures of the first repeat, each answered by the net that did not "
    "learn it."
)


@dataclass(frozen=True)
class CrossRow:
    """One head of a cross-validation on its own labels."""

    crossed: Crossed
    head: str
    protocol: str

    @property
    def record(self) -> Crossval:
        """What crossval.json tells."""
        return self.crossed.record

    @property
    def accuracy(self) -> Spread:
        """Accuracy over folds."""
        return self.record.summary[self.head][self.protocol].accuracy

    @property
    def macro_f1(self) -> Spread:
        """Macro-F1 over folds."""
        return self.record.summary[self.head][self.protocol].macro_f1

    @property
    def pooled(self) -> Score:
        """Scores of all pictures of the first repeat."""
        return Score((self.record.pooled[0].heads[self.head][self.protocol]["official"],))


def rows_of(crossed: Sequence[Crossed]) -> list[CrossRow]:
    """Return a row for each head."""
    return [
        CrossRow(one, head, own_protocol(head, one.record.summary[head]))
        for one in crossed
        for head in one.record.summary
    ]


def cross_sheet(crossed: Sequence[Crossed]) -> Sheet:
    """Return the table of cross-validations."""
    rows = rows_of(crossed)
    notes = [f"{one.record.name}: {note}" for one in crossed for note in one.record.notes]
    subtitle = "over training pictures; each fold is scored on the pictures that it did not learn"
    return sheet("Cross-validations", subtitle, COLUMNS, [rows], [NOTE, *notes])


def data_words(record: Crossval) -> str:
    """Say what was dealt out, and what was left out of it."""
    left_out = ", ".join((record.config.data.model_extra or {}).get("leave_out") or ())
    return record.dataset.name + (f" without {left_out}" if left_out else "")


def folds_words(record: Crossval) -> str:
    """Return the number of folds, and of repeats where there are several."""
    dealing = record.dealing
    return f"{dealing.folds}" + (f" × {dealing.repeats}" if dealing.repeats > 1 else "")


def spread_words(spread: Spread, digits: int, times: float = 1) -> str:
    """Return mean ± standard deviation."""
    text = f"{times * spread.mean:.{digits}f}"
    return text if spread.sd is None else f"{text} ± {times * spread.sd:.{digits}f}"


def _pooled(header: str, pick: Callable[[Score], Measure], digits: int, times: float) -> Column:
    return Column(
        header,
        lambda row: numbers.decimals(pick(row.pooled), digits, times),
        value=lambda row: pick(row.pooled).mean,
        number=True,
    )


def _interval(row: CrossRow) -> str:
    low, high = (100 * end for end in row.pooled.interval)
    return f"{low:.2f}–{high:.2f}, n = {row.pooled.n:,}"


def _epochs(row: CrossRow) -> str:
    reached = [fold.epochs for fold in row.record.folds]
    return words.epochs_of(reached, row.record.config.train.epochs)


def _hardware(row: CrossRow) -> str:
    machines = [fold.machine for fold in row.record.folds]
    return words.joined(["gpu" if machine.gpu else "cpu" for machine in machines])


COLUMNS = (
    Column("experiment", lambda row: row.record.config.name, lambda row: row.record.name),
    Column("model", lambda row: words.model_name(row.record.config.model)),
    Column(
        "parameters",
        lambda row: numbers.millions(row.record.network and row.record.network.parameters),
        number=True,
        optional=True,
    ),
    Column(
        "MACs",
        lambda row: numbers.mac_words(row.record.network and row.record.network.macs),
        number=True,
        optional=True,
    ),
    Column(
        "data",
        lambda row: data_words(row.record),
        lambda row: row.record.dataset.sha256[: words.HASH],
    ),
    Column("scored against", lambda row: protocol_words(row.protocol)),
    Column("folds", lambda row: folds_words(row.record), lambda row: row.record.kept),
    Column(
        "accuracy %",
        lambda row: spread_words(row.accuracy, 2, 100),
        value=lambda row: row.accuracy.mean,
        number=True,
    ),
    Column(
        "macro-F1",
        lambda row: spread_words(row.macro_f1, 3),
        value=lambda row: row.macro_f1.mean,
        number=True,
    ),
    Column(
        "pooled %",
        lambda row: numbers.percent(row.pooled.accuracy),
        _interval,
        lambda row: row.pooled.accuracy.mean,
        number=True,
    ),
    _pooled("pooled macro-F1", lambda score: score.macro_f1, 3, 1),
    Column("epochs", _epochs, number=True),
    Column(
        "hours",
        lambda row: f"{row.record.hours:.2f}",
        value=lambda row: row.record.hours,
        number=True,
    ),
    Column("hardware", _hardware, terminal=False),
    Column(
        "commit",
        lambda row: words.joined([words.short(fold.machine.commit) for fold in row.record.folds]),
        terminal=False,
    ),
)
