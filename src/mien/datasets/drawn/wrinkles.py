"""Which creases action units press into a face, and how deeply."""

from collections.abc import Iterator
from typing import NamedTuple

from mien.datasets.drawn.parameters import ActionUnits, FaceParameters, Range, Shape


class Crease(NamedTuple):
    """A curved line in face units; below a force of 0.15 it is not seen."""

    force: float
    start: Range
    end: Range
    bow: float = 0.0  # how far its middle leaves the straight line
    wide: float = 0.03


def creases(parameters: FaceParameters) -> Iterator[Crease]:
    """Yield the creases of a face."""
    shape, units = parameters.shape, parameters.units
    raised = units.au1 * (0.3 + 0.3 * units.au2)
    for height in (0.47, 0.57):
        y = shape.eye_height - height
        yield Crease(raised, (-0.26, y), (0.26, y), -0.03)
    for side in (-1, 1):
        yield from _round_the_eye(shape, units, side)
        yield from _round_the_mouth(shape, units, side, parameters.looks.age)


def _round_the_eye(shape: Shape, units: ActionUnits, side: int) -> Iterator[Crease]:
    """Yield frown (AU4), wrinkled nose (AU9), raised cheek and crow's feet (AU6)."""
    y, outer = shape.eye_height, side * (shape.eye_gap + 0.17)
    frown = units.au4 * (1 - 0.5 * units.au2)
    yield Crease(frown, (side * 0.045, y - 0.25), (side * 0.05, y - 0.1))
    for top in (0.04, 0.13):
        yield Crease(0.6 * units.au9, (side * 0.03, y + top), (side * 0.12, y + top - 0.05))
    yield Crease(0.8 * units.au6, (side * 0.19, y + 0.11), (side * 0.45, y + 0.1), 0.03 * side)
    for step in (-1, 1):
        start, end = (outer, y + 0.02 * step), (outer + side * 0.1, y + 0.06 * step)
        yield Crease(0.5 * units.au6, start, end, wide=0.015)


def _round_the_mouth(shape: Shape, units: ActionUnits, side: int, age: float) -> Iterator[Crease]:
    """Yield the fold from nose to mouth (AU9, AU12, age) and the dimple (AU14)."""
    pull, dimple = (pair[side > 0] for pair in (units.au12, units.au14))
    tip = shape.eye_height + shape.nose_length
    corner = shape.mouth_width + 0.12 + 0.05 * pull
    wing, low = (side * (shape.nose_width + 0.03), tip - 0.05), shape.mouth_height - 0.03
    yield Crease(
        max(0.75 * pull, 0.9 * units.au9, 0.2 * age), wing, (side * corner, low), -0.04 * side
    )
    pit, y = side * (shape.mouth_width + 0.13), shape.mouth_height - 0.14 * pull
    yield Crease(0.9 * dimple, (pit, y - 0.08), (pit, y + 0.07), -0.03 * side)
