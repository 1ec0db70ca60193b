"""The tables as Markdown, CSV, a page, and on the terminal.

``say`` is throughout how a run's folder is written in a note.
"""

import csv
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

import mien
from mien.report.compare.column import Fields
from mien.report.compare.columns import COLUMNS, shown
from mien.report.compare.notes import LEGEND, Say, notes_of
from mien.report.compare.rows import Row
from mien.report.compare.tables import Table, track_title
from mien.report.tables import markdown_table

_HERE = Path(__file__).parent


def markdown(tables: Sequence[Table], say: Say = str) -> str:
    """Return a page of Markdown: a heading, a table and its notes for each table."""
    parts = ["# Runs compared", *(_part(table, say) for table in tables), _list(LEGEND)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _part(table: Table, say: Say) -> str:
    columns = shown(table)
    cells = [[column.text(row) for column in columns] for row in table.rows]
    lines = markdown_table([column.header for column in columns], cells).splitlines()
    lines[1] = f"| {' | '.join('---:' if column.number else '---' for column in columns)} |"
    parts = [f"## {table.title}", _escaped(table.subtitle), "\n".join(lines)]
    return "\n\n".join([*parts, _list(notes_of(table, say))])


def _list(lines: Sequence[str]) -> str:
    return "".join(f"- {_escaped(line)}\n" for line in lines)


def _escaped(text: str) -> str:
    for sign in "\\`*_<[":
        text = text.replace(sign, f"\\{sign}")
    return text


def csv_text(tables: Sequence[Table]) -> str:
    """Return all tables as one CSV: a line a row, which names its track and what was scored.

    Every column is there; accuracies are in percent, what is not known is empty.
    """
    lines = [_line(table, row) for table in tables for row in table.rows]
    text = StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _line(table: Table, row: Row) -> Fields:
    line: Fields = {
        "track": track_title(table.track),
        "head": table.head,
        "scored_against": row.protocol,
        "scored_data": row.scored.name if row.scored else None,
        "scored_data_sha256": row.scored.sha256 if row.scored else None,
    }
    for column in COLUMNS:
        line |= column.fields(row)
    return line


def page(tables: Sequence[Table], say: Say = str) -> str:
    """Return one HTML page that asks for nothing from outside; a click on a heading sorts."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    return environment.get_template("page.html.j2").render(
        tables=[(table, shown(table), notes_of(table, say)) for table in tables],
        legend=LEGEND,
        mien=mien.__version__,
        style=style,
        script=script,
        script_hash=f"sha256-{digest}",
    )


def show(tables: Sequence[Table], console: Console | None = None) -> None:
    """Print each table with its notes; lines are as long as they come, nothing is cut."""
    console = console or Console()
    for table in tables:
        console.print(Text(table.title, style="bold"), soft_wrap=True)
        console.print(Text(table.subtitle), soft_wrap=True)
        grid = _grid(table)
        wide = Measurement.get(console, console.options.update(width=10_000), grid).maximum
        Console(file=console.file, width=max(console.width, wide)).print(grid)
        for note in notes_of(table):
            console.print(Text(f"note: {note}"), soft_wrap=True)
        console.print()


def _grid(table: Table) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, padding=0, show_edge=False)
    columns = [column for column in shown(table) if column.terminal]
    for column in columns:
        grid.add_column(column.header, justify="right" if column.number else "left", no_wrap=True)
    for row in table.rows:
        grid.add_row(*(Text((column.short or column.text)(row)) for column in columns))
    return grid
