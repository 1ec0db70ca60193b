"""Frames that do not fit the face: turned, moved, too wide.

What a frame uncovers was never stored. It is filled with the colours of the picture's border, drawn
outwards and out of focus. Reflecting the picture, as training does for a few pixels, would show
more than one face here.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels
from mien.transforms.corruptions.measure import side_of

Matrix = npt.NDArray[np.float64]
SURROUNDINGS = 0.08
"""How blurred what lies outside is: the deviation as a share of the side."""
EDGE = 0.02
"""How softly the two meet, likewise."""


def rotation(picture: Pixels, degrees: float, rng: np.random.Generator) -> Pixels:
    """Turn the face by so many degrees, to the left or to the right."""
    angle = math.radians(degrees) * _sign(rng)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return _reframed(picture, turn, np.zeros(2))


def shift(picture: Pixels, distance: float, rng: np.random.Generator) -> Pixels:
    """Move the face in any direction; ``distance`` is a share of the side."""
    angle = rng.uniform(0, 2 * math.pi)
    way = np.array([math.cos(angle), math.sin(angle)])
    return _reframed(picture, np.eye(2), distance * side_of(picture) * way)


def loose_crop(picture: Pixels, times: float, _rng: np.random.Generator) -> Pixels:
    """Frame the face so many ``times`` wider and higher: it is that much smaller in its frame."""
    smooth = cv2.GaussianBlur(picture, (0, 0), max(0.5 * math.sqrt(times**2 - 1), 0.1))
    return _reframed(np.asarray(smooth, np.uint8), times * np.eye(2), np.zeros(2))


def _sign(rng: np.random.Generator) -> int:
    return 1 if rng.random() < 0.5 else -1


def _reframed(picture: Pixels, turn: Matrix, moved: npt.NDArray[np.float64]) -> Pixels:
    """Return the picture seen through another frame.

    Args:
        picture: ``uint8 [H, W]`` or ``uint8 [H, W, 3]``.
        turn: ``[2, 2]``, from the new frame to the old one, about the middle.
        moved: ``[2]``, how far the face moves in the old one, in pixels (x, y).
    """
    height, width = picture.shape[:2]
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix = np.column_stack((turn, middle - turn @ middle - moved))
    way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(
        picture, matrix, (width, height), flags=way, borderMode=cv2.BORDER_REPLICATE
    )
    side = side_of(picture)
    around = cv2.GaussianBlur(seen, (0, 0), SURROUNDINGS * side)
    stored = cv2.warpAffine(
        np.ones((height, width), np.float32), matrix, (width, height), flags=way
    )  # 0 outside
    soft = cv2.GaussianBlur(stored, (0, 0), EDGE * side, borderType=cv2.BORDER_REPLICATE)
    share = np.clip(2 * soft - 1, 0, 1)
    share = share if picture.ndim == 2 else share[..., None]
    return (around + share * (seen.astype(np.float32) - around) + 0.5).astype(np.uint8)
