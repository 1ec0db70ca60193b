"""A table as it is shown: cells in words, whatever its rows are of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

EMPTY = ("", "—")

Text = Callable[[Any], str]


def _nothing(_: Any) -> str:
    return ""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        header: what stands above it.
        text: a row's cell.
        detail: what the page adds below the cell; empty: nothing.
        value: what the page sorts by; None: the text.
        number: whether it is set to the right.
        terminal: whether the terminal shows it.
        short: the terminal's cell, where that is another.
        optional: whether it goes where every cell is empty or ``—``.
    """

    header: str
    text: Text
    detail: Text = _nothing
    value: Callable[[Any], float | None] | None = None
    number: bool = False
    terminal: bool = True
    short: Text | None = None
    optional: bool = False

    def cell(self, row: Any) -> "Cell":
        """Return a row's cell."""
        text = self.text(row)
        value = self.value(row) if self.value else None
        return Cell(
            text,
            self.detail(row),
            None if value is None else round(value, 6),
            self.short(row) if self.short else text,
        )


@dataclass(frozen=True)
class Cell:
    """What stands in one place; see ``Column``."""

    text: str
    detail: str
    value: float | None
    short: str


@dataclass(frozen=True)
class Sheet:
    """A table in words.

    Attributes:
        title, subtitle: what it is of.
        columns: those that have something to say.
        parts: rows of cells, in parts that stay together in every order.
        notes: sentences below it.
    """

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    parts: tuple[tuple[tuple[Cell, ...], ...], ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """All rows."""
        return tuple(row for part in self.parts for row in part)


def sheet(
    title: str,
    subtitle: str,
    columns: Sequence[Column],
    parts: Sequence[Sequence[Any]],
    notes: Sequence[str],
) -> Sheet:
    """Return a sheet; optional columns without a word and parts without a row are left out."""
    every = [row for part in parts for row in part]
    kept = tuple(
        column
        for column in columns
        if not (column.optional and all(column.text(row) in EMPTY for row in every))
    )
    cells = tuple(tuple(tuple(c.cell(row) for c in kept) for row in part) for part in parts if part)
    return Sheet(title, subtitle, kept, cells, tuple(notes))
