"""Panels that show pictures: samples, augmented versions, mean faces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.report.explore.drawing import faces, style
from mien.report.explore.material import Material
from mien.report.explore.numbers.pictures import apart
from mien.report.explore.panels.panel import Panel, drawn_at_random, named

if TYPE_CHECKING:
    pass

Pixels = npt.NDArray[np.uint8]

_SAMPLES = 8
_DEVIATION = "standard deviation\n(grey levels)"


@dataclass(frozen=True)
class Augmented:
    """Pictures with random versions of themselves.

    Attributes:
        rows: class → original first, then its versions, ``uint8 [S, S]`` or ``[S, S, 3]`` each.
        settings: what was drawn, in words.
    """

    rows: Mapping[str, Sequence[Pixels]]
    settings: str


def originals(material: Material) -> dict[str, int]:
    """Return class → position of the picture whose augmented versions are shown."""
    return {EMOTIONS[k]: rows[0] for k, rows in drawn_at_random(material, 1).items()}


def samples(material: Material) -> Panel:
    """Return a few pictures of each class."""
    title, chosen = "Samples of each class", drawn_at_random(material, _SAMPLES)
    how = "The first pictures of each class in a random order with seed 0, from all splits."
    if not chosen:
        return Panel("samples", title, how, missing="no picture has a label")
    n = sum(map(len, chosen.values()))
    names = named(material.labels)
    rows = {
        name: [material.picture(place) for place in places]
        for name, places in zip(names, chosen.values(), strict=True)
    }
    most = max(map(len, chosen.values()))
    reading = (
        f"Up to {most} pictures of each of {len(chosen)} classes, drawn at random and not chosen: "
        f"{n} of {int((material.labels >= 0).sum()):,}."
    )
    alt = f"Pictures in {len(chosen)} rows, one for each class."
    return Panel("samples", title, how, n, reading, alt, lambda: faces.grid(rows, title, n))


def augmented(shown: Augmented) -> Panel:
    """Return originals beside their augmented versions."""
    title, n = "Originals and what augmentation makes of them", len(shown.rows)
    how = (
        "The first picture of each class in a random order with seed 0, at the common size, and "
        "random changes with seed 0 as training draws them by default (mien.transforms.augment)."
    )
    if not n:
        return Panel("augmented", title, how, missing="no picture has a label")
    return Panel(
        "augmented",
        title,
        how,
        n,
        f"Each original is followed by random versions of it, each with its own {shown.settings}.",
        "Each original picture at the left, augmented versions at its right.",
        lambda: faces.versions(shown.rows, title, n),
    )


def typical(material: Material) -> list[Panel]:
    """Return the mean faces and the faces of their deviation."""
    sums = material.measured.sums
    held = {EMOTIONS[k]: total for k, total in enumerate(sums) if total.n}
    side, n = material.measured.side, sum(total.n for total in held.values())
    how = f"Over all pictures of a class as grey squares of {side} pixels a side."
    titles = "Mean face of each class", "Deviation face of each class"
    if not held:
        return [
            Panel(key, title, how, missing="no picture has a label")
            for key, title in zip(("mean_faces", "deviation_faces"), titles, strict=True)
        ]
    names = dict(zip(held, named(material.labels[material.sample]), strict=True))
    means = {names[name]: total.mean for name, total in held.items()}
    deviations = {names[name]: total.deviation for name, total in held.items()}
    return [
        Panel(
            "mean_faces",
            titles[0],
            f"The mean at each pixel, all classes on one scale of grey. {how}",
            n,
            _most_apart(list(held), [total.mean for total in held.values()]),
            "One blurred grey face for each class: the mean of its pictures.",
            lambda: faces.maps(means, titles[0], n, "gray", "mean grey level"),
        ),
        Panel(
            "deviation_faces",
            titles[1],
            f"The standard deviation at each pixel. {how}",
            n,
            _most_varied(list(held), [float(t.deviation.mean()) for t in held.values()]),
            "One map for each class: how much each pixel varies between its pictures.",
            lambda: faces.maps(deviations, titles[1], n, style.SHADES, _DEVIATION),
        ),
    ]


def _most_apart(names: Sequence[str], means: Sequence[npt.NDArray[np.float64]]) -> str:
    if len(names) == 1:
        return f"There is one class, {names[0]}, so nothing to compare it with."
    table = apart(means)
    first, second = np.triu_indices(len(names), 1)
    found = table[first, second]
    far, near = found.argmax(), found.argmin()
    differ = (
        f"The mean faces of {names[first[far]]} and {names[second[far]]} differ most "
        f"({found[far]:.1f} grey levels on average over the pixels)"
    )
    if len(names) == 2:
        return f"{differ.replace(' most', '')}."
    return (
        f"{differ}, those of {names[first[near]]} and {names[second[near]]} least "
        f"({found[near]:.1f})."
    )


def _most_varied(names: Sequence[str], deviations: Sequence[float]) -> str:
    high, low = int(np.argmax(deviations)), int(np.argmin(deviations))
    varied = (
        f"Pictures of {names[high]} vary most: {deviations[high]:.1f} grey levels on average over "
        "the pixels"
    )
    return (
        f"{varied}."
        if high == low
        else f"{varied}, those of {names[low]} least: {deviations[low]:.1f}."
    )
