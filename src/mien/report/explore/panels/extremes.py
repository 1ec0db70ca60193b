"""The panel of the darkest, brightest, dullest and most blurred pictures."""

from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.report.explore.drawing import faces, style
from mien.report.explore.material import Material
from mien.report.explore.numbers.pictures import extremes
from mien.report.explore.panels.panel import Panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 6


def panel(material: Material) -> Panel:
    """Return the darkest, brightest, dullest and most blurred pictures."""
    title, found = "The most extreme pictures", material.measured
    groups = material.groups[material.sample]
    anything, uneven = np.ones(len(groups), bool), found.contrast > 0
    kinds = {
        "Darkest: mean grey level": (found.brightness, found.brightness, anything),
        "Brightest: mean grey level": (-found.brightness, found.brightness, anything),
        "Lowest contrast: deviation of grey levels": (found.contrast, found.contrast, uneven),
        "Most blurred: variance of the Laplacian": (found.sharpness, found.sharpness, uneven),
    }
    rows = {
        name: [
            (int(material.sample[n]), values[n]) for n in extremes(order, groups, _MOST, allowed)
        ]
        for name, (order, values, allowed) in kinds.items()
    }
    shown = {name: places for name, places in rows.items() if places}
    darkest, brightest = (rows[name][0] for name in list(rows)[:2])
    flat = int((~uneven).sum())
    reading = (
        f"The darkest picture, {material.ids[darkest[0]]}, has a mean of {darkest[1]:.1f} of 255, "
        f"the brightest, {material.ids[brightest[0]]}, of {brightest[1]:.1f}; "
        f"{flat:,} {'picture has' if flat == 1 else 'pictures have'} one single grey level."
    )

    def draw() -> "Figure":
        pictures = {
            name: [
                (material.picture(n), f"{style.shortened(str(material.ids[n]), 15)}\n{value:.3g}")
                for n, value in places
            ]
            for name, places in shown.items()
        }
        return faces.strips(pictures, title, len(groups))

    return Panel(
        "extremes",
        title,
        "Mean and standard deviation of the grey levels at the picture's own size; variance of "
        f"the Laplacian (Pech-Pacheco et al. 2000) at {found.side} pixels, divided by the "
        "picture's variance, so that low contrast is not taken for blur. Identical pictures are "
        "shown once; constant ones have neither contrast nor sharpness and are not shown for them.",
        len(groups),
        reading,
        "Four rows of pictures: darkest, brightest, lowest contrast, most blurred.",
        draw,
        "",
        ("extreme", "id", "label", "value"),
        [
            (name, str(material.ids[n]), _label(material, n), f"{value:.3g}")
            for name, places in shown.items()
            for n, value in places
        ],
    )


def _label(material: Material, position: int) -> str:
    label = int(material.labels[position])
    return EMOTIONS[label] if label >= 0 else "none"
