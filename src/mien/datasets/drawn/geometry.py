"""The lines of a face, in face units (see ``parameters``): plain functions, points out.

Every contour is ``float64 [N, 2]`` (x, y), and ``side`` is -1 for the picture's left.
"""

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

from mien.datasets.drawn.parameters import ActionUnits, FaceParameters, Pose, Shape

Points = npt.NDArray[np.float64]

_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)
_ACROSS = np.linspace(-1, 1, 17)
_ALONG = np.linspace(0, 1, 9)


@dataclass(frozen=True)
class View:
    """Where a head stands in a picture.

    The face lies on an ellipsoid that turns by yaw and pitch; the result is seen from afar,
    rolled, scaled and moved. ``scale`` is the number of pixels a face unit.
    """

    centre: tuple[float, float]
    scale: float
    pose: Pose
    width: float

    def __call__(self, points: Points, nose: float = 0.0) -> Points:
        """Return points as pixels; ``nose`` says how far they stand out of the face."""
        x, y = points[:, 0] / self.width, points[:, 1]
        z = self.width * np.sqrt(np.maximum(0, 1 - x * x - 0.8 * y * y)) + nose
        return np.asarray(points @ self._turn[:2] + z[:, None] * self._turn[2] + self.centre)

    @cached_property
    def _turn(self) -> Points:
        """Return the matrix [3, 2] from (x, y, z) in face units to (x, y) in pixels."""
        yaw, pitch, roll = (radians(a) for a in (self.pose.yaw, self.pose.pitch, self.pose.roll))
        nod = points((cos(yaw), 0), (0, cos(pitch)), (sin(yaw), sin(pitch)))
        return self.scale * nod @ points((cos(roll), sin(roll)), (-sin(roll), cos(roll)))


def points(*pairs: tuple[float, float]) -> Points:
    """Return the given (x, y) pairs as one contour."""
    return np.array(pairs, np.float64)


def ellipse(x: float, y: float, wide: float, high: float) -> Points:
    """Return the contour of an upright ellipse."""
    return np.stack((x + wide * np.cos(_ROUND), y + high * np.sin(_ROUND)), 1)


def curve(ends: Points, bow: float) -> Points:
    """Return a curve between two points that leaves the straight line by ``bow`` at its middle."""
    start, end = ends
    along = end - start
    across = np.array((-along[1], along[0])) / max(float(np.hypot(*along)), 1e-6)
    t = _ALONG[:, None]
    return np.asarray(start + along * t + across * (4 * bow * t * (1 - t)))


def head(shape: Shape, units: ActionUnits) -> Points:
    """Return the outline from the crown to the chin, which drops with the jaw (AU26)."""
    across, down = np.cos(_ROUND), np.sin(_ROUND)
    low = np.maximum(0, down)
    x = shape.width * np.sign(across) * np.abs(across) ** (2 / shape.squareness)
    y = down * np.where(down > 0, shape.chin + 0.12 * units.au26, 1)
    return np.stack((x * (1 - shape.taper * low**2), y), 1)


def hair(shape: Shape) -> Points:
    """Return the hair above the forehead: round the skull and back along the hairline."""
    angles = np.linspace(0.05, -np.pi - 0.05, 24)
    skull = np.stack((shape.width * np.cos(angles), np.sin(angles)), 1) * shape.hair_volume
    x = _ACROSS * shape.width * 0.97
    rise = 0.12 * np.exp(-(((_ACROSS - shape.parting) / 0.35) ** 2))
    y = shape.hairline - rise + (0.05 - shape.hairline) * np.abs(_ACROSS) ** 4
    return np.concatenate((skull, np.stack((x, y), 1)))


def brow(shape: Shape, units: ActionUnits, side: int) -> Points:
    """Return one eyebrow: AU1 lifts its inner end, AU2 its arch, AU4 draws it in and down."""
    inner = 0.115 - 0.045 * units.au4
    x = inner + _ALONG * (shape.eye_gap + 0.2 - inner)
    lift = 0.13 * units.au1 * (1 - _ALONG) ** 1.2
    lift += 0.14 * units.au2 * np.sin(np.pi * (0.12 + 0.66 * _ALONG))
    lift += shape.brow_arch * np.sin(np.pi * _ALONG**1.2)
    drop = (0.11 * units.au4 + 0.06 * units.au9) * (1 - _ALONG) ** 1.1
    drop += 0.025 * units.au4 + 0.03 * units.au9 + 0.03 * (1 - _ALONG)
    y = shape.eye_height - shape.brow_height - lift + drop
    half = shape.brow_thickness * (1 - 0.75 * _ALONG**1.5)
    upper, lower = np.stack((x, y - half), 1), np.stack((x, y + half), 1)
    return np.concatenate((upper, lower[::-1])) * (side, 1)


def eye(shape: Shape, units: ActionUnits, side: int) -> tuple[Points, Points]:
    """Return upper and lower lid from the inner to the outer corner."""
    u = _ACROSS
    outward = (u + 1) / 2
    wide = 0.14 * shape.eye_size
    upper = 1 + 0.8 * units.au5 - 0.35 * units.au7 - 0.3 * units.au6 - 0.35 * units.au9
    lower = 1 + 0.15 * units.au5 - 0.45 * units.au7 - 0.75 * units.au6 - 0.4 * units.au9
    arc = (1 - u * u) ** 0.75
    droop = 0.05 * units.au1 * (1 - units.au5) * outward * arc  # the sad eye's outer lid hangs
    frown = 0.045 * units.au4 * (1 - units.au1) * (1 - outward) * arc
    y = shape.eye_height - shape.eye_slant * u
    top = y - 0.075 * shape.eye_size * upper * arc + droop + frown
    bottom = np.maximum(top + 0.012 * arc, y + 0.052 * shape.eye_size * lower * arc)
    x = side * (shape.eye_gap + wide * u)
    return np.stack((x, top), 1), np.stack((x, bottom), 1)


@dataclass(frozen=True, slots=True)
class Mouth:
    """Four lines from the picture's left corner to the right one, top to bottom."""

    upper_lip: Points
    upper: Points
    lower: Points
    lower_lip: Points


def mouth(shape: Shape, units: ActionUnits) -> Mouth:
    """Return the lips: AU12 and AU15 move the corners, AU25 and AU26 open them."""
    u, far = _ACROSS, np.abs(_ACROSS)
    pull = np.where(u < 0, units.au12[0], units.au12[1])
    round_ = units.au26 * (1 - units.au20)
    half = shape.mouth_width + 0.08 * pull + 0.09 * units.au20
    x = u * (half - 0.03 * units.au23 - 0.14 * round_)
    middle = shape.mouth_height + 0.04 * units.au26 + 0.02 * np.mean(units.au12)
    middle -= 0.05 * units.au15
    bend = (0.15 * units.au15 + 0.03 * units.au20) * far**1.8 - 0.16 * pull * far**1.6
    arc = np.maximum(0, 1 - far ** (2 + 2 * units.au20)) ** 0.5
    sneer = 0.06 * units.au10 * (1 - far**2.5)
    raised = (0.02 * units.au25 + 0.045 * units.au26) * arc + sneer
    dropped = (0.05 * units.au25 * (1 + units.au20) + 0.2 * units.au26) * arc - 0.6 * sneer
    thick = shape.lip * (1 - 0.75 * units.au23) * (1 - 0.3 * np.mean(units.au12)) * (1 - far**2)
    top = middle + bend - raised
    bottom = middle + bend + np.maximum(dropped, -raised)
    bow = 1 - 0.25 * np.exp(-((u / 0.14) ** 2))
    rows = (top - 0.8 * thick * bow, top, bottom, bottom + 1.1 * thick)
    return Mouth(*(np.stack((x, y), 1) for y in rows))


def face_box(parameters: FaceParameters, view: View) -> tuple[int, int, int, int]:
    """Return (x, y, width, height) of the face, from hairline to chin, in pixels."""
    outline = head(parameters.shape, parameters.units)
    outline[:, 1] = np.maximum(outline[:, 1], parameters.shape.hairline)
    pixels = view(outline)
    low, high = np.floor(pixels.min(0)), np.ceil(pixels.max(0))
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
