"""Light: too little, too much, too flat."""

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels
from mien.transforms.corruptions.measure import grain, rounded

GAMMA = 2.2
"""Display value = linear light ** (1 / GAMMA): near enough to sRGB's own curve."""
FULL = 1000
"""Photons that a pixel counts where the picture is white: those of a small sensor."""


def low_light(picture: Pixels, stops: float, rng: np.random.Generator) -> Pixels:
    """Halve the light ``stops`` times; what is left is as grainy as so few photons are.

    Poisson noise by its normal approximation: mean and variance are the count of photons.
    """
    photons = FULL * _linear()[picture] / np.float32(2**stops)
    counted = np.maximum(photons + np.sqrt(photons) * grain(picture, rng), 0)
    return rounded(255 * (counted / FULL) ** (1 / GAMMA))


def over_exposure(picture: Pixels, stops: float, _rng: np.random.Generator) -> Pixels:
    """Double the light ``stops`` times; what is whiter than white is cut off."""
    table = rounded(255 * (_linear() * 2**stops) ** (1 / GAMMA))
    return np.asarray(cv2.LUT(picture, table), np.uint8)


def low_contrast(picture: Pixels, left: float, _rng: np.random.Generator) -> Pixels:
    """Draw every value towards the picture's mean; ``left`` is the share of contrast that stays."""
    mean = float(picture.mean())
    table = rounded((np.arange(256) - mean) * left + mean)
    return np.asarray(cv2.LUT(picture, table), np.uint8)


@lru_cache(maxsize=1)
def _linear() -> npt.NDArray[np.float32]:
    """Return the linear light 0–1 of each of the 256 display values."""
    return ((np.arange(256) / 255) ** GAMMA).astype(np.float32)
