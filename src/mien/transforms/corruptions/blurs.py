"""Blurs: what a lens out of focus, a hand that shakes, or a smooth filter does to a face."""

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels
from mien.transforms.corruptions.measure import side_of

Kernel = npt.NDArray[np.float32]


def gaussian_blur(picture: Pixels, sigma: float, _rng: np.random.Generator) -> Pixels:
    """Blur with a Gaussian; ``sigma`` is a share of the side."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma * side_of(picture)), np.uint8)


def motion_blur(picture: Pixels, length: float, rng: np.random.Generator) -> Pixels:
    """Smear evenly along a line of any direction; ``length`` is a share of the side."""
    angle = rng.uniform(0, np.pi)
    return _filtered(picture, line(length * side_of(picture), angle))


def defocus_blur(picture: Pixels, radius: float, _rng: np.random.Generator) -> Pixels:
    """Blur with a disk, as an open lens does; ``radius`` is a share of the side."""
    return _filtered(picture, disk(radius * side_of(picture)))


def line(length: float, angle: float) -> Kernel:
    """Return a line through the middle as weights that add up to 1, ``float32 [k, k]``.

    Args:
        length: in pixels.
        angle: in radians, from the x axis.
    """
    reach = int(np.ceil(length / 2)) + 1
    along = np.linspace(-length / 2, length / 2, 8 * reach + 1)
    x, y = (along * turn + reach for turn in (np.cos(angle), np.sin(angle)))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    kernel = np.zeros((2 * reach + 2, 2 * reach + 2))
    for across in (0, 1):
        for down in (0, 1):
            near = (1 - abs(x - left - across)) * (1 - abs(y - top - down))
            np.add.at(kernel, (top + down, left + across), near)
    return np.asarray(kernel[:-1, :-1] / kernel.sum(), np.float32)


@lru_cache(maxsize=64)
def disk(radius: float) -> Kernel:
    """Return a disk of ``radius`` pixels as weights that add up to 1, ``float32 [k, k]``."""
    reach = int(np.ceil(radius))
    away = np.arange(-reach, reach + 1)
    inside = np.clip(radius + 0.5 - np.hypot(away, away[:, None]), 0, 1)
    return np.asarray(inside / inside.sum(), np.float32)


def _filtered(picture: Pixels, kernel: Kernel) -> Pixels:
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT), np.uint8)
