"""What part of a source's picture is kept, and in which size and colours.

Without anything asked for, a picture stays as it is. Where the source says in which box the face
lies, a square around the box is cut out. A finder of faces cuts as inference does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2

from mien.datasets.source import Box, Pixels
from mien.errors import UsageError
from mien.preprocess import to_grey

LEAST_SIDE, MOST_SIDE = 8, 4096

FindFace = Callable[[Pixels, Box | None], Pixels | None]
"""Returns the cut-out face of a picture (the one in the box, where there is a box), else None."""


ALIGN = "align"
"""The word for faces that were turned upright; those that were not are ``crop``."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How pictures are cut and scaled before they are written.

    Attributes:
        size: side of the square that each picture is scaled to; 0 keeps its own size.
        grey: whether colours become grey.
        find_face: cuts the face out; None takes the box of the source, or the whole picture.
        faces: what ``find_face`` does, in a word for the record; empty where there is none.
    """

    size: int = 0
    grey: bool = False
    find_face: FindFace | None = None
    faces: str = ""

    def __post_init__(self) -> None:
        if self.size and not LEAST_SIDE <= self.size <= MOST_SIDE:
            raise UsageError(
                f"size {self.size}: expected a side of {LEAST_SIDE} to {MOST_SIDE} pixels, or 0"
            )

    def apply(self, pixels: Pixels, box: Box | None) -> tuple[Pixels, bool]:
        """Return the pixels to keep, and False where a face was looked for in vain.

        Raises:
            ValueError: the box has no area inside the picture.
        """
        face = self.find_face(pixels, box) if self.find_face else None
        kept = face if face is not None else _boxed(pixels, box)
        grey = to_grey(kept) if self.grey else kept
        return _scaled(grey, self.size), self.find_face is None or face is not None

    def to_dict(self) -> dict[str, Any]:
        """Return what was asked for, for the record."""
        return {"size": self.size, "grey": self.grey, "faces": self.faces}


AS_IT_IS = Framing()


def faces_of(record: Mapping[str, Any]) -> str:
    """Return how the faces of a prepared dataset were cut out: ``crop``, ``align`` or empty.

    Args:
        record: ``dataset.json``, or a run's ``data.json``. Older ones do not say it: empty.
    """
    return str(record.get("framing", {}).get("faces", ""))


def _boxed(pixels: Pixels, box: Box | None) -> Pixels:
    """Return the square around a box, as wide as its longer side, inside the picture."""
    if box is None:
        return pixels
    height, width = pixels.shape[:2]
    x, y, across, down = box
    side = max(across, down)
    left, top = (round(c) for c in (x + (across - side) / 2, y + (down - side) / 2))
    cut = pixels[max(top, 0) : round(top + side), max(left, 0) : round(left + side)]
    inside = x < width and y < height and x + across > 0 and y + down > 0
    if min(across, down) <= 0 or not inside or 0 in cut.shape:
        raise ValueError(
            f"the face's box {tuple(round(v) for v in box)} has no area in the picture of "
            f"{width}x{height} pixels"
        )
    return cut


def _scaled(pixels: Pixels, size: int) -> Pixels:
    if not size or pixels.shape[:2] == (size, size):
        return pixels
    smaller = min(pixels.shape[:2]) >= size
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(pixels, (size, size), interpolation=way).astype("uint8")
