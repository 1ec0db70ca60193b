"""Sheets of pictures with what was answered and what is labelled, from plain values.

A picture comes with the keys of ``mien.evaluation.errors.erring.pictures``. Green ticks and red
crosses say whether the answer is the label.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.report.figures import RIGHT, WRONG, blank, probability_samples_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pixels = npt.NDArray[np.uint8]
Told = Mapping[str, Any]

COLUMNS = 6
NAMED = 2
"""How many of a picture's votes a sheet names; the page names all."""


def answers_sheet(images: Sequence[Pixels], pictures: Sequence[Told], title: str) -> "Figure":
    """Draw pictures with their answers, framed green where right and red where wrong.

    Args:
        images: uint8 [H, W] grey or [H, W, 3] RGB, one a picture.
        pictures: what is told of each.
        title: of the sheet.
    """
    true, predicted = (
        [EMOTIONS.index(one[key]) for one in pictures] for key in ("label", "answer")
    )
    sure = [float(one["confidence"]) for one in pictures]
    figure = probability_samples_figure(images, true, predicted, EMOTIONS, sure)
    figure.suptitle(title, fontsize=11)
    return figure


def pair_sheet(images: Mapping[str, Pixels], pair: Told) -> "Figure":
    """Draw two emotions that are confused: a line each for right, taken, taken back, and right.

    Args:
        images: id → picture.
        pair: what ``mien.evaluation.errors.confusions.pairs`` told, with examples.
    """
    kinds = pair["examples"]
    figure = blank(1.45 * COLUMNS + 0.4, 1.95 * len(kinds) + 0.4)
    first, second = pair["between"]
    figure.suptitle(f"{first} and {second}: {pair['n']:,} errors, the surest first", fontsize=11)
    parts = figure.subfigures(len(kinds), 1, squeeze=False)
    for part, kind in zip(parts[:, 0], kinds, strict=True):
        right = kind["label"] == kind["answer"]
        mark = "✓" if right else "✗"
        part.suptitle(
            f"{mark} labelled {kind['label']}, answered {kind['answer']} (n = {kind['n']:,})",
            color=RIGHT if right else WRONG,
            fontsize=10,
            x=0.01,
            ha="left",
        )
        _line(part, images, kind["pictures"], RIGHT if right else WRONG)
    return figure


def _line(part: Any, images: Mapping[str, Pixels], pictures: Sequence[Told], colour: str) -> None:
    """Draw one line of pictures; places without one stay empty."""
    for number, axes in enumerate(part.subplots(1, COLUMNS)):
        if number >= len(pictures):
            axes.set_axis_off()
            continue
        one = pictures[number]
        _framed(axes, images[one["id"]], colour)
        axes.set_title(f"{100 * one['confidence']:.0f} %", fontsize=9, color=colour)


def labels_sheet(images: Sequence[Pixels], pictures: Sequence[Told], title: str) -> "Figure":
    """Draw pictures whose label is doubted: the label, what the model says, the votes.

    Args:
        images: uint8 [H, W] grey or [H, W, 3] RGB, one a picture.
        pictures: what is told of each.
        title: of the sheet.
    """
    lines = max(-(-len(pictures) // COLUMNS), 1)
    figure = blank(1.9 * COLUMNS, 2.75 * lines + 0.4)
    figure.suptitle(title, fontsize=11)
    for number, (image, one) in enumerate(zip(images, pictures, strict=True), start=1):
        axes = figure.add_subplot(lines, COLUMNS, number)
        _framed(axes, image, WRONG)
        said = f"labelled {one['label']}\nmodel: {one['suggested']} {100 * one['confidence']:.0f} %"
        axes.set_title(said, fontsize=9, color=WRONG)
        axes.set_xlabel(votes_text(one, NAMED), fontsize=8)
    return figure


def votes_text(one: Told, most: int | None = None) -> str:
    """Return the votes of a picture in words, a line each, the largest first; empty without any.

    Args:
        one: what is told of the picture.
        most: how many lines; a last one counts the other votes. None: all.
    """
    votes = sorted(one.get("votes", {}).items(), key=lambda vote: -vote[1])
    votes = [(name, n) for name, n in votes if n]
    lines = [f"{n} × {name.replace('_', ' ')}" for name, n in votes[:most]]
    rest = sum(n for _, n in votes[len(lines) :])
    return "\n".join([*lines, f"and {rest} for others"] if rest else lines)


def _framed(axes: Any, image: Pixels, colour: str) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=colour, linewidth=2)
