"""The learning curves of a run as one picture, with the sentence that reads them."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from mien.errors import RunError
from mien.report import figures
from mien.report.curves import Series, overall
from mien.report.reading import Reading, reading
from mien.runs import RunFolder

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 10.0, 4.8
"""Of the panels, in inches; the texts stand below."""
LETTERS, SMALL_LETTERS = 112, 140
"""How many letters of the caption and of the note stand on a line."""
STEEP = 20
"""A loss whose highest value is so many times its lowest is drawn on a logarithmic scale."""
NOTE = (
    "Training is measured while learning, on changed pictures and with dropout: compare the "
    "course of the two lines, not their height."
)
GREY = "#595959"
DOTTED = 40
"""Curves of fewer epochs have a dot at each."""
Measures = Mapping[str, Mapping[str, Series]]


def draw(run: Path, out: Path | None = None) -> Reading:
    """Draw a run's learning curves, and say what they show.

    Args:
        run: a run folder, finished or not, with one epoch at least.
        out: a PNG to write, whole or not at all; ``curves.png`` in the run folder by default.

    Raises:
        RunError: no run, no epoch yet, or ``metrics.csv`` is damaged.
        MissingExtraError: matplotlib is not installed.
    """
    folder = RunFolder.open(run)
    rows, state = _rows(folder.metrics), folder.read_state()
    best = state.get("best_epoch")
    best = best + 1 if isinstance(best, int) and best >= 0 else None
    try:
        said = reading(rows, best)
        figure = curves_picture(rows, said.text, best, str(state.get("monitor") or ""))
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{folder.metrics}: expected numbers below its headers, but: {error}"
        ) from None
    figures.save(figure, out or folder.root / "curves.png")
    return said


def curves_picture(
    rows: Sequence[Mapping[str, Any]], caption: str, best: int | None = None, monitor: str = ""
) -> "Figure":
    """Draw loss and accuracy (with macro-F1), the learning rate below, and a caption.

    Args:
        rows: the lines of ``metrics.csv``; see ``mien.report.curves.overall``.
        caption: what to write below the picture.
        best: the epoch to mark, counted from 1.
        monitor: the measure by which it is the best.

    Raises:
        RunError: nothing in the rows can be drawn.
    """
    found, lines = overall(rows), [fill(caption, LETTERS), fill(NOTE, SMALL_LETTERS)]
    below = 0.2 * (sum(text.count("\n") + 1 for text in lines) + 1)
    figure = figures.blank(WIDTH, HEIGHT + below)
    parts: Any = figure.subfigures(2, 1, height_ratios=(HEIGHT, below))
    drawn, written = parts
    places = drawn.add_gridspec(2, 2, height_ratios=(3.5, 1))
    epochs = [epoch for splits in found.values() for s in splits.values() for epoch in s[0]]
    for column, draw_panel in enumerate((_loss, _scores)):
        axes = drawn.add_subplot(places[0, column])
        draw_panel(axes, found)
        _mark(axes, epochs, best, monitor)
    _rate(drawn.add_subplot(places[1, :]), rows, best)
    written.text(0.03, 0.95, lines[0], va="top", fontsize=10.5)
    written.text(0.03, 0.08, lines[1], va="bottom", fontsize=8.5, color=GREY)
    return figure


def _loss(axes: "Axes", found: Measures) -> None:
    series = found.get("loss", {})
    for split, (epochs, values) in series.items():
        figures.plot_curve(axes, split, epochs, values)
    every = [value for _, values in series.values() for value in values]
    if every and min(every) > 0 and max(every) > STEEP * min(every):
        axes.set_yscale("log")
    axes.set(title="loss")


def _scores(axes: "Axes", found: Measures) -> None:
    from matplotlib import ticker  # noqa: PLC0415

    for split, (epochs, values) in found.get("accuracy", {}).items():
        figures.plot_curve(axes, split, epochs, values)
    epochs, values = found.get("macro_f1", {}).get("val", ([], []))
    if epochs:
        dots = "." if len(epochs) < DOTTED else None
        axes.plot(epochs, values, ":", color="black", label="macro-F1, validation", marker=dots)
    axes.set(title="accuracy and macro-F1" if epochs else "accuracy")
    axes.yaxis.set_major_formatter(ticker.PercentFormatter(1))  # 2.5% where a tick stands there


def _mark(axes: "Axes", epochs: Sequence[int], best: int | None, monitor: str) -> None:
    """Finish a panel: the best epoch, the grid, the legend."""
    if best is not None:
        by = f" by {monitor.removeprefix('val_').replace('_f1', '-F1')}" if monitor else ""
        axes.axvline(best, color=GREY, linewidth=1, label=f"best epoch{by}: {best}", zorder=0)
    _along(axes, epochs)
    axes.set_xlabel("epoch")
    axes.legend(  # below, where it hides no point
        fontsize=9, ncols=2, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.17)
    )


def _rate(axes: "Axes", rows: Sequence[Mapping[str, Any]], best: int | None) -> None:
    """Draw the learning rate at the end of each epoch."""
    points = [(int(float(row["epoch"])), float(row["lr"])) for row in rows if row.get("lr")]
    dots = "." if len(points) < DOTTED else None
    axes.plot([epoch for epoch, _ in points], [rate for _, rate in points], color=GREY, marker=dots)
    axes.set_title("learning rate at the end of each epoch", fontsize=9)
    axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=8)
    if best is not None:
        axes.axvline(best, color=GREY, linewidth=1)
    _along(axes, [epoch for epoch, _ in points])


def _along(axes: "Axes", epochs: Sequence[int]) -> None:
    if epochs:
        axes.set_xlim(min(epochs) - 0.5, max(epochs) + 0.5)
    axes.locator_params(axis="x", integer=True, min_n_ticks=1)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise RunError(
            f"{path}: expected the metrics of a run with an epoch at least, but: {reason.lower()}"
        ) from None
    return list(csv.DictReader(text.splitlines()))
