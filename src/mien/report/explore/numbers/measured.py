"""One pass over pictures: everything that is said about their pixels."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.preprocess import Preprocessing, to_grey
from mien.report.explore.numbers.pictures import Histogram, Sums, levels, sharpness

Pixels = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CHUNK = 512
USUAL_SIDE, SIDES = 48, range(16, 65)
TREATMENTS = ("none", "histogram", "clahe")


@dataclass(frozen=True)
class Measured:
    """Numbers about M pictures.

    Attributes:
        side: of the square that pictures are brought to, in pixels.
        brightness, contrast: mean and standard deviation of the grey levels (0–255) at the
            picture's own size, ``float64 [M]``.
        sharpness: see ``numbers.pictures.sharpness``, ``float64 [M]``.
        sums: one a class of ``EMOTIONS``.
        histograms: grey levels at that side, by ``TREATMENTS``.
    """

    side: int
    brightness: Floats
    contrast: Floats
    sharpness: Floats
    sums: tuple[Sums, ...]
    histograms: Mapping[str, Histogram]


def treatments(side: int) -> dict[str, Preprocessing]:
    """Return how a picture becomes a grey square, by ``TREATMENTS``."""
    return {
        "none": Preprocessing(side),
        "histogram": Preprocessing(side, equalise="histogram"),
        "clahe": Preprocessing(side, equalise="clahe"),
    }


def common_side(sizes: Ints) -> int:
    """Return the side that pictures are brought to: their own where it is one, else 48."""
    sides = np.unique(sizes[:, :2])
    return int(sides[0]) if len(sides) == 1 and sides[0] in SIDES else USUAL_SIDE


def measure(pictures: Iterable[Pixels], labels: Ints, side: int) -> Measured:
    """Measure pictures, some hundred at a time.

    Args:
        pictures: M of them, ``uint8 [H, W]`` or ``uint8 [H, W, 3]``.
        labels: ``int64 [M]``, index in ``EMOTIONS``; others are in no mean face.
        side: of the square that they are brought to.
    """
    specs, parts, start = treatments(side), [], 0
    sums = tuple(Sums(side) for _ in EMOTIONS)
    counts = {name: np.zeros(256, np.int64) for name in specs}
    for greys in _chunks(to_grey(picture) for picture in pictures):
        fitted = {name: _fitted(greys, spec) for name, spec in specs.items()}
        faces = fitted["none"]
        light = [(grey.mean(), grey.std()) for grey in greys]
        parts.append(np.column_stack([light, sharpness(faces)]))
        for k, total in enumerate(sums):
            total.add(faces[labels[start : start + len(faces)] == k])
        for name, changed in fitted.items():
            counts[name] += levels(changed)
        start += len(faces)
    columns = np.concatenate(parts).T
    found = {name: Histogram(count) for name, count in counts.items()}
    return Measured(side, columns[0], columns[1], columns[2], sums, found)


def _chunks(greys: Iterable[Pixels]) -> Iterator[list[Pixels]]:
    rest = iter(greys)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _fitted(greys: list[Pixels], spec: Preprocessing) -> Pixels:
    """Return grey pictures as ``uint8 [n, S, S]``."""
    return np.concatenate([spec.fit(grey) for grey in greys])
