"""Figures of classes and splits: bars and shares."""

from typing import TYPE_CHECKING

import numpy as np

from mien.evaluation.metrics import wilson_interval
from mien.report.explore.drawing import style
from mien.report.explore.numbers.classes import Counts

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def bars(counts: Counts, title: str) -> "Figure":
    """Draw the pictures of each class as bars, the splits beside each other, with their counts."""
    splits, classes = counts.splits, counts.classes
    n, width = int(counts.table.sum()), 0.8 / len(splits)
    figure = style.chart(title, n, 1.2 + 0.2 * len(classes) * (len(splits) + 0.8))
    axes = figure.add_subplot()
    for number, split in enumerate(splits):
        places = np.arange(len(classes)) + (number - (len(splits) - 1) / 2) * width
        colour, hatch, _ = style.SPLITS[split]
        drawn = axes.barh(
            places,
            counts.table[number],
            width,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            linewidth=0.6,
            label=f"{split}, n = {counts.table[number].sum():,}",
        )
        axes.bar_label(drawn, fmt="{:,.0f}", padding=2, fontsize=style.SMALL)
    axes.set_yticks(range(len(classes)), classes)
    axes.set(ylim=(len(classes) - 0.5, -0.5), xlabel="pictures", xmargin=0.1)
    axes.xaxis.set_major_formatter(style.number)
    axes.locator_params(axis="x", integer=True)
    axes.grid(axis="x")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure


def shares(counts: Counts, title: str) -> "Figure":
    """Draw each class's share of each split, with its 95 % interval (Wilson 1927)."""
    classes, splits = counts.classes, counts.splits
    figure = style.chart(title, int(counts.table.sum()), 1.3 + 0.42 * len(classes))
    axes = figure.add_subplot()
    for number, split in enumerate(splits):
        colour, _, marker = style.SPLITS[split]
        places = np.arange(len(classes)) + 0.22 * (number - (len(splits) - 1) / 2)
        total, share = int(counts.table[number].sum()), counts.shares[number]
        ends = np.array([wilson_interval(int(k), total) for k in counts.table[number]]).T
        axes.errorbar(
            share,
            places,
            xerr=np.maximum([share - ends[0], ends[1] - share], 0),
            fmt="none",
            ecolor="black",
            capsize=2,
            elinewidth=0.8,
        )
        (dots,) = axes.plot(share, places, marker, color="black", label=style.heading(split, total))
        dots.set(markerfacecolor=colour, markersize=6)
    for border in np.arange(len(classes) - 1) + 0.5:
        axes.axhline(border, color="#DDDDDD", linewidth=0.8)
    axes.set_yticks(range(len(classes)), classes)
    axes.set(ylim=(len(classes) - 0.5, -0.5), xlabel="share of the split, with 95 % interval")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(style.percent)
    axes.grid(axis="x")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure
