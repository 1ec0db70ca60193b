"""The tables on the terminal."""

from collections.abc import Sequence
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mien.report.compare.sheet import Sheet


def show(sheets: Sequence[Sheet], console: Console | None = None) -> None:
    """Print each table with its notes; lines are as long as they come, nothing is cut."""
    console = console or Console()
    for sheet in sheets:
        console.print(Text(sheet.title, style="bold"), soft_wrap=True)
        console.print(Text(sheet.subtitle), soft_wrap=True)
        shown = _shown(sheet)
        wide = Measurement.get(console, console.options.update(width=10_000), shown).maximum
        Console(file=console.file, width=max(console.width, wide)).print(shown)
        for note in sheet.notes:
            console.print(Text(f"note: {note}"), soft_wrap=True)
        console.print()


def _shown(sheet: Sheet) -> Table:
    shown = Table(box=SIMPLE_HEAD, padding=0, show_edge=False)
    wanted = [place for place, column in enumerate(sheet.columns) if column.terminal]
    for column in (sheet.columns[place] for place in wanted):
        side: Literal["left", "right"] = "right" if column.number else "left"
        shown.add_column(column.header, justify=side, no_wrap=True)
    for row in sheet.rows:
        shown.add_row(*(Text(row[place].short) for place in wanted))
    return shown
