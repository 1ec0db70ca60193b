"""What a column is: the cells of a row, in every form that they have."""

from collections.abc import Callable
from dataclasses import dataclass

from mien.report.compare.numbers import NONE, Measure, Score, percent
from mien.report.compare.rows import Row

Text = Callable[[Row], str]
Field = str | int | None
Fields = dict[str, Field]


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        header: what stands above it.
        text: a row's cell.
        fields: what the CSV has of it, name → value; the page sorts by the first.
        detail: what the page adds below the cell; empty: nothing.
        short: the terminal's cell, where that is another.
        number: whether it is set to the right.
        terminal: whether the terminal shows it.
        optional: whether it goes where it has nothing to say of any row.
        full: the cell in Markdown and on the terminal, where that is another: what the page says
            below a cell stands in it there.
    """

    header: str
    text: Text
    fields: Callable[[Row], Fields]
    detail: Text = lambda row: ""
    short: Text | None = None
    number: bool = False
    terminal: bool = True
    optional: bool = False
    full: Text | None = None

    @property
    def markdown(self) -> Text:
        """Return what makes a cell of Markdown."""
        return self.full or self.text

    @property
    def plain(self) -> Text:
        """Return what makes a cell on the terminal."""
        return self.short or self.markdown

    def key(self, row: Row) -> str:
        """Return what the page sorts a row by; empty: nothing is known."""
        first = next(iter(self.fields(row).values()))
        return "" if first is None else str(first)


def measured(name: str, measure: Measure | None, digits: int, times: float = 1) -> Fields:
    """Return a mean and the deviation over seeds."""
    values = (measure.mean, measure.spread) if measure else (None, None)
    names = (name, f"{name}_sd")
    return {name: _fixed(value, digits, times) for name, value in zip(names, values, strict=True)}


def _fixed(value: float | None, digits: int, times: float = 1) -> str | None:
    return None if value is None else f"{times * value:.{digits}f}"


def accuracy_column(
    kind: str, pick: Callable[[Row], Score | None], *, interval: bool = False
) -> Column:
    """Return the column of an accuracy in percent.

    Args:
        kind: which rows it is of.
        pick: its score.
        interval: whether Markdown and the terminal have the interval too; page and CSV do.
    """

    def accuracy(row: Row) -> Measure | None:
        score = pick(row)
        return score.accuracy if score else None

    def fields(row: Row) -> Fields:
        score = pick(row)
        low, high = (score.interval if score else None) or (None, None)
        return {
            **measured(f"{kind}_percent", accuracy(row), 2, 100),
            f"{kind}_percent_low": _fixed(low, 2, 100),
            f"{kind}_percent_high": _fixed(high, 2, 100),
            f"{kind}_n": score.n if score else None,
        }

    def text(row: Row) -> str:
        return percent(accuracy(row))

    def ends(row: Row, digits: int = 2) -> str:
        score = pick(row)
        around = score.interval if score else None
        return "–".join(f"{100 * end:.{digits}f}" for end in around or ())

    def full(row: Row) -> str:
        return f"{text(row)} ({ends(row, 1) or NONE})" if pick(row) else text(row)

    shown = full if interval else None
    return Column(f"{kind} %", text, fields, ends, full=shown, number=True)
