"""Sections of an account as Markdown."""

from collections.abc import Iterable, Sequence

from mien.report.account.pieces import Missing, Table, Told
from mien.report.tables import markdown_table


def written(told: Told, title: str = "", level: int = 2) -> str:
    """Return a section with its heading; of what is missing, a line that names the command.

    Args:
        told: the section.
        title: heading; empty takes the section's own.
        level: of the heading.
    """
    if isinstance(told, Missing):
        return section(title or told.what.capitalize(), [missing_line(told)], level)
    parts = [*map(escaped, told.text), *map(table, told.tables)]
    return section(title or told.title, [*parts, bullets(told.notes)], level)


def section(title: str, parts: Iterable[str], level: int = 2) -> str:
    """Return a heading and what stands below it; without empty parts."""
    return "\n\n".join([f"{'#' * level} {title}", *(part.strip() for part in parts if part)])


def table(one: Table) -> str:
    """Return a table with its caption above."""
    headers = [escaped(header) for header in one.headers]
    rows = [[escaped(cell) for cell in row] for row in one.rows]
    lines = markdown_table(headers, rows).splitlines()
    rules = ["---" if place < one.words else "---:" for place in range(len(headers))]
    lines[1] = f"| {' | '.join(rules)} |"
    return f"**{escaped(one.caption)}**\n\n" + "\n".join(lines)


def facts(rows: Sequence[tuple[str, str]]) -> str:
    """Return facts as a table without headers."""
    return markdown_table(("", ""), [(name, escaped(value)) for name, value in rows])


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a list."""
    return "\n".join(f"- {escaped(line)}" for line in lines)


def missing_line(missing: Missing) -> str:
    """Say what was not measured, and which command does it."""
    reason = f" ({missing.why})" if missing.why else ""
    command = f": `{missing.command}`" if missing.command else ""
    return f"Not measured{reason}{command}."


def escaped(text: str) -> str:
    """Return a text without signs that Markdown or HTML would take for its own."""
    return text.replace("<", "&lt;").replace("[", "\\[")
