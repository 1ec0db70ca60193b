"""Tables on the terminal, in as many parts as its width asks for; nothing is cut or squeezed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as Grid
from rich.text import Text

GAP = 2
"""Signs between two columns: a blank, and the box's own."""


@dataclass(frozen=True)
class Cells:
    """A column as the terminal shows it; numbers are set to the right."""

    header: str
    rows: tuple[str, ...]
    number: bool = False

    @property
    def width(self) -> int:
        """How many signs wide it is."""
        return max(cell_len(text) for text in (self.header, *self.rows))


@dataclass(frozen=True)
class Fitted:
    """A table that ``rich`` prints in parts where it is wider than the place it is printed to.

    Attributes:
        columns: the table.
        keys: how many columns name a row; each part has them.
        notes: lines below it.
    """

    columns: Sequence[Cells]
    keys: int = 1
    notes: Sequence[str] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts and the notes."""
        for part in parts(self.columns, options.max_width, self.keys):
            yield _grid(part)
        yield from (Text(f"note: {note}") for note in self.notes)


def printed(console: Console, columns: Sequence[Cells], keys: int = 1) -> None:
    """Print a table; what a terminal has no room for comes below, with the first columns again.

    Into a file or a pipe lines are as long as they come. Nothing is cut.

    Args:
        console: where to.
        columns: the table.
        keys: how many columns name a row.
    """
    for part in parts(columns, console.width if console.is_terminal else None, keys):
        wide = sum(column.width + GAP for column in part)
        Console(file=console.file, width=max(console.width, wide)).print(_grid(part))


def parts(columns: Sequence[Cells], width: int | None, keys: int = 1) -> list[list[Cells]]:
    """Return columns in parts that are no wider, each with the first ``keys`` columns.

    A part holds those and another column at least, also where that is too wide.
    """
    if width is None or len(columns) <= keys:
        return [list(columns)]
    first, others = columns[:keys], columns[keys:]
    left = width - sum(column.width + GAP for column in first)
    found: list[list[Cells]] = []
    room = -1
    for column in others:
        room -= column.width + GAP
        if room < 0:
            found.append([*first])
            room = left - column.width
        found[-1].append(column)
    return found


def _grid(columns: Sequence[Cells]) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), show_edge=False, pad_edge=False)
    for column in columns:
        side: Literal["left", "right"] = "right" if column.number else "left"
        grid.add_column(column.header, justify=side, no_wrap=column.number, overflow="fold")
    for row in zip(*(column.rows for column in columns), strict=True):
        grid.add_row(*(Text(text) for text in row))
    return grid
