"""How far long work is, and how long the rest takes: on the error output."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from mien.datasets.source import Progress


@contextmanager
def time_left() -> "Iterator[Progress]":
    """Show a bar on a terminal, with the time that is left; else a line for each new thing done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    hidden = not console.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=hidden
    ) as bar:
        task = bar.add_task("clean faces", total=None)
        clock = Clock()

        def show(doing: str, done: int, of: int | None) -> None:
            bar.update(task, description=doing, completed=done, total=of)
            if hidden and (line := clock.line(doing, done, of or 0)):
                typer.echo(line, err=True)

        yield show


def steps(show: "Progress") -> "Progress":
    """Return a progress that also says a line for each new thing, where there is no terminal.

    Args:
        show: is told everything too.
    """
    from rich.console import Console

    hidden, last = not Console(stderr=True).is_terminal, ""

    def told(doing: str, done: int, of: int | None) -> None:
        nonlocal last
        show(doing, done, of)
        if hidden and doing != last:
            last = doing
            typer.echo(f"{doing}: {done:,} of {of:,} done" if of else doing, err=True)

    return told


class Clock:
    """Says how long the rest takes, at the speed so far, whenever something new begins."""

    def __init__(self) -> None:
        self.doing, self.start = "", 0.0

    def line(self, doing: str, done: int, of: int) -> str:
        """Return the line that is due; empty where none is."""
        if not self.doing:
            self.start = monotonic()
        if doing == self.doing:
            return ""
        self.doing = doing
        if not done:
            return f"{doing}: {of:,} faces to answer"
        minutes = round((monotonic() - self.start) / done * (of - done) / 60)
        left = f"about {minutes:,} min" if minutes else "less than a minute"
        return f"{doing}: {done:,} of {of:,} faces, {left} left"
