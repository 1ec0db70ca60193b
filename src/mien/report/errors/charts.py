"""Charts of errors: the commonest confusions, and how right a list of label errors is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.report.figures import BLUE, ORANGE, SKY, blank, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 12


def confusions_chart(confusions: Sequence[Mapping[str, Any]]) -> "Figure":
    """Draw the commonest confusions as bars of their share, with 95 % intervals.

    Args:
        confusions: what ``mien.evaluation.errors.confusions.directed`` returned, one or more. One
            without an interval has its bar alone.
    """
    shown = confusions[:MOST]
    places, shares = list(range(len(shown))), [one["share"] for one in shown]
    ends = np.array([one["interval"] or [one["share"]] * 2 for one in shown]).T
    figure = blank(7.4, 1.2 + 0.36 * len(shown))
    axes = figure.add_subplot()
    axes.barh(places, shares, 0.7, color=SKY, edgecolor="black")
    reach = np.abs(ends - shares)
    known = [place for place in places if shown[place]["interval"]]
    axes.errorbar(
        np.array(shares)[known], known, xerr=reach[:, known], fmt="none", ecolor="black", capsize=3
    )
    for place, one, high in zip(places, shown, ends[1], strict=True):
        text = f"{one['n']:,} of {one['of']:,}"
        axes.text(high + 0.008, place, text, va="center", fontsize=8)
    axes.set_yticks(places, [f"{one['label']} → {one['answer']}" for one in shown])
    said = "share of the pictures with the label" + (" (95 %)" if known else "")
    axes.set(xlim=(0, max(ends[1]) * 1.22), xlabel=said)
    axes.xaxis.set_major_formatter(percent)
    axes.invert_yaxis()
    axes.set_title("Commonest confusions: label → answer, by count", loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def check_chart(check: Mapping[str, Any]) -> "Figure":
    """Draw the precision of lists of label errors against their length, and the base rate.

    Args:
        check: what ``mien.evaluation.errors.label_checks.check`` returned.
    """
    lists = [one for one in check["lists"] if one["precision"] is not None]
    if check["flagged"] is not None and check["flagged"]["precision"] is not None:
        lists = [*lists, check["flagged"]]
    figure = blank(6.4, 3.8)
    axes = figure.add_subplot()
    places, values = list(range(len(lists))), [one["precision"] for one in lists]
    ends = np.array([one["interval"] for one in lists]).reshape(-1, 2).T
    reach = np.abs(ends - values)
    axes.errorbar(
        places, values, yerr=reach, fmt="o", color=BLUE, capsize=4, label="precision of the list"
    )
    for place, value in zip(places, values, strict=True):
        axes.annotate(f"{100 * value:.0f} %", (place, value), (8, -3), textcoords="offset points")
    base = f"base rate {100 * check['base_rate']:.0f} % (n = {check['judged']:,})"
    axes.axhline(check["base_rate"], color=ORANGE, linestyle="--", label=base)
    axes.set_xticks(places, [_named(one, check) for one in lists])
    axes.set(ylim=(0, 1.02), xlim=(-0.5, len(lists) - 0.3), ylabel="FER+ majority is another")
    axes.yaxis.set_major_formatter(percent)
    axes.set_title("Are doubted labels wrong? Ten other people's votes", loc="left", fontsize=11)
    axes.legend(loc="lower left", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _named(one: Mapping[str, Any], check: Mapping[str, Any]) -> str:
    what = "all flagged" if one is check["flagged"] else "first"
    return f"{what} {one['length']:,}\n{one['judged']:,} judged"
