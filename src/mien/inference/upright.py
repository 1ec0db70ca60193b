"""How far a found face is turned, and its box once it stands upright.

YuNet puts its landmarks nearer to an upright face than they are: on a face turned by 30 degrees
they show about 20. So the face is turned back by what its eyes show and looked at again, until they
are level. The last look gives the box of an upright face, which is what ``crop.frame`` expects.
"""

import math

import cv2
import numpy as np

from mien.inference.crop import Box, Point, cut_turned, middle, neighbourhood, turned, unit
from mien.inference.detector import SMALL, Detection, Detector, Landmarks
from mien.preprocess import Pixels

LEVEL = 1.0
"""Eyes that show fewer degrees than this are level, and the face is not looked at again."""
LOOKS = 3
"""How often a face is looked at again, at most."""
ROOM = 1.2
"""Side of what is looked at, in units of √(width · height) of the box.

The face then fills so much of 256 px that its eyes are placed to about a degree. With 2 units it is
two to four degrees: there YuNet's grid is too coarse for them.
"""


def roll(landmarks: Landmarks) -> float:
    """Return how far the line of the eyes is turned clockwise, in degrees from -180 to 180."""
    (right_x, right_y), (left_x, left_y) = landmarks[:2]
    return math.degrees(math.atan2(left_y - right_y, left_x - right_x))


def upright(detector: Detector, picture: Pixels, found: Detection) -> tuple[Box, float]:
    """Return the box and the turn of a face, as ``crop.cut_face`` and ``crop.views`` take them.

    Args:
        detector: looks at the turned face again.
        picture: ``uint8 [H, W]`` or RGB ``[H, W, 3]``.
        found: a face in it, with its landmarks.

    Returns:
        The box, which is upright once the picture is turned about the box's middle, and how far
        the face is turned clockwise, in degrees.
    """
    box, angle = found.box, roll(found.landmarks)
    for _ in range(LOOKS):
        seen = _seen(detector, picture, box, angle)
        if seen is None:
            break
        box, left = seen
        angle += left
        if abs(left) < LEVEL:
            break
    return box, angle


def _seen(detector: Detector, picture: Pixels, box: Box, angle: float) -> tuple[Box, float] | None:
    """Return box and roll of a face, turned back by ``angle``; None where it is not found again."""
    face, scale = _turned_back(picture, box, angle)
    for found in detector.detect(face):
        away = np.subtract(middle(found.box), SMALL / 2) / scale
        if np.hypot(*away) < unit(box) / 2:
            x, y = np.add(middle(box), turned(away, angle))
            wide, high = found.box[2] / scale, found.box[3] / scale
            return (x - wide / 2, y - high / 2, wide, high), roll(found.landmarks)
    return None


def _turned_back(picture: Pixels, box: Box, angle: float) -> tuple[Pixels, float]:
    """Return a face with some room around it, turned back, and by how much it is scaled."""
    side = ROOM * unit(box)
    around, at = neighbourhood(picture, middle(box), side / math.sqrt(2) + 1)
    pixels = max(1, round(len(around) * SMALL / side))
    way = cv2.INTER_AREA if pixels < len(around) else cv2.INTER_LINEAR
    scale = pixels / len(around)
    resized = np.asarray(cv2.resize(around, (pixels, pixels), interpolation=way), np.uint8)
    pivot: Point = (at[0] * scale, at[1] * scale)
    square = (pivot[0] - SMALL / 2, pivot[1] - SMALL / 2, SMALL, SMALL)
    return cut_turned(resized, square, pivot, angle), scale
