"""The matrix of models and datasets, from ``cross.json``, as a picture."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from mien.report import figures
from mien.report.cross_lines import MARKS, Line, Result, cell_text, matrix, share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LETTERS = 24
"""Of a column's name, on a line."""


def matrix_figure(result: Result) -> "Figure":
    """Draw the matrix on common rows: the shade is the accuracy, a frame marks own datasets."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 (optional: mien[train])

    rows, columns, places = matrix(result)
    figure = figures.blank(3.0 + 2.1 * len(columns), 1.9 + 0.95 * len(rows))
    axes = figure.add_subplot()
    shares = [[share(places.get((row, column))) for column in columns] for row in rows]
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            one, dark = places.get((row, column)), shares[y][x] > figures.INK_TURNS
            text, ink = cell_text(one, "\n"), "white" if dark else "black"
            axes.text(x, y, text, ha="center", va="center", color=ink, fontsize=9)
            if one is not None and one.cell["own"]:
                corner = (x - 0.47, y - 0.45)
                axes.add_patch(Rectangle(corner, 0.94, 0.9, fill=False, ec=ink, lw=2))
    axes.set_xticks(range(len(columns)), [fill(name, LETTERS) for name in columns])
    axes.set_yticks(range(len(rows)), [name.replace(" · ", "\nhead ") for name in rows])
    axes.set_title("Accuracy (95 % interval), macro-F1, n, on common rows", loc="left")
    axes.set_xlabel(_below(list(places.values())), loc="left")
    figure.colorbar(image, ax=axes, label="accuracy", format=figures.percent, pad=0.02)
    return figure


def _below(found: Sequence[Line]) -> str:
    """Return the line below the picture: what the frames and signs mean."""
    own, unknown = MARKS["own"], MARKS["unknown"]
    marks = {sign for one in found for sign in one.mark}
    said = ["pictures that no model has seen and all can name"]
    said += [f"framed, {own}: its own test split"] if own in marks else []
    said += [f"{unknown} its training pictures were not at hand"] if unknown in marks else []
    return "; ".join(said)
