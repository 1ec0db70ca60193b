"""A sheet of all corruptions at all levels on one face."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mien.datasets.drawn import draw_face
from mien.preprocess import Pixels
from mien.report import figures
from mien.report.robustness.table import title
from mien.transforms.corruptions import CORRUPTIONS, LEVELS, corrupt

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIDE, GAP, LEFT, TOP = 0.62, 0.04, 1.15, 0.52
"""In inches: a picture, the space between two, and what the names take."""


def drawn_sheet(
    names: Sequence[str] = tuple(CORRUPTIONS), levels: Sequence[int] = LEVELS, seed: int = 0
) -> "Figure":
    """Draw a made-up face of 48 pixels under corruptions.

    Args:
        names: of the corruptions.
        levels: of each.
        seed: of the corruptions.
    """
    face = draw_face("surprise", np.random.default_rng(8), 48)
    rows = {
        name: [corrupt(face, name, level, "drawn", seed) for level in (0, *levels)]
        for name in names
    }
    return sheet_figure(rows, (0, *levels))


def sheet_figure(rows: Mapping[str, Sequence[Pixels]], levels: Sequence[int]) -> "Figure":
    """Draw rows of pictures in two columns, the name of each row at its left.

    Args:
        rows: corruption → a picture for each level.
        levels: their numbers, 0 for the picture as it is.
    """
    lines = -(-len(rows) // 2)
    step = SIDE + GAP
    half = LEFT + len(levels) * step + 0.1
    width, height = half * min(len(rows), 2), TOP + lines * step + 0.05
    figure = figures.blank(width, height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    for number, (name, pictures) in enumerate(rows.items()):
        column, line = divmod(number, lines)
        left, top = column * half + LEFT, TOP + line * step
        axes.text(left - 0.08, top + SIDE / 2, title(name), ha="right", va="center", fontsize=9)
        for place, (level, picture) in enumerate(zip(levels, pictures, strict=True)):
            x = left + place * step
            extent = (x, x + SIDE, top + SIDE, top)
            axes.imshow(picture, cmap="gray", vmin=0, vmax=255, extent=extent, aspect="auto")
            if line == 0:
                text = str(level) if level else "as it is"
                axes.text(x + SIDE / 2, TOP - 0.08, text, ha="center", fontsize=8)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.text(0.08, 0.2, "Corruptions and their levels", fontsize=11, va="center")
    return figure
