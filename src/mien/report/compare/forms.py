"""The tables as Markdown, CSV, a page, and on the terminal.

``say`` is throughout how a run's folder is written in a note.
"""

import csv
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

import mien
from mien.report.compare.column import Fields
from mien.report.compare.columns import COLUMNS, shown
from mien.report.compare.notes import Say, legend_of, notes_of
from mien.report.compare.rows import Row
from mien.report.compare.tables import Table
from mien.report.fitting import Cells, printed
from mien.report.significance import (
    HEADERS,
    KEYS,
    WORDS,
    significance_columns,
    significance_fields,
    significance_markdown,
    significance_notes,
    significance_rows,
)
from mien.report.tables import markdown_table
from mien.report.templates import templates

TESTED = "Differences tested"
_HERE = Path(__file__).parent


def markdown(tables: Sequence[Table], say: Say = str) -> str:
    """Return a page of Markdown: a heading, a table and its notes for each table."""
    parts = ["# Runs compared", *(_part(table, say) for table in tables)]
    parts.append(_list(legend_of(tables)))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _part(table: Table, say: Say) -> str:
    columns = shown(table)
    cells = [[column.markdown(row) for column in columns] for row in table.rows]
    lines = markdown_table([column.header for column in columns], cells).splitlines()
    lines[1] = f"| {' | '.join('---:' if column.number else '---' for column in columns)} |"
    parts = [f"## {table.title}", _escaped(table.subtitle), "\n".join(lines)]
    parts.append(_list(notes_of(table, say)).strip())
    if table.tests:
        tests = [f"### {TESTED}", significance_markdown(table.tests).strip()]
        parts = [*parts, *tests, _list(significance_notes(table.tests))]
    return "\n\n".join(part for part in parts if part)


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
    return _csv([_line(table, row) for table in tables for row in table.rows])


def significance_text(tables: Sequence[Table]) -> str:
    """Return the tests of all tables as one CSV: a line a pair of rows; empty: nothing tested."""
    lines = [
        {"track": table.learnt, "head": table.head, "scored_against": table.protocol, **fields}
        for table in tables
        for fields in significance_fields(table.tests)
    ]
    return _csv(lines)


def _csv(lines: Sequence[Mapping[str, Any]]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _line(table: Table, row: Row) -> Fields:
    line: Fields = {
        "track": table.learnt,
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
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    return (
        templates(_HERE)
        .get_template("page.html.j2")
        .render(
            tables=[(table, shown(table), notes_of(table, say)) for table in tables],
            tests={"title": TESTED, "headers": HEADERS, "words": WORDS},
            tests_rows=significance_rows,
            tests_notes=significance_notes,
            legend=legend_of(tables),
            mien=mien.__version__,
            style=style,
            script=script,
            script_hash=f"sha256-{digest}",
        )
    )


def show(tables: Sequence[Table], console: Console | None = None) -> None:
    """Print each table with its notes; nothing is cut.

    A table that is wider than a terminal is printed in parts, each with the first column; into a
    file or a pipe lines are as long as they come.
    """
    console = console or Console()
    for table in tables:
        console.print(Text(table.title, style="bold"), soft_wrap=True)
        console.print(Text(table.subtitle), soft_wrap=True)
        printed(console, _columns(table))
        for note in notes_of(table):
            console.print(Text(f"note: {note}"), soft_wrap=True)
        if table.tests:
            console.print(Text(f"\n{TESTED}", style="bold"))
            printed(console, significance_columns(table.tests), KEYS)
            for note in significance_notes(table.tests):
                console.print(Text(f"note: {note}"), soft_wrap=True)
        console.print()


def _columns(table: Table) -> list[Cells]:
    """Return what the terminal shows of a table, column by column."""
    return [
        Cells(column.header, tuple(column.plain(row) for row in table.rows), column.number)
        for column in shown(table)
        if column.terminal
    ]
