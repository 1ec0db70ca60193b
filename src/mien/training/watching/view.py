"""What the live table shows: the last epochs, and a line of progress. Drawing only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from mien.training.watching.pace import clock

COLUMNS = {
    "train_loss": "train loss",
    "val_loss": "val loss",
    "val_accuracy": "val accuracy",
    "val_macro_f1": "macro-F1",
}
BAR = 20
MOST, AROUND = 10, 8
"""Epochs in the table at most; lines of the screen that are no epochs."""
Row = Mapping[str, float]


@dataclass(frozen=True)
class Progress:
    """Where a run is.

    Attributes:
        epoch, epochs: this one, counted from 1, and all.
        step, steps: done in this epoch, and all of it.
        doing: ``training``, ``validating`` or how it ended.
        speed: training images a second in this epoch; 0 before the first step.
        elapsed: seconds.
        left: seconds, or None before the first step.
        at_most: whether early stopping may end it sooner.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    doing: str
    speed: float
    elapsed: float
    left: float | None
    at_most: bool


def epochs_table(rows: Sequence[Row], best: int, most: int) -> Table:
    """Return the last epochs as a table; the best epoch is always among them.

    Args:
        rows: of ``metrics.csv``; ``seconds`` counts from the start of the run.
        best: the best epoch, counted from 1; 0 where there is none yet.
        most: how many rows to show at most.
    """
    table = Table(box=SIMPLE_HEAD, caption="* the best so far", caption_justify="left")
    for name in ("epoch", *COLUMNS.values(), "lr", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    before = [0.0, *(float(row.get("seconds", 0)) for row in rows)]
    shown = list(range(len(rows)))[-most:]
    if 0 < best <= len(rows) and best - 1 not in shown:
        shown[0] = best - 1
    for place in shown:
        row, took = rows[place], before[place + 1] - before[place]
        number = int(row["epoch"])
        cells = [*(_number(row.get(name)) for name in COLUMNS), f"{row['lr']:.2g}", f"{took:.0f}"]
        is_best = number == best
        table.add_row(
            f"{'* ' if is_best else ''}{number}", *cells, style="bold green" if is_best else ""
        )
    return table


def progress_line(at: Progress, ascii_only: bool = False) -> Text:
    """Return one line that says how far a run is."""
    full, empty = ("#", ".") if ascii_only else ("━", "─")
    share = ((at.epoch - 1) * at.steps + at.step) / max(1, at.epochs * at.steps)
    filled = min(BAR, int(BAR * share))
    doing = f"step {at.step}/{at.steps}" if at.doing == "training" else at.doing
    left = "" if at.left is None else f"{clock(at.left)} left"
    parts = [
        f"epoch {at.epoch}/{at.epochs}",
        doing,
        f"{at.speed:,.0f} images/s" if at.speed else "",
        f"{clock(at.elapsed)} elapsed",
        f"at most {left}" if left and at.at_most else left,
    ]
    line = Text.assemble((full * filled, "green"), (empty * (BAR - filled), "dim"), "  ")
    line.no_wrap, line.overflow = True, "ellipsis"
    return line.append(", ".join(part for part in parts if part))


class View:
    """The table and the line below it; the table is drawn anew only where it has changed.

    That is most of the work, and it happens once an epoch instead of four times a second.
    """

    def __init__(self) -> None:
        self.line = Text()
        self._table, self._shown = Table(), (0, 0, 0)
        self._lines: list[list[Segment]] = []
        self._width = 0

    def show(self, rows: Sequence[Row], best: int, height: int) -> None:
        """Take up the rows of a run, its best epoch, and the height of the screen in lines."""
        shown = (len(rows), best, height)
        if shown != self._shown:
            self._table = epochs_table(rows, best, max(1, min(MOST, height - AROUND)))
            self._shown, self._width = shown, 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what is on the screen."""
        if self._width != options.max_width:
            free = options.update(height=None)
            lines = console.render_lines(self._table, free, pad=False)
            self._lines = [list(Segment.simplify(line)) for line in lines]
            self._width = options.max_width
        for segments in self._lines if self._shown[0] else []:
            yield from segments
            yield Segment.line()
        yield self.line


def _number(value: float | None) -> str:
    return "" if value is None or not isfinite(value) else f"{value:.4f}"
