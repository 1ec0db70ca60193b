"""What the data commands share: their argument, the progress bar, tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mien.datasets.source import Progress
    from mien.datasets.store import Summary

ALWAYS = ("pictures", "unreadable", "unique", "duplicates")
"""Counts of the audit that are printed even where they are 0."""
Folder = Annotated[Path, typer.Argument(help="A folder that `mien data prepare` wrote.")]


@contextmanager
def progress() -> "Iterator[Progress]":
    """Show a bar on the error output, where it is a terminal; it goes when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=hidden
    ) as bar:
        tasks: dict[str, Any] = {}

        def show(doing: str, done: int, of: int | None) -> None:
            if doing not in tasks:
                for earlier in tasks.values():  # how much there was to read is known by now
                    bar.update(earlier, total=of, completed=of)
                tasks[doing] = bar.add_task(doing, total=of)
            if done % 100 == 0 or done == of:  # a bar that moves at each picture costs seconds
                bar.update(tasks[doing], completed=done)

        yield show


def print_prepared(summary: "Summary", told: Sequence[str] = ()) -> None:
    """Say what was prepared, with the notes that were not told before."""
    print_audit(summary.audit)
    typer.echo(f"split: {summary.record['split']}")
    for note in summary.record["notes"]:
        if note not in told:
            typer.echo(f"note: {note}")
    typer.echo(f"prepared {summary.record['pictures']:,} pictures in {summary.root}")


def print_audit(audited: Mapping[str, Any]) -> None:
    """Print class counts and the counts of the audit."""
    print_counts("split", audited["classes"])
    counts = {
        name: value
        for name, value in audited.items()
        if isinstance(value, int) and (value or name in ALWAYS)
    }
    print_table(("audit", ""), [(k.replace("_", " "), f"{v:,}") for k, v in counts.items()])


def print_counts(what: str, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Print pictures by something (split, origin, fold) and class."""
    rows = [
        (name, *(f"{n:,}" for n in classes.values()), f"{sum(classes.values()):,}")
        for name, classes in counts.items()
    ]
    print_table((what, *next(iter(counts.values()), {}), "all"), rows)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header: names to the left, numbers to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=0)
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console()
    wide = Measurement.get(console, console.options.update(width=10_000), table).maximum
    Console(width=max(console.width, wide)).print(table)
