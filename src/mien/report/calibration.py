"""Figures of how sure a model may be, from the plain numbers of ``mien.evaluation``."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.report.figures import BLUE, ORANGE, SKY, WRONG, blank, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = {"lac": ("o", BLUE), "aps": ("s", ORANGE)}
"""Method of conformal sets → its mark and colour."""


def reliability_figure(panels: Mapping[str, Mapping[str, Any]]) -> "Figure":
    """Draw reliability diagrams side by side, as ``before`` and ``after`` a temperature.

    Each bin's bar is the share of right answers; a hatched piece leads from there to the mean
    confidence, and what is calibrated has none. Below stands how many rows each bin has.

    Args:
        panels: title → ``bins`` and ``ece`` of ``calibration.measured``.
    """
    figure = blank(4.4 * len(panels), 5.2)
    grid = figure.add_gridspec(2, len(panels), height_ratios=(3.2, 1))
    for column, (title, values) in enumerate(panels.items()):
        upper = figure.add_subplot(grid[0, column])
        lower = figure.add_subplot(grid[1, column], sharex=upper)
        _bars(upper, values["bins"])
        n = sum(one["n"] for one in values["bins"])
        upper.set_title(f"{title}: ECE {_percent(values['ece'])}, n = {n:,}", loc="left")
        upper.tick_params(labelbottom=False)
        _counts(lower, values["bins"])
        if column == 0:
            upper.set_ylabel("right answers")
            lower.set_ylabel("rows")
            named = upper.get_legend_handles_labels()
    figure.legend(*named, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _bars(axes: "Axes", bins: Sequence[Mapping[str, Any]]) -> None:
    filled = [one for one in bins if one["n"]]
    left = [one["low"] for one in filled]
    width = [one["high"] - one["low"] for one in filled]
    right = np.array([one["accuracy"] for one in filled])
    gap = np.array([one["confidence"] for one in filled]) - right
    style: dict[str, Any] = {"align": "edge", "edgecolor": "black", "linewidth": 0.6}
    axes.bar(left, right, width, color=SKY, label="share that is right", **style)
    over: dict[str, Any] = {"color": "none", "hatch": "////", "edgecolor": WRONG, "linewidth": 0.6}
    axes.bar(left, gap, width, right, align="edge", label="gap to the confidence", **over)
    axes.plot((0, 1), (0, 1), "--", color="black", linewidth=1, label="calibrated")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.yaxis.set_major_formatter(percent)


def _counts(axes: "Axes", bins: Sequence[Mapping[str, Any]]) -> None:
    width = [one["high"] - one["low"] for one in bins]
    left, n = [one["low"] for one in bins], [one["n"] for one in bins]
    axes.bar(left, n, width, color=BLUE, align="edge", edgecolor="black", linewidth=0.6)
    axes.set_xlabel("confidence")
    axes.xaxis.set_major_formatter(percent)


def risk_coverage_figure(selective: Mapping[str, Any]) -> "Figure":
    """Draw the share of wrong answers against the share of answered rows, surest first.

    Args:
        selective: what ``selective.measured`` returned, with ``at`` (see ``selective.answered``
            and ``error``, the wanted share) where there is a threshold.
    """
    figure = blank(6.4, 4.4)
    axes = figure.add_subplot()
    label = f"surest first (area {selective['aurc']:.3f})"
    axes.plot(selective["coverage"], selective["risk"], color=BLUE, label=label)
    best = _best(selective["coverage"], selective["risk"][-1])
    axes.plot(selective["coverage"], best, ":", color="black", label="errors last: the best order")
    at = selective.get("at")
    if at is not None:
        axes.axhline(
            at["error"], color=WRONG, linestyle="--", label=f"wanted {_percent(at['error'], 0)}"
        )
    if at is not None and at["wrong"] is not None:
        low, high = at["interval"] or [at["wrong"]] * 2
        reach = [[at["wrong"] - low], [high - at["wrong"]]]
        said = f"sure from {_percent(at['below'])}: {_percent(at['answered'])} of the answers,"
        said += f"\n{_percent(at['wrong'])} of these wrong"
        place = ([at["answered"]], [at["wrong"]])
        style: dict[str, Any] = {"fmt": "o", "color": ORANGE, "ecolor": "black", "capsize": 3}
        axes.errorbar(*place, reach if at["interval"] else None, label=said, **style)
    axes.set(xlim=(0, 1), xlabel="answers, surest first", ylabel="wrong among these")
    axes.set_ylim(0, max(1.25 * max(selective["risk"]), 1.5 * at["error"] if at else 0.02))
    axes.locator_params(axis="y", steps=(1, 2, 5, 10))  # ticks in whole per cent
    axes.xaxis.set_major_formatter(percent)
    axes.yaxis.set_major_formatter(percent)
    axes.legend(loc="upper left", frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def _best(coverage: Sequence[float], risk: float) -> list[float]:
    """Return the risk of an order with all errors last."""
    return [max(0.0, (share - (1 - risk)) / share) for share in coverage]


def conformal_figure(conformal: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> "Figure":
    """Draw measured less wanted coverage of conformal sets, in points, and their mean size.

    Args:
        conformal: method → wanted coverage → what ``conformal.measured`` returned. The bar
            around 0 is where the measured one lies with 95 %; without an interval there is none.
    """
    figure = blank(8.4, 3.8)
    off, size = figure.subplots(1, 2)
    for shift, (method, levels) in zip((-0.15, 0.15), conformal.items(), strict=False):
        _coverages(off, shift, method, levels)
        _sizes(size, shift, method, levels)
    levels = next(iter(conformal.values()))
    n = next(iter(levels.values()))["n"]
    off.axhline(0, color="black", linewidth=1, linestyle="--")
    off.set(ylabel="measured less wanted (points)", title=f"Coverage, n = {n:,}")
    off.margins(x=0.12)
    named = off.get_legend_handles_labels()
    figure.legend(*named, loc="outside lower center", ncols=3, frameon=False)
    size.set(ylabel="emotions in a set, mean", title="Size of the sets")
    size.margins(y=0.15)
    for axes in (off, size):
        axes.set_xticks(range(len(levels)), [_percent(float(name), 0) for name in levels])
        axes.set_xlabel("wanted coverage")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


Levels = Mapping[str, Mapping[str, Any]]


def _coverages(axes: "Axes", shift: float, method: str, levels: Levels) -> None:
    mark, colour = MARKS[method]
    places = np.arange(len(levels)) + shift
    wanted = np.array([float(name) for name in levels])
    if all(v["interval"] for v in levels.values()):
        low, high = 100 * (np.array([v["interval"] for v in levels.values()]).T - wanted)
        promised = "where 95 % of measurements fall if the sets keep their promise"
        label = "" if axes.collections else promised
        axes.vlines(places, low, high, color="#BBBBBB", linewidth=5, label=label)
    found = 100 * (np.array([v["coverage"] for v in levels.values()]) - wanted)
    axes.plot(places, found, mark, color=colour, label=method.upper())


def _sizes(axes: "Axes", shift: float, method: str, levels: Levels) -> None:
    values = [v["size"] for v in levels.values()]
    places = np.arange(len(levels)) + shift
    bars = axes.bar(places, values, 0.28, color=MARKS[method][1], edgecolor="black")
    axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=2, fontsize=9)
