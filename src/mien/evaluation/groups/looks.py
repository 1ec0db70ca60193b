"""What can be measured in a picture: its light, and size and pose of the face in it.

The angles are rough, from five landmarks of YuNet, which puts them nearer to an upright frontal
face than they are. They put faces in order; as degrees they are too small.
"""

import math
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mien.datasets.auditing.light import measured
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels, Progress, silent
from mien.inference.crop import unit
from mien.inference.detector import Detection, Landmarks
from mien.inference.framed import faces_in
from mien.inference.upright import roll

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Find = Callable[[Pixels], list[Detection]]

NOSE = 0.5
"""How far the tip of the nose stands before the eyes, in distances of the eyes."""
LIGHT = MappingProxyType(
    {
        "brightness": "mean grey value, 0 to 255",
        "contrast": "standard deviation of the grey values",
        "sharpness": "variance of the Laplacian over that of the picture, both at 48 px",
    }
)
FACE = MappingProxyType(
    {
        "face_size": "square root of width times height of the face's box, in pixels of the "
        "stored picture",
        "yaw": "degrees that the head is turned aside, either way: |atan(a / 0.5)|, where a is how "
        "far the tip of the nose lies from the middle of the eyes, along the line of the eyes, in "
        "distances of the eyes",
        "roll": "degrees between the line of the eyes and the picture's horizontal, either way",
    }
)
"""What is taken from the detector's box and landmarks → what it is. NaN where no face is found."""
UNITS = MappingProxyType({"face_size": " px", "yaw": "°", "roll": "°"})
"""As they stand behind the numbers."""


def light(prepared: PreparedSet, rows: Ints, progress: Progress | None = None) -> dict[str, Floats]:
    """Return each of ``LIGHT`` for rows of a dataset, ``float64 [N]``; NaN where undefined."""
    say, found = progress or silent, np.empty((len(rows), len(LIGHT)))
    for place, row in enumerate(rows.tolist()):
        found[place] = measured(prepared.pixels(row))
        say("measuring light", place + 1, len(rows))
    return dict(zip(LIGHT, found.T, strict=True))


def face(
    prepared: PreparedSet, rows: Ints, progress: Progress | None = None, find: Find = faces_in
) -> dict[str, Floats]:
    """Return each of ``FACE`` for rows of a dataset, ``float64 [N]``; NaN where no face is found.

    Args:
        prepared: the dataset.
        rows: int64 [N].
        progress: told what is being done.
        find: returns the faces of a picture, the one to measure first.
    """
    say, found = progress or silent, np.full((len(rows), len(FACE)), np.nan)
    for place, row in enumerate(rows.tolist()):
        faces = find(prepared.pixels(row))
        if faces:
            marks = faces[0].landmarks
            found[place] = unit(faces[0].box), abs(yaw(marks)), abs(roll(marks))
        say("looking for landmarks", place + 1, len(rows))
    return dict(zip(FACE, found.T, strict=True))


def yaw(landmarks: Landmarks) -> float:
    """Return how far a head is turned to the picture's right, in degrees from -90 to 90.

    Eyes one unit apart and a nose ``NOSE`` units before their middle, seen from afar: turned by an
    angle, the eyes are cos(angle) apart and the nose is ``NOSE`` · sin(angle) beside their middle.
    So the tangent of the angle is the quotient over ``NOSE``; a roll does not change it.
    """
    right, left, nose = (np.array(point) for point in landmarks[:3])
    eyes = left - right
    apart = float(eyes @ eyes)
    if apart == 0:
        return math.copysign(90.0, float((nose - right)[0]))
    aside = float((nose - (right + left) / 2) @ eyes) / apart
    return math.degrees(math.atan(aside / NOSE))
