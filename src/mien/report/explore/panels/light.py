"""Panels about light: brightness, contrast and sharpness of classes, and equalisation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.preprocess import CLIP_LIMIT, TILES
from mien.report.explore.drawing import charts
from mien.report.explore.material import Material
from mien.report.explore.numbers.measured import treatments
from mien.report.explore.numbers.pictures import spreads
from mien.report.explore.panels.panel import Panel, named, pc, present

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

_BOX = "Box: median and quartiles; whiskers: 5th and 95th percentile."
_SHOWN = (5, 35, 65, 95)
_NAMES = {
    "none": "as it is",
    "histogram": "histogram equalisation",
    "clahe": f"CLAHE, clip limit {CLIP_LIMIT:g}, {TILES} × {TILES} tiles",
}


def panels(material: Material) -> list[Panel]:
    """Return the panels of light."""
    found, side = material.measured, material.measured.side
    own = "grey levels (0–255) of a picture at its own size"
    return [
        _boxes(
            material,
            "brightness",
            "Brightness of each class",
            found.brightness,
            "mean grey level (0–255)",
            f"Mean of the {own}.",
        ),
        _boxes(
            material,
            "contrast",
            "Contrast of each class",
            found.contrast,
            "standard deviation (grey levels)",
            f"Standard deviation of the {own}.",
        ),
        _boxes(
            material,
            "sharpness",
            "Sharpness of each class",
            found.sharpness,
            "variance of the Laplacian / variance of the picture",
            "Variance of the Laplacian (Pech-Pacheco et al. 2000) of the grey picture at "
            f"{side} × {side} pixels, divided by the variance of the picture.",
        ),
        _equalisation(material),
    ]


def _boxes(material: Material, key: str, title: str, values: Floats, axis: str, how: str) -> Panel:
    labels = material.labels[material.sample]
    classes, labelled = present(labels), values[labels >= 0]
    if not classes:
        return Panel(key, title, f"{how} {_BOX}", missing="no picture has a label")
    table = spreads(values, labels, len(EMOTIONS))[classes]
    names, n = named(labels), len(labelled)
    alt = f"A box for each class: its {key}."
    return Panel(
        key,
        title,
        f"{how} {_BOX}",
        n,
        _medians(key, [EMOTIONS[k] for k in classes], table[:, 2].tolist(), labelled),
        alt,
        lambda: charts.boxes(names, table, title, n, axis),
    )


def _medians(key: str, names: Sequence[str], medians: Sequence[float], values: Floats) -> str:
    low, high = int(np.argmin(medians)), int(np.argmax(medians))
    first, third = np.percentile(values, (25, 75))
    half = f"half of all pictures lie between {first:.3g} and {third:.3g}"
    if low == high:
        return f"The median {key} is {medians[low]:.3g}; {half}."
    return (
        f"The median {key} goes from {medians[low]:.3g} ({names[low]}) to {medians[high]:.3g} "
        f"({names[high]}); {half}."
    )


def _equalisation(material: Material) -> Panel:
    found, title = material.measured, "Grey levels before and after equalisation"
    middle = {name: (h.level(0.05), h.level(0.95)) for name, h in found.histograms.items()}
    ends = found.histograms["none"].shares
    reading = (
        "The middle 90 % of the pixels take the levels {} to {} as they are, {} to {} after "
        "histogram equalisation and {} to {} after CLAHE; ".format(
            *middle["none"], *middle["histogram"], *middle["clahe"]
        )
        + f"{pc(ends[0])} are black (0) and {pc(ends[255])} white (255) from the start."
    )
    n = len(found.contrast)
    order = np.argsort(found.contrast, kind="stable")
    chosen = material.sample[order[[round(p / 100 * (n - 1)) for p in _SHOWN]]]

    def draw() -> "Figure":
        pictures = {
            _NAMES[name]: [spec.fit(material.picture(int(p)))[0] for p in chosen]
            for name, spec in treatments(found.side).items()
        }
        shares = {_NAMES[name]: h.shares for name, h in found.histograms.items()}
        return charts.equalised(shares, pictures, title, n)

    return Panel(
        "equalisation",
        title,
        f"Grey levels of all pictures as squares of {found.side} pixels a side, as they are, after "
        "histogram equalisation, and after contrast-limited adaptive histogram equalisation "
        f"(Zuiderveld 1994) with clip limit {CLIP_LIMIT:g} and {TILES} × {TILES} tiles: the "
        "choices of preprocess.equalise. The pictures are those at the 5th, 35th, 65th and 95th "
        "percentile of contrast. A bar that would be more than a tenth higher than the third "
        "highest is cut off.",
        n,
        reading,
        "Three histograms of grey levels, each with the same four pictures after that treatment.",
        draw,
    )
