"""How far two pictures are one: the correlation where they lie best on each other."""

from collections.abc import Sequence

import cv2
import numpy as np

from mien.datasets.source import Pixels
from mien.preprocess import to_grey

SIDE = 48
SCALES = (0.92, 0.96, 1.0, 1.04, 1.08)
FLATTEST = 3.0
"""Pictures and parts with a smaller deviation have nothing that could be matched."""
_COARSE = (0.95, 1.0, 1.05)


def match(one: Pixels, other: Pixels, least: float = -1.0) -> float:
    """Return the largest correlation of the middle of one picture with a place in the other.

    Both become 48x48 grey, smoothed a little (deviation 0.8 px), so that how a copy was scaled or
    coded does not count. The middle 36x36 pixels of the first, scaled by 0.92 to 1.08, are laid
    on every place of the second; the correlation (of values less their means) is that of Lewis
    1995, "Fast normalized cross-correlation". It does not change with brightness and contrast.

    Args:
        one: ``uint8 [H, W]`` or ``uint8 [H, W, 3]`` RGB.
        other: the same.
        least: where the same at half the size stays below it, that is returned.

    Returns:
        -1 to 1; -1 where one of them is flat.
    """
    first, second = _smooth(one), _smooth(other)
    coarse = _best(_grey(first, SIDE // 2), _grey(second, SIDE // 2), _COARSE)
    return coarse if coarse < least else _best(first, second, SCALES)


def _smooth(picture: Pixels) -> Pixels:
    return cv2.GaussianBlur(_grey(picture, SIDE), (0, 0), 0.8).astype(np.uint8)


def _best(first: Pixels, second: Pixels, scales: Sequence[float]) -> float:
    border = len(first) // 8
    middle = first[border:-border, border:-border]
    if middle.std() < FLATTEST:
        return -1.0
    return max(_found(middle, second, round(len(middle) * scale)) for scale in scales)


def _found(middle: Pixels, second: Pixels, side: int) -> float:
    """Return the correlation where a part, scaled to a side, lies best on a picture."""
    part = middle if side == len(middle) else cv2.resize(middle, (side, side))
    _, score, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(second, part, cv2.TM_CCOEFF_NORMED))
    place = second[y : y + side, x : x + side]
    return min(score, 1.0) if place.std() >= FLATTEST else -1.0  # OpenCV divides 0 by 0 there


def _grey(picture: Pixels, side: int) -> Pixels:
    grey = to_grey(picture)
    if grey.shape == (side, side):
        return np.ascontiguousarray(grey)
    return cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA).astype(np.uint8)
