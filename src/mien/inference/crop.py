"""From a detector's box to the square that a network of FER-2013 faces expects.

``benchmarks/face_framing.py`` measured how YuNet's box lies in FER-2013's pictures (medians in
``results/face_framing.json``). Their frames scatter: the side is 1.03 to 1.21 units for the middle
half of them. Within that, ``benchmarks/pasted_faces.py`` tried which side gives a face in a scene
the answer of its own FER-2013 picture most often (PublicTest, ``results/pasted_faces.json``); a
little inside the median frame is best, where less of the scene shows.

FER-2013 pictures are not turned upright (a tenth of them lie more than 14 degrees from it by
YuNet's eyes), so faces are not turned upright here either, unless a model learnt
from faces that were (``mien.inference.upright``).
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels

Box = tuple[float, float, float, float]
"""x and y of the upper left corner, width, height; in pixels of the picture."""
Point = tuple[float, float]
"""x and y in pixels; the middle of the first pixel is at 0.5, 0.5."""

SIDE = 1.03
"""Side of the frame, in units of √(width · height) of the detector's box; median frame: 1.118."""
VIEWS = (0.88, SIDE, 1.2)
"""Sides of the three frames whose answers are averaged for a found face.

They span the middle of FER-2013's own scatter. One frame alone changes its answer for one face in
twenty when the same face stands at another place and size; the mean of three does for one in
thirty (``results/pasted_faces.json``). The mean over several crops of a picture is that of
Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks".
"""
RIGHT = 0.0
"""How far the middle of the frame lies to the right of the box's middle, in the same units.

The measured median is below a hundredth and a mirrored face has the opposite sign: it is 0.
"""
DOWN = -0.0244
"""How far the middle of the frame lies below the box's middle, in the same units."""


def frame(box: Box, side: float = SIDE) -> Box:
    """Return the square that frames a face as FER-2013 frames its faces.

    Only the box is used. The landmarks were tried and gain next to nothing, because what
    remains is the scatter of FER-2013's own frames; and boxes that a user brings have none.

    Args:
        box: a face from chin to forehead and from cheek to cheek, as YuNet draws it.
        side: of the square, in units of √(width · height).
    """
    (x, y), size = middle(box), unit(box)
    pixels = side * size
    return (x + RIGHT * size - pixels / 2, y + DOWN * size - pixels / 2, pixels, pixels)


def middle(box: Box) -> Point:
    """Return the middle of a box."""
    return (box[0] + box[2] / 2, box[1] + box[3] / 2)


def unit(box: Box) -> float:
    """Return √(width · height)."""
    return math.sqrt(box[2] * box[3])


def views(picture: Pixels, box: Box, angle: float = 0.0) -> list[Pixels]:
    """Return the crops of a found face whose answers are averaged, see ``VIEWS``."""
    return [cut_face(picture, box, angle, side) for side in VIEWS]


def cut_face(picture: Pixels, box: Box, angle: float = 0.0, side: float = SIDE) -> Pixels:
    """Return a face as FER-2013 frames its faces, see ``frame``.

    Args:
        picture: ``uint8 [H, W]`` or ``uint8 [H, W, 3]``.
        box: the face's; it is upright once the picture is turned about the box's middle.
        angle: how far the face is turned clockwise, in degrees; it is turned back.
        side: of the frame, in units of √(width · height).
    """
    square = frame(box, side)
    return cut(picture, square) if angle == 0 else cut_turned(picture, square, middle(box), angle)


def cut(picture: Pixels, square: Box) -> Pixels:
    """Return the part of a picture inside a square, at its own resolution.

    Where the square leaves the picture, the picture is reflected at its border: that is how
    training fills the corners that its rotations and shifts uncover.

    Args:
        picture: ``uint8 [H, W]`` or ``uint8 [H, W, 3]``.
        square: may leave the picture; rounded to whole pixels, at least one.

    Returns:
        ``uint8 [S, S]`` or ``uint8 [S, S, 3]``.
    """
    side = max(1, round(square[2]))
    left, top = (round(c + (square[2] - side) / 2) for c in square[:2])
    rows = _reflected(top, side, picture.shape[0])
    columns = _reflected(left, side, picture.shape[1])
    return picture.take(rows, 0).take(columns, 1)


def cut_turned(picture: Pixels, square: Box, pivot: Point, angle: float) -> Pixels:
    """Return the part of a picture inside a square that is turned clockwise about a point.

    Bilinear, at the picture's own resolution; sizes and border are those of ``cut``.
    """
    side = max(1, round(square[2]))
    centre = np.add(pivot, turned(np.subtract(middle(square), pivot), angle))
    around, (x, y) = neighbourhood(picture, (centre[0], centre[1]), side / math.sqrt(2) + 1)
    turn = turned(np.eye(2), angle)
    first = (x - 0.5, y - 0.5) - turn @ np.full(2, (side - 1) / 2)  # where pixel 0, 0 comes from
    matrix = np.column_stack((turn, first))
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(around, matrix, (side, side), flags=way), np.uint8)


def neighbourhood(picture: Pixels, centre: Point, reach: float) -> tuple[Pixels, Point]:
    """Return the square that reaches so far around a point, and the point's place in it."""
    left, top = (math.floor(c - reach) for c in centre)
    side = math.ceil(2 * reach) + 1
    return cut(picture, (left, top, side, side)), (centre[0] - left, centre[1] - top)


def turned(vector: npt.NDArray[np.float64], angle: float) -> npt.NDArray[np.float64]:
    """Return a vector (x, y; y points down), ``[2]`` or ``[2, N]``, turned clockwise by degrees."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return np.array((cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]))


def _reflected(start: int, count: int, length: int) -> npt.NDArray[np.intp]:
    """Return ``count`` positions from ``start`` on, turned back at both ends of ``length``."""
    period = max(1, 2 * (length - 1))
    there = np.arange(start, start + count) % period
    return np.minimum(there, period - there)


def clip(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the part of a box inside a picture, in whole pixels, at least one by one."""
    left, right = (min(max(round(v), 0), width) for v in (box[0], box[0] + box[2]))
    top, bottom = (min(max(round(v), 0), height) for v in (box[1], box[1] + box[3]))
    left, top = min(left, width - 1), min(top, height - 1)
    return (left, top, max(1, right - left), max(1, bottom - top))


def usable(box: Box, width: int, height: int) -> bool:
    """Return whether a box has its middle in the picture and a size that a face can have."""
    x, y, w, h = box
    fits = min(w, h) >= 1 and max(w, h) <= 2 * max(width, height)
    return fits and 0 <= x + w / 2 <= width and 0 <= y + h / 2 <= height
