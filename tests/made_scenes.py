"""Drawn people in scenes, upright and turned."""

import cv2
import numpy as np

from mien.datasets.drawn import draw_scene
from mien.datasets.source import Pixels


def scene(seed: int = 0, faces: int = 1, size: tuple[int, int] = (300, 300)) -> Pixels:
    """A drawn scene, uint8 [H, W, 3] RGB."""
    return draw_scene(np.random.default_rng(seed), faces, size)[0]


def turned_scene(picture: Pixels, degrees: float) -> Pixels:
    """The picture turned clockwise about its middle, its border reflected."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -degrees, 1)
    return np.asarray(
        cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )
