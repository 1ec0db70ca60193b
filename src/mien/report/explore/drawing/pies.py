"""Pies: a slice a class, named beside it, so that thin slices can be read too."""

from collections.abc import Sequence
from math import cos, radians, sin
from typing import TYPE_CHECKING

import numpy as np

from mien.report.explore.drawing import style
from mien.report.explore.numbers.classes import Counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GAP = 0.3  # between the middles of two labels, in inches: two lines of text
_RADIUS = 0.85


def pies(counts: Counts, title: str) -> "Figure":
    """Draw a pie for each split; every slice has its name and share beside it, with a line."""
    columns = 1 if len(counts.splits) == 1 else 2
    lines = -(-len(counts.splits) // columns)
    cell = 2.55
    figure, _ = style.sheet(title, int(counts.table.sum()), 0.35 + cell * lines)
    height = 0.35 + cell * lines
    for number, split in enumerate(counts.splits):
        line, column = divmod(number, columns)
        alone = columns == 2 and number == len(counts.splits) - 1 and column == 0
        width = style.WIDTH / columns
        bottom = height - 0.35 - (line + 1) * cell
        box = (
            0.25 if alone else column / columns,
            bottom / height,
            1 / columns,
            cell / height,
        )
        axes = figure.add_axes(box)
        axes.set(xlim=(-width / 2, width / 2), ylim=(-cell / 2, cell / 2))
        axes.set_axis_off()
        axes.text(0, cell / 2 - 0.12, style.heading(split, counts.table[number].sum()), ha="center")
        _pie(axes, counts.classes, counts.shares[number].tolist())
    return figure


def _pie(axes: "Axes", names: Sequence[str], shares: Sequence[float]) -> None:
    """Draw one pie around 0, -0.1, its radius in inches; the first slice begins at the top."""
    from matplotlib.patches import Wedge  # noqa: PLC0415

    ends = 90 - 360 * np.cumsum([0, *shares])
    held: dict[int, list[tuple[float, float, str]]] = {-1: [], 1: []}
    for name, share, begin, end in zip(names, shares, ends[:-1], ends[1:], strict=True):
        if not share:
            continue
        colour = style.EMOTION_COLOURS[name]
        slice_ = Wedge((0, -0.1), _RADIUS, end, begin, facecolor=colour)
        thin = share < 0.01  # an edge would hide it
        slice_.set(edgecolor="none" if thin else "white", zorder=1.1 if thin else 1)
        axes.add_patch(slice_)
        middle = radians((begin + end) / 2)
        x, y = cos(middle), sin(middle)
        held[1 if x >= 0 else -1].append((y, x, f"{name}\n{style.share(share)}"))
    for side, labels in held.items():
        labels.sort()
        places = spaced([1.1 * _RADIUS * y for y, _, _ in labels], _GAP, -1.05, 1.05)
        for (y, x, text), place in zip(labels, places, strict=True):
            _label(axes, side, (x, y), place - 0.1, text)


def _label(axes: "Axes", side: int, edge: tuple[float, float], place: float, text: str) -> None:
    x, y = _RADIUS * edge[0], _RADIUS * edge[1] - 0.1
    far = side * (_RADIUS + 0.16)
    axes.plot(
        [x, 1.06 * x, far], [y, (y + 0.1) * 1.06 - 0.1, place], color=style.SOFT, linewidth=0.7
    )
    align = "left" if side > 0 else "right"
    axes.text(
        far + 0.03 * side, place, text, ha=align, va="center", fontsize=style.SMALL, linespacing=1.0
    )


def spaced(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return rising places near the wanted rising ones, at least ``gap`` apart, from low to high.

    Where there is no room for all, they are spread evenly.
    """
    if len(wanted) > 1 and gap * (len(wanted) - 1) >= high - low:
        return [float(place) for place in np.linspace(low, high, len(wanted))]
    places = [float(min(max(w, low), high)) for w in wanted]
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + gap)
    for n in range(len(places) - 1, -1, -1):
        most = high if n == len(places) - 1 else places[n + 1] - gap
        places[n] = min(places[n], most)
    return places
