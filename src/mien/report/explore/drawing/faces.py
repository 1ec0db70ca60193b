"""Figures made of pictures: samples, augmented versions, mean faces, examples."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.report.explore.drawing import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_TOP, _EDGE, _LINE = 0.42, 0.07, 0.145


def grid(rows: Mapping[str, Sequence[Pixels]], title: str, n: int) -> "Figure":
    """Draw rows of pictures, each with its name at the left."""
    left, gap = 1.05, 0.05
    columns = max(len(pictures) for pictures in rows.values())
    side = min((style.WIDTH - left - _EDGE) / columns - gap, 0.75)
    figure, axes = style.sheet(title, n, _TOP + len(rows) * (side + gap) + _EDGE)
    for line, (name, pictures) in enumerate(rows.items()):
        top = _TOP + line * (side + gap)
        axes.text(_EDGE, top + side / 2, name, va="center", fontsize=style.SMALL)
        for column, picture in enumerate(pictures):
            style.place(axes, picture, left + column * (side + gap), top, side)
    return figure


def versions(rows: Mapping[str, Sequence[Pixels]], title: str, n: int) -> "Figure":
    """Draw originals with their versions at their right, two of these rows side by side.

    Args:
        rows: name → the original and its versions, as many each.
        title: of the figure.
        n: originals.
    """
    count = max(len(pictures) for pictures in rows.values())
    half, name_width, gap = style.WIDTH / 2, 0.72, 0.04
    side = min((half - name_width - 2 * _EDGE - 0.1) / count - gap, 0.75)
    lines = -(-len(rows) // 2)
    figure, axes = style.sheet(title, n, _TOP + 0.2 + lines * (side + gap) + _EDGE)
    for number, (name, pictures) in enumerate(rows.items()):
        column, line = divmod(number, lines)
        left, top = column * half + _EDGE, _TOP + 0.2 + line * (side + gap)
        axes.text(left, top + side / 2, name, va="center", fontsize=style.SMALL)
        for place, picture in enumerate(pictures):
            x = left + name_width + place * (side + gap) + (0.08 if place else 0)
            style.place(axes, picture, x, top, side)
    for column in range(1 if len(rows) == 1 else 2):
        x = column * half + _EDGE + name_width
        axes.text(x, _TOP + 0.08, "original", va="center", fontsize=style.SMALL)
        x += side + gap + 0.08
        axes.text(x, _TOP + 0.08, "augmented", va="center", fontsize=style.SMALL)
    return figure


def captioned(pictures: Sequence[tuple[Pixels, str]], title: str, n: int) -> "Figure":
    """Draw pictures with a few lines of text below each, four in a line."""
    columns, side = 4, 1.2
    width = (style.WIDTH - 2 * _EDGE) / columns
    lines = [pictures[n : n + columns] for n in range(0, len(pictures), columns)]
    steps = [side + 0.17 + _LINE * max(t.count("\n") + 1 for _, t in line) for line in lines]
    figure, axes = style.sheet(title, n, _TOP + sum(steps) + _EDGE)
    for number, line in enumerate(lines):
        y = _TOP + sum(steps[:number])
        for column, (picture, text) in enumerate(line):
            x = _EDGE + column * width
            style.place(axes, picture, x + (width - side) / 2, y, side)
            middle = x + width / 2
            axes.text(middle, y + side + 0.05, text, ha="center", va="top", fontsize=style.SMALL)
    return figure


def strips(rows: Mapping[str, Sequence[tuple[Pixels, str]]], title: str, n: int) -> "Figure":
    """Draw rows of pictures under their headings, with two lines of text below each."""
    columns = max(1, *(len(pictures) for pictures in rows.values()))
    width = (style.WIDTH - 2 * _EDGE) / max(columns, 6)
    side = width - 0.15
    step = side + 0.68
    figure, axes = style.sheet(title, n, _TOP + len(rows) * step)
    for line, (name, pictures) in enumerate(rows.items()):
        top = _TOP + line * step
        axes.text(_EDGE, top + 0.08, name, va="center", fontsize=style.TEXT)
        for column, (picture, text) in enumerate(pictures):
            x = _EDGE + column * width
            style.place(axes, picture, x, top + 0.2, side)
            axes.text(x, top + side + 0.25, text, va="top", fontsize=style.SMALL)
    return figure


def maps(faces: Mapping[str, Floats], title: str, n: int, shades: str, label: str) -> "Figure":
    """Draw ``float64 [S, S]`` each in shades of one scale, which stands beside.

    Args:
        faces: name → numbers.
        title: of the figure.
        n: pictures.
        shades: a colour map.
        label: what the numbers are.
    """
    columns = min(4, len(faces))
    lines = -(-len(faces) // columns)
    figure = style.chart(title, n, 0.6 + 1.75 * lines)
    low = min(float(face.min()) for face in faces.values())
    high = max(float(face.max()) for face in faces.values())
    every = []
    for number, (name, face) in enumerate(faces.items(), start=1):
        axes = figure.add_subplot(lines, columns, number)
        image = axes.imshow(face, cmap=shades, vmin=low, vmax=max(high, low + 1))
        axes.set_title(name, fontsize=style.SMALL)
        axes.set_axis_off()
        every.append(axes)
    figure.colorbar(image, ax=every, label=label, shrink=0.8)
    return figure
