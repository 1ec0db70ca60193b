"""Faces cut out of pictures for training, in the frame that recognition gives them."""

import math
from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import Literal

from mien.inference.crop import Box, cut_face, usable
from mien.inference.detector import Detection, Detector
from mien.inference.upright import upright
from mien.preprocess import Pixels

Faces = Literal["crop", "align"]
ALIGN: Faces = "align"
"""Faces are turned so that the eyes are level."""
SAME = 0.3
"""A face is the one of the source's box where they share more than this: intersection by union."""
ROOM = 0.5
"""How far around a source's box its face is looked for, in units of the box's longer side."""


def faces_in(pixels: Pixels, detector: Detector | None = None) -> list[Detection]:
    """Return the faces of a picture, the largest first; ``[]`` where there is none.

    Args:
        pixels: ``uint8 [H, W]`` grey or RGB ``[H, W, 3]``.
        detector: None takes the one that is installed with mien, opened once.

    Raises:
        ModelFileError: the detector is missing or is not the file it should be.
    """
    height, width = pixels.shape[:2]
    found = (detector or _shipped()).detect(pixels)
    by_area = sorted(found, key=lambda d: -d.box[2] * d.box[3])
    return [d for d in by_area if usable(d.box, width, height)]


@cache
def _shipped() -> Detector:
    return Detector()


@dataclass
class FaceFinder:
    """Cuts one face out of a picture; what ``mien.datasets.framing.Framing`` takes.

    Attributes:
        faces: ``crop`` cuts faces as they stand, ``align`` turns them upright.
        detector: see ``Detector``.
        pictures, found: how many pictures were looked at, and how many of them had the face.
        seconds: how long that took.
    """

    faces: Faces
    detector: Detector = field(default_factory=Detector)
    pictures: int = 0
    found: int = 0
    seconds: float = 0.0

    def __call__(self, pixels: Pixels, box: Box | None) -> Pixels | None:
        """Return the face of a picture, at its own resolution; None where there is none.

        Args:
            pixels: ``uint8 [H, W]`` grey or RGB ``[H, W, 3]``.
            box: where the source says that the face lies; the face that shares most with it is
                taken. None takes the largest face.
        """
        start = perf_counter()
        detection = self.find(pixels, box)
        face = None if detection is None else self._cut(pixels, detection)
        self.pictures += 1
        self.found += face is not None
        self.seconds += perf_counter() - start
        return face

    def find(self, pixels: Pixels, box: Box | None) -> Detection | None:
        """Return the face that is cut out, see ``__call__``."""
        if box is None:
            return next(iter(faces_in(pixels, self.detector)), None)
        near = _around(pixels, box, self.detector)
        best = max(near, key=lambda d: shared(d.box, box), default=None)
        return best if best is not None and shared(best.box, box) > SAME else None

    def _cut(self, pixels: Pixels, found: Detection) -> Pixels:
        if self.faces == ALIGN:
            return cut_face(pixels, *upright(self.detector, pixels, found))
        return cut_face(pixels, found.box)

    def __str__(self) -> str:
        """Say how many faces were found, and how long a picture took."""
        each = 1000 * self.seconds / max(1, self.pictures)
        return f"found in {self.found:,} of {self.pictures:,} pictures, {each:.1f} ms a picture"


def shared(a: Box, b: Box) -> float:
    """Return what two boxes share: intersection by union, 0 to 1."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0.0, across) * max(0.0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both) if both else 0.0


def _around(pixels: Pixels, box: Box, detector: Detector) -> list[Detection]:
    """Return the faces in a box's neighbourhood, in pixels of the picture."""
    x, y, across, down = box
    room = ROOM * max(across, down)
    left, top = max(0, math.floor(x - room)), max(0, math.floor(y - room))
    right, bottom = math.ceil(x + across + room), math.ceil(y + down + room)
    part = pixels[top : max(0, bottom), left : max(0, right)]
    return [_moved(d, left, top) for d in detector.detect(part)] if part.size else []


def _moved(found: Detection, left: int, top: int) -> Detection:
    x, y, across, down = found.box
    landmarks = tuple((px + left, py + top) for px, py in found.landmarks)
    return Detection((x + left, y + top, across, down), found.score, landmarks)
