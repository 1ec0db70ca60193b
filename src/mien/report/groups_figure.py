"""The accuracy of groups, from ``groups.json``, as a picture."""

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.report import figures
from mien.report.groups import Result, between, gap_of
from mien.report.tables import protocol_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ACROSS, LETTERS = 11.0, 3, 135
"""Inches, panels side by side, letters of the title on a line."""


def groups_figure(head: Result) -> "Figure":
    """Draw the accuracy of each group with its interval, a panel a column.

    The line is the accuracy of all rows, the cross what the group's emotions let expect.

    Args:
        head: what ``groups.json`` holds of one head.
    """
    shown = {name: c for name, c in head["columns"].items() if c.get("groups")}
    lines = max(-(-len(shown) // ACROSS), 1)
    most = max((len(c["groups"]) for c in shown.values()), default=1)
    figure = figures.blank(WIDTH, 0.9 + lines * (1.0 + 0.3 * most))
    panels = [figure.add_subplot(lines, ACROSS, n + 1) for n in range(len(shown))]
    ends = _ends(shown, head["accuracy"])
    for axes, (name, column) in zip(panels, shown.items(), strict=True):
        _panel(axes, name, column, head["accuracy"])
        axes.set_xlim(*ends)
    labels = protocol_words(head["protocol"])
    title = (
        f"Accuracy by group, {labels} labels, n = {head['n']:,} · dot and bar: accuracy, 95 % "
        f"interval · line: all rows, {100 * head['accuracy']:.1f} % · cross: expected from its "
        "emotions"
    )
    figure.suptitle(fill(title, LETTERS), x=0.01, ha="left", fontsize=11)
    return figure


def _panel(axes: "Axes", name: str, column: Result, overall: float) -> None:
    groups = column["groups"]
    places = np.arange(len(groups))
    axes.axvline(overall, color="black", linewidth=0.8, linestyle="--")
    for place, one in zip(places, groups, strict=True):
        low, high = one["intervals"]["accuracy"] or (one["accuracy"], one["accuracy"])
        axes.plot([low, high], [place, place], color=figures.BLUE, linewidth=2)
        axes.plot(one["accuracy"], place, "o", color=figures.BLUE)
        axes.plot(one["expected_accuracy"], place, "x", color=figures.ORANGE, mew=2)
    axes.set_yticks(places, [f"{one['group']}\nn = {one['n']:,}" for one in groups], fontsize=8)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(figures.percent)
    axes.set_title(_titled(name, column), loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


def _titled(name: str, column: Result) -> str:
    """Return a panel's title: the column and its gap, see ``groups.gap_of``."""
    found = gap_of(column)
    if found is None:
        return name
    return f"{name}: gap {between(found['accuracy'], found['interval'])} points"


def _ends(shown: Mapping[str, Any], overall: float) -> tuple[float, float]:
    """Return the range of accuracies that all panels show."""
    values = [overall]
    for column in shown.values():
        for one in column["groups"]:
            values += [one["accuracy"], one["expected_accuracy"]]
            values += one["intervals"]["accuracy"] or []
    return max(0.0, min(values) - 0.02), min(1.0, max(values) + 0.02)
