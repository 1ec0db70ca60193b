"""From parameters to pixels: one face framed tightly."""

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.drawn import paint
from mien.datasets.drawn.brush import Pixels
from mien.datasets.drawn.geometry import View
from mien.datasets.drawn.parameters import FaceParameters, Finish
from mien.datasets.drawn.sampling import sample
from mien.preprocess import to_grey

_FINER = 4  # the canvas is so many times larger than the picture, for smooth edges
_MIDDLE = 0.2  # face units from the middle of the head down to the middle of the frame
_REACH = 0.84  # face units from the middle of the frame to its edge


def draw_face(
    emotion: str, rng: np.random.Generator, size: int = 48, colour: bool = False
) -> Pixels:
    """Draw a made-up face that shows ``emotion``, framed as tightly as FER-2013 frames faces.

    Returns:
        uint8 [size, size] grey, or [size, size, 3] RGB where ``colour``.

    Raises:
        UnknownEmotionError: no such emotion.
    """
    return render(sample(emotion, rng), size, colour)


def render(parameters: FaceParameters, size: int = 48, colour: bool = False) -> Pixels:
    """Return a face (see ``draw_face``) from its parameters: no chance is left."""
    chance = np.random.default_rng(parameters.finish.seed)
    side, pose = size * _FINER, parameters.pose
    canvas = wall((side, side), parameters.finish, chance)
    scale = side / (2 * _REACH) * pose.zoom
    centre = (side / 2 + pose.shift_x * scale, side / 2 + (pose.shift_y - _MIDDLE) * scale)
    paint.person(canvas, parameters, View(centre, scale, pose, parameters.shape.width))
    picture = shrunk(canvas, (size, size))
    return camera(picture if colour else to_grey(picture), parameters.finish, chance)


def shrunk(canvas: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a canvas as a picture of ``size`` (width, height), each pixel a mean."""
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)


def wall(shape: tuple[int, int], finish: Finish, chance: np.random.Generator) -> Pixels:
    """Return a background uint8 [H, W, 3] RGB: one colour, unevenly lit."""
    uneven = np.array(finish.wall) + chance.uniform(-35, 35, (3, 3, 1))
    small = np.clip(uneven, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def camera(picture: Pixels, finish: Finish, chance: np.random.Generator) -> Pixels:
    """Return a picture after a lens that blurs and a sensor that flattens and adds noise."""
    blur = finish.blur * picture.shape[0] / 48
    if blur > 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.uint8)
    noise = chance.standard_normal(picture.shape, np.float32) * np.float32(finish.noise)
    values: npt.NDArray[np.float32] = (picture - np.float32(128)) * np.float32(finish.contrast)
    return np.clip(values + noise + np.float32(128.5), 0, 255).astype(np.uint8)
