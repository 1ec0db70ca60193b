"""Pictures of a tuning study, from the values of its ``study.json``.

Colours are those of Okabe and Ito (2002, *Color Universal Design*); what a colour tells is also
told by a marker.
"""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from mien.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, VERMILLION, SOFT = "#0072B2", "#E69F00", "#D55E00", "#555555"
WIDTH = 7.0
"""Inches; the text of a page."""


def importance_figure(study: Mapping[str, Any]) -> "Figure":
    """Draw how much each setting mattered, the greatest first, or say why it is not known.

    Args:
        study: ``importance`` holds ``n``, and either ``values`` (setting → share, 0–1) and
            ``method``, or ``note``; ``study`` and ``monitor`` are names.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    found = study["importance"]
    if "note" in found:
        return _note(f"Importance of the settings: {study['study']}", found["note"])
    names, shares = list(found["values"]), list(found["values"].values())
    figure, axes = _figure(1.6 + 0.36 * len(names))
    for place, share in enumerate(shares):
        axes.barh(place, share, 0.6, color=BLUE)
        axes.text(share + 0.015, place, f"{share:.0%}", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.1), xlabel=f"share of the variance of {study['monitor']}")
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_title(
        f"What mattered in {study['study']}: {found['method']},\n{found['n']} finished trials",
        loc="left",
        fontsize=9,
    )
    return figure


def history_figure(study: Mapping[str, Any]) -> "Figure":
    """Draw the value of each trial, and the best so far.

    Args:
        study: ``trials`` with ``number``, ``state`` and ``value``; ``direction``, ``monitor``
            and ``study``.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    title = f"Trials of {study['study']}"
    told = [trial for trial in study["trials"] if trial["value"] is not None]
    if not told:
        return _note(title, "no trial has a value yet")
    figure, axes = _figure(3.6)
    kinds = (("finished", "o", BLUE, BLUE), ("pruned", "D", "white", SOFT))
    for state, marker, face, edge in kinds:
        chosen = [trial for trial in told if trial["state"] == state]
        x, y = ([trial[key] for trial in chosen] for key in ("number", "value"))
        if chosen:
            label = f"{state} ({len(chosen)})" + ": last value" * (state == "pruned")
            axes.scatter(
                x, y, marker=marker, facecolors=face, edgecolors=edge, label=label, zorder=3
            )
    _best_so_far(axes, study)
    _failed(axes, study["trials"])
    axes.set(xlabel="trial", ylabel=f"{study['monitor']} (validation split)")
    axes.set_title(title, loc="left", fontsize=10)
    axes.locator_params(axis="x", integer=True)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return figure


def best_so_far(study: Mapping[str, Any]) -> tuple[list[int], list[float]]:
    """Return number and value of each finished trial that was better than all before it."""
    sign = 1 if study["direction"] == "minimize" else -1
    numbers: list[int] = []
    values: list[float] = []
    for trial in study["trials"]:
        if trial["state"] != "finished":
            continue
        if not values or sign * trial["value"] < sign * values[-1]:
            numbers.append(trial["number"])
            values.append(trial["value"])
    return numbers, values


def _best_so_far(axes: "Axes", study: Mapping[str, Any]) -> None:
    numbers, values = best_so_far(study)
    if numbers:
        last = study["trials"][-1]["number"]
        label = f"best so far: {values[-1]:.4f}, trial {numbers[-1]}"
        xy = [*numbers, max(last, numbers[-1])], [*values, values[-1]]
        axes.step(*xy, where="post", color=ORANGE, linewidth=2, label=label, zorder=2)


def _failed(axes: "Axes", trials: Sequence[Mapping[str, Any]]) -> None:
    numbers = [trial["number"] for trial in trials if trial["state"] == "failed"]
    if numbers:
        foot = [0.02] * len(numbers)
        where = axes.get_xaxis_transform()
        label = f"failed ({len(numbers)})"
        axes.scatter(numbers, foot, marker="x", c=VERMILLION, transform=where, label=label)


def _figure(height: float) -> tuple["Figure", "Axes"]:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 (optional: mien[train])
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing figures", "train") from error
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _note(title: str, text: str) -> "Figure":
    """Return a figure that holds a sentence instead of numbers."""
    figure, axes = _figure(1.8)
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=10)
    axes.text(0, 0.7, fill(text, 80), va="top", transform=axes.transAxes, color=SOFT)
    return figure
