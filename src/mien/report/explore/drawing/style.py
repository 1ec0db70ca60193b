"""How the figures of an exploration look: sizes for print, colours, hatches.

A figure is ``WIDTH`` inches wide, the text of a page; no letter is below 8 points. The eight
colours are those of Okabe and Ito (2002, *Color Universal Design*); shades are cividis (Nuñez et
al. 2018, doi:10.1371/journal.pone.0199239). What a colour tells is also told by a hatch, a
marker, a place or a word, so that a grey print says the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, DPI = 7.0, 200
SMALL, TEXT, TITLE = 8, 9, 10
SOFT, FRAME = "#555555", "#999999"
BLUE, ORANGE, SKY, YELLOW = "#0072B2", "#E69F00", "#56B4E9", "#F0E442"
SPLITS = MappingProxyType(
    {"train": (BLUE, "", "o"), "val": (ORANGE, "////", "s"), "test": (YELLOW, "....", "^")}
)
"""Split → its colour, hatch and marker; as grey 0.36, 0.66 and 0.86."""
EMOTION_COLOURS = MappingProxyType(
    {
        "anger": "#D55E00",
        "contempt": "#CC79A7",
        "disgust": "#009E73",
        "fear": "#000000",
        "happiness": YELLOW,
        "neutral": SKY,
        "sadness": BLUE,
        "surprise": ORANGE,
    }
)
SHADES = "cividis"
_STYLE = {
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw with these settings, whatever the user's own are.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib import style  # noqa: PLC0415 (optional: mien[train])
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing figures", "train") from error
    with style.context(["default", _STYLE]):
        yield


def chart(title: str, n: int, height: float) -> "Figure":
    """Return an empty figure with its title; what is added finds its own place."""
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    engine = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)
    figure = Figure(figsize=(WIDTH, height), layout=engine)
    figure.suptitle(heading(title, n), x=0.01, ha="left", fontsize=TITLE, weight="bold")
    return figure


def sheet(title: str, n: int, height: float) -> tuple["Figure", "Axes"]:
    """Return a figure and axes that cover it, in inches from its upper left corner."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    axes.text(0.07, 0.2, heading(title, n), fontsize=TITLE, weight="bold", va="center")
    return figure, axes


def heading(title: str, n: int) -> str:
    """Return a title with the number of pictures that it is about."""
    return f"{title}, n = {n:,}"


def place(
    axes: "Axes", picture: npt.NDArray[np.uint8], left: float, top: float, side: float
) -> None:
    """Draw a picture into a square of a sheet, its proportions kept."""
    height, width = picture.shape[:2]
    longest = max(height, width)
    w, h = side * width / longest, side * height / longest
    x, y = left + (side - w) / 2, top + (side - h) / 2
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, extent=(x, x + w, y + h, y), aspect="auto")
    corners = [x, x + w, x + w, x, x], [y, y, y + h, y + h, y]
    axes.plot(*corners, color=FRAME, linewidth=0.5)  # so that white pictures have an end


def as_png(figure: "Figure") -> bytes:
    """Return a figure as PNG; the same figure gives the same bytes."""
    encoded = BytesIO()
    figure.savefig(encoded, dpi=DPI, format="png", metadata={"Software": None})
    return encoded.getvalue()


def percent(share: float, _position: float = 0) -> str:
    """Return a share as ``12 %``, for axes."""
    return f"{100 * share:.3g} %"


def share(value: float) -> str:
    """Return a share as ``12.3 %``; what would be rounded to nothing as ``< 0.1 %``."""
    return "< 0.1 %" if 0 < value < 0.0005 else f"{100 * value:.1f} %"


def number(value: float, _position: float = 0) -> str:
    """Return a number as ``12,000``, for axes."""
    return f"{value:,.0f}"


def shortened(text: str, most: int) -> str:
    """Return text cut in its middle to so many letters; its whole form stands on the page."""
    if len(text) <= most:
        return text
    kept = most - 1
    return f"{text[: kept // 2]}…{text[-(kept - kept // 2) :]}"
