"""Plain charts: boxes by class, bars, shapes, histograms before and after equalisation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.report.explore.drawing import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pixels = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def boxes(names: Sequence[str], spreads: Floats, title: str, n: int, axis: str) -> "Figure":
    """Draw a box for each class: median, quartiles, whiskers at the 5th and 95th percentile.

    Args:
        names: K classes, with their n.
        spreads: ``float64 [K, 5]``, see ``numbers.pictures.spreads``.
        title: of the figure.
        n: pictures.
        axis: what the numbers are.
    """
    figure = style.chart(title, n, 1.1 + 0.42 * len(names))
    axes = figure.add_subplot()
    keys = ("whislo", "q1", "med", "q3", "whishi")
    stats = [
        {**dict(zip(keys, row, strict=True)), "label": name}
        for name, row in zip(names, spreads.tolist(), strict=True)
    ]
    axes.bxp(
        stats,
        positions=range(len(names)),
        orientation="horizontal",
        widths=0.6,
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": style.SKY},
        medianprops={"color": "black", "linewidth": 2},
    )
    for place, row in enumerate(spreads):
        axes.text(row[2], place - 0.37, f"{row[2]:.3g}", ha="center", fontsize=style.SMALL)
    axes.set(xlabel=axis, ylim=(len(names) - 0.5, -0.8))
    axes.grid(axis="x")
    return figure


def counted_bars(
    names: Sequence[str], counts: Sequence[int], title: str, n: int, axis: str
) -> "Figure":
    """Draw one bar a name with its count and its share of ``n``."""
    figure = style.chart(title, n, 1.0 + 0.27 * len(names))
    axes = figure.add_subplot()
    drawn = axes.barh(range(len(names)), counts, 0.7, color=style.SKY, edgecolor="black")
    texts = [f"{count:,} ({style.share(count / max(n, 1))})" for count in counts]
    axes.bar_label(drawn, texts, padding=3, fontsize=style.SMALL)
    axes.set_yticks(range(len(names)), [style.shortened(name, 34) for name in names])
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel=axis)
    axes.set_xlim(0, 1.3 * max(1, *counts))
    axes.xaxis.set_major_formatter(style.number)
    axes.locator_params(axis="x", integer=True, nbins=6)
    axes.grid(axis="x")
    return figure


def shapes(sizes: Ints, title: str) -> "Figure":
    """Draw heights against widths, grey and colour apart; a larger mark stands for more pictures.

    Args:
        sizes: ``int64 [N, 3]``: height, width, channels.
        title: of the figure.
    """
    figure = style.chart(title, len(sizes), 4.2)
    axes = figure.add_subplot()
    found, counts = np.unique(sizes, axis=0, return_counts=True)
    kinds = ((1, "grey", "o", style.BLUE), (3, "colour", "s", style.ORANGE))
    for channels, name, marker, colour in kinds:
        rows = found[:, 2] == channels
        if rows.any():
            area = np.minimum(14 + 6 * np.sqrt(counts[rows]), 300)
            axes.scatter(
                found[rows, 1],
                found[rows, 0],
                area,
                marker=marker,
                facecolor=colour,
                edgecolor="black",
                linewidth=0.6,
                alpha=0.6,
                label=f"{name}, n = {counts[rows].sum():,}",
            )
    high = 1.06 * int(sizes[:, :2].max())
    axes.plot([0, high], [0, high], color=style.SOFT, linewidth=0.8, linestyle="--", zorder=0)
    axes.set(xlabel="width (pixels)", ylabel="height (pixels)", xlim=(0, high), ylim=(0, high))
    legend = axes.legend(
        ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, scatterpoints=1
    )
    for handle in legend.legend_handles:
        handle.set_sizes([40])  # type: ignore[union-attr]
    axes.grid()
    return figure


def equalised(
    shares: Mapping[str, Floats], pictures: Mapping[str, Sequence[Pixels]], title: str, n: int
) -> "Figure":
    """Draw a line for each treatment: how often each grey level occurs, and examples after it.

    Args:
        shares: treatment → ``float64 [256]``.
        pictures: treatment → the same few pictures after it.
        title: of the figure.
        n: pictures.
    """
    few = max(len(row) for row in pictures.values())
    figure = style.chart(title, n, 0.7 + 1.3 * len(shares))
    cells = figure.add_gridspec(len(shares), 1 + few, width_ratios=[3.2] + [1] * few)
    third = max(float(np.sort(s)[-3]) for s in shares.values())  # bare ends may tower over all
    high = third or 1.0
    for line, (name, share) in enumerate(shares.items()):
        axes = figure.add_subplot(cells[line, 0])
        axes.stairs(share, np.arange(257) - 0.5, fill=True, color=style.BLUE)
        axes.set(xlim=(-1, 256), ylim=(0, 1.1 * high), xticks=(0, 64, 128, 192, 255))
        axes.set_title(name, fontsize=style.TEXT, loc="left")
        axes.yaxis.set_major_formatter(style.percent)
        axes.locator_params(axis="y", nbins=3)
        for column, picture in enumerate(pictures[name], start=1):
            cell = figure.add_subplot(cells[line, column])
            cell.imshow(picture, cmap="gray", vmin=0, vmax=255)
            cell.set_axis_off()
    axes.set_xlabel("grey level")
    figure.supylabel("share of the pixels", fontsize=style.TEXT)
    return figure
