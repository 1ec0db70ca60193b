"""Figures of an evaluation and of a run: computed first, then drawn, from plain numbers.

Drawn on ``Figure`` objects, without pyplot and its global state, so that any number of them can
be made in any thread, with no display. Colours are those of Okabe and Ito (2002, *Color
Universal Design*), which people with the common colour-vision deficiencies can tell apart;
nothing is told by colour alone.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mien.errors import MissingExtraError, UsageError
from mien.runs import whole_file
from mien.shares import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SKY, BLUE, ORANGE = "#56B4E9", "#0072B2", "#E69F00"
RIGHT, WRONG = "#007A5A", "#B34700"
"""Right and wrong are Okabe and Ito's green and vermillion, darkened to be legible as text."""

SHARES = {"precision": SKY, "recall": BLUE, "f1": ORANGE}
INK_TURNS = 0.715
"""Shade of "Blues" on which black and white are equally legible (contrast 4.5:1 at least)."""

DPI = 150
FORMS = ("png", "svg")
_SETTINGS = Lock()
"""Matplotlib's settings are those of the whole process: one thread at a time changes them."""


def confusion_figure(
    matrix: npt.NDArray[np.integer[Any]], classes: Sequence[str], normalised: bool = True
) -> "Figure":
    """Draw a confusion matrix: each cell holds its count and its share of the row.

    Args:
        matrix: int [K, K], rows true.
        classes: the K names.
        normalised: shade by share of the row, so that rare classes are seen; else by count.
    """
    shares = row_shares(matrix)
    shade = shares if normalised else matrix / max(int(matrix.max(initial=0)), 1)
    k = len(classes)
    figure, axes = _figure(2.4 + 0.85 * k, 2.0 + 0.75 * k)
    image = axes.imshow(shade, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(k, k):
        dark = shade[row, column] > INK_TURNS
        text = f"{rounded(float(shares[row, column]))}\n({matrix[row, column]:,})"
        bold = "bold" if row == column else "normal"
        colour = "white" if dark else "black"
        axes.text(
            column, row, text, ha="center", va="center", color=colour, weight=bold, fontsize=9
        )
    support = matrix.sum(axis=1)
    rows = [f"{name}\nn = {n:,}" for name, n in zip(classes, support, strict=True)]
    axes.set_xticks(range(k), classes, rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(k), rows)
    axes.set(xlabel="predicted", ylabel="true")
    axes.set_title(f"Confusion matrix, n = {int(matrix.sum()):,}")
    label = "share of the true class" if normalised else "share of the fullest cell"
    figure.colorbar(image, ax=axes, label=label, format=percent, fraction=0.04, pad=0.02)
    return figure


def row_shares(matrix: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.float64]:
    """Return each cell's share of its row, 0 in a row without counts."""
    total = matrix.sum(axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(total, 1))


def per_class_figure(report: Mapping[str, Any]) -> "Figure":
    """Draw precision, recall and F1 of each class as bars, and macro-F1 as a line.

    Args:
        report: what ``mien.evaluation.metrics.classification_report`` returned.
    """
    classes, numbers = report["classes"], report["per_class"]
    figure, axes = _figure(2.5 + 1.1 * len(classes), 4.2)
    places = np.arange(len(classes))
    for offset, (share, colour) in zip((-0.27, 0, 0.27), SHARES.items(), strict=True):
        values = [numbers[name][share] for name in classes]
        name = "F1" if share == "f1" else share
        bars = axes.bar(places + offset, values, 0.25, color=colour, edgecolor="black", label=name)
        for text in axes.bar_label(bars, [f"{100 * v:.0f}" for v in values], fontsize=8, padding=2):
            text.set_bbox({"color": "white", "pad": 0.5})  # legible where the line passes
    macro = report["macro_f1"]
    mean = f"macro-F1 {macro:.3f}"
    axes.axhline(macro, color="black", linestyle="--", linewidth=1, label=mean, zorder=0)
    axes.set_xticks(places, [f"{name}\nn = {numbers[name]['support']:,}" for name in classes])
    axes.set(xlim=(-0.5, len(classes) - 0.5), ylim=(0, 1.08), ylabel="share")
    axes.yaxis.set_major_formatter(percent)
    accuracy, n = report["accuracy"], report["n"]
    axes.set_title(f"Each class: accuracy {100 * accuracy:.1f} %, n = {n:,}", loc="left")
    axes.legend(ncols=4, loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def plot_curve(axes: "Axes", split: str, epochs: Sequence[int], values: Sequence[float]) -> None:
    """Add the curve of ``train`` (dashed) or ``val`` to a panel, told apart without colour too."""
    style = {"train": ("--", BLUE, "training"), "val": ("-", ORANGE, "validation")}[split]
    dots = "o" if len(epochs) < 40 else None
    axes.plot(epochs, values, style[0], color=style[1], label=style[2], marker=dots, markersize=3)


def probability_samples_figure(
    images: Sequence[npt.NDArray[np.uint8]],
    true: Sequence[int] | npt.NDArray[np.integer[Any]],
    predicted: Sequence[int] | npt.NDArray[np.integer[Any]],
    classes: Sequence[str],
    confidence: Sequence[float] | npt.NDArray[np.floating[Any]] | None = None,
) -> "Figure":
    """Draw pictures with their answers: a green tick where right, a red cross where wrong.

    Args:
        images: uint8 [H, W] grey or [H, W, 3] RGB each.
        true: positions in ``classes``, one a picture.
        predicted: the same, of the answers.
        classes: names.
        confidence: probability of each answer, 0–1, printed behind it.
    """
    columns = min(max(len(images), 1), 6)
    lines = max(-(-len(images) // columns), 1)
    figure = blank(1.7 * columns, 2.25 * lines)
    for number, image in enumerate(images):
        axes = figure.add_subplot(lines, columns, number + 1)
        axes.imshow(image, cmap="gray", vmin=0, vmax=255)
        right = true[number] == predicted[number]
        answer, truth = classes[predicted[number]], classes[true[number]]
        sure = "" if confidence is None else f" {rounded(float(confidence[number]))}"
        title = f"{'✓' if right else '✗'} {answer}{sure}\n" + ("" if right else f"is {truth}")
        axes.set_title(title, color=RIGHT if right else WRONG, fontsize=9)
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(color=RIGHT if right else WRONG, linewidth=2)
    return figure


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG or SVG, as the name's ending says, whole or not at all.

    PNG has 150 dots an inch. SVG holds texts as outlines, so that it looks the same where other
    fonts are installed, and neither a time nor random names: the same figure gives the same file.

    Raises:
        UsageError: another ending.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise UsageError(f"{path}: expected a name that ends in {' or '.join(FORMS)}")
    encoded = encode(figure, form)
    with whole_file(path) as temporary:
        temporary.write_bytes(encoded)


def encode(figure: "Figure", form: str = "png") -> bytes:
    """Return a figure as a PNG or SVG file; see ``save``."""
    import matplotlib as mpl  # noqa: PLC0415 (optional: mien[train])

    encoded = BytesIO()  # given a file, Pillow overlooks a disk that fills up
    if form == "png":
        figure.savefig(encoded, dpi=DPI, format=form)
        return encoded.getvalue()
    with _SETTINGS, mpl.rc_context({"svg.hashsalt": "mien", "svg.fonttype": "path"}):
        figure.savefig(encoded, format=form, metadata={"Date": None})
    return encoded.getvalue()


def blank(width: float, height: float) -> "Figure":
    """Return an empty figure of so many inches."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 (optional: mien[train])
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing figures", "train") from error
    return Figure(figsize=(width, height), layout="constrained")


def _figure(width: float, height: float) -> tuple["Figure", "Axes"]:
    figure = blank(width, height)
    return figure, figure.add_subplot()


def percent(value: float, _position: float = 0) -> str:
    """Return a share as per cent, for an axis."""
    return f"{value:.0%}"
