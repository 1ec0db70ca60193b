"""Figures of counts in two directions: labels against votes, copies, entropies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.report.explore.drawing import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_MAP = "cividis_r"
_INK_TURNS = 0.53


def heat_map(table: Ints, rows: Sequence[str], columns: Sequence[str], title: str) -> "Figure":
    """Draw counts with their share of the row, the shade being that share.

    Args:
        table: ``int64 [R, C]``.
        rows: their names.
        columns: their names.
        title: of the figure.
    """
    n = int(table.sum())
    figure = style.chart(title, n, 1.5 + 0.44 * len(rows))
    axes = figure.add_subplot()
    totals = table.sum(axis=1)
    names = [f"{name}\nn = {total:,}" for name, total in zip(rows, totals, strict=True)]
    shares = table / np.maximum(totals[:, None], 1)
    texts = [
        [f"{100 * share:.0f} %\n{count:,}" for share, count in zip(*row, strict=True)]
        for row in zip(shares, table, strict=True)
    ]
    cells(axes, shares, texts)
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_yticks(range(len(rows)), names)
    axes.set(xlabel="majority of the votes", ylabel="label")
    _scale(figure, axes, "share of the label")
    return figure


def cells(axes: "Axes", shares: Floats, texts: Sequence[Sequence[str]]) -> None:
    """Draw shares 0–1 as shades with text on them."""
    axes.imshow(shares, cmap=_MAP, vmin=0, vmax=1, aspect="auto")
    for line, row in enumerate(texts):
        for column, text in enumerate(row):
            colour = "white" if shares[line, column] > _INK_TURNS else "black"
            axes.text(
                column, line, text, ha="center", va="center", color=colour, fontsize=style.SMALL
            )
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _scale(figure: "Figure", axes: "Axes", label: str) -> None:
    figure.colorbar(
        axes.images[0], ax=axes, label=label, format=style.percent, fraction=0.03, pad=0.02
    )


def entropies(names: Sequence[str], values: Sequence[Floats], title: str) -> "Figure":
    """Draw a histogram of bits for each class on one scale, its median as a line.

    Args:
        names: K classes.
        values: K arrays of bits.
        title: of the figure.
    """
    columns = min(4, len(names))
    lines = -(-len(names) // columns)
    figure = style.chart(title, sum(map(len, values)), 0.8 + 1.5 * lines)
    edges = np.linspace(0, np.log2(10), 18)
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for axes, name, bits in zip(grid.flat, names, values, strict=False):
        counts, _ = np.histogram(bits, edges)
        axes.stairs(counts / max(len(bits), 1), edges, fill=True, color=style.SKY)
        axes.stairs(counts / max(len(bits), 1), edges, color="black", linewidth=0.6)
        middle = float(np.median(bits))
        axes.axvline(middle, color="black", linestyle="--", linewidth=1.2)
        axes.set_title(
            f"{name}, n = {len(bits):,}\nmedian {middle:.2f}", fontsize=style.SMALL, loc="left"
        )
        axes.yaxis.set_major_formatter(style.percent)
        axes.grid(axis="y")
    for axes in grid.flat[len(names) :]:
        axes.set_visible(False)
    figure.supxlabel("entropy of the votes (bits)", fontsize=style.TEXT)
    figure.supylabel("share of the class", fontsize=style.TEXT)
    return figure


def copy_counts(
    sizes: Ints, across: Ints, held: Ints, splits: Sequence[str], title: str, n: int
) -> "Figure":
    """Draw how large groups of copies are, and where copies of each split's pictures lie."""
    figure = style.chart(title, n, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.1])
    found, counts = np.unique(sizes, return_counts=True)
    bars = left.bar(range(len(found)), counts, color=style.SKY, edgecolor="black")
    left.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=style.SMALL)
    left.set_xticks(range(len(found)), [str(size) for size in found])
    left.set(xlabel="pictures in the group", ylabel="groups", ymargin=0.12)
    left.set_title("How large groups are", fontsize=style.TEXT, loc="left")
    left.yaxis.set_major_formatter(style.number)
    left.locator_params(axis="y", integer=True)
    shares = across / np.maximum(held[:, None], 1)
    texts = [
        [f"{style.share(s)}\n({c:,})" for s, c in zip(*row, strict=True)]
        for row in zip(shares, across, strict=True)
    ]
    cells(right, shares / max(shares.max(), 1e-9), texts)
    right.set_xticks(range(len(splits)), splits)
    right.set_yticks(
        range(len(splits)), [f"{s}\nn = {h:,}" for s, h in zip(splits, held, strict=True)]
    )
    right.set(xlabel="have a copy in", ylabel="pictures of")
    right.set_title("Copies across splits", fontsize=style.TEXT, loc="left")
    return figure
