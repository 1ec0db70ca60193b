"""All tables as Markdown."""

from collections.abc import Sequence

from mien.report.compare.notes import LEGEND
from mien.report.compare.sheet import Sheet
from mien.report.tables import markdown_table


def markdown(sheets: Sequence[Sheet]) -> str:
    """Return a page of Markdown: a heading, a table and its notes for each sheet."""
    parts = ["# Runs compared", *map(_part, sheets), _list(LEGEND)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _part(sheet: Sheet) -> str:
    cells = [[cell.text for cell in row] for row in sheet.rows]
    lines = markdown_table([column.header for column in sheet.columns], cells).splitlines()
    lines[1] = f"| {' | '.join('---:' if c.number else '---' for c in sheet.columns)} |"
    parts = [f"## {sheet.title}", _escaped(sheet.subtitle), "\n".join(lines), _list(sheet.notes)]
    return "\n\n".join(parts)


def _list(lines: Sequence[str]) -> str:
    return "".join(f"- {_escaped(line)}\n" for line in lines)


def _escaped(text: str) -> str:
    for sign in "\\`*_<[":
        text = text.replace(sign, f"\\{sign}")
    return text
