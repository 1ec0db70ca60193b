"""What corruptions measure by: the face's side, and the grain of noise."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels

GRAINS = 48
"""Grains of noise across a face: those of a sensor on which the face is so many pixels wide."""


def side_of(picture: Pixels) -> int:
    """Return the side of a face in pixels: the shorter one of its picture."""
    height, width = picture.shape[:2]
    return int(min(height, width))


def grain(picture: Pixels, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return noise of mean 0 and deviation 1, of the picture's shape, in ``GRAINS`` a side.

    So noise is as coarse on a large picture as on one of 48 pixels, and is not averaged away when
    a network makes the picture smaller.
    """
    scale = GRAINS / side_of(picture)
    height, width = picture.shape[:2]
    shape = (max(1, round(height * scale)), max(1, round(width * scale)), *picture.shape[2:])
    drawn = rng.standard_normal(shape, np.float32)
    if drawn.shape == picture.shape:
        return drawn
    larger = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(larger, np.float32)


def rounded(values: npt.NDArray[np.floating[Any]]) -> Pixels:
    """Return values as the nearest ``uint8``, those outside cut off."""
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)
