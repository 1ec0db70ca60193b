"""Light and shadow as a map to multiply a painted head with."""

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.drawn.brush import Brush
from mien.datasets.drawn.geometry import View, curve, ellipse, mouth, points
from mien.datasets.drawn.parameters import FaceParameters, Light
from mien.datasets.drawn.wrinkles import creases

Map = npt.NDArray[np.float32]
_EVEN = 128  # of a relief map: neither shadow nor sheen
_SIDES = (-1, 1)


def shading(shape: tuple[int, int], parameters: FaceParameters, view: View) -> Map:
    """Return what to multiply a canvas of ``shape`` (height, width) with: float32 [H, W].

    It is smooth, so it is made at half size: the lamp on an ellipsoid, broad shadows, wrinkles.
    """
    half = (shape[0] // 2, shape[1] // 2)
    small = View((view.centre[0] / 2, view.centre[1] / 2), view.scale / 2, view.pose, view.width)
    broad, fine = (Brush(np.full(half, _EVEN, np.uint8), small) for _ in range(2))
    _hollows(broad, parameters)
    _wrinkles(fine, parameters)
    relief = cv2.multiply(
        _soft(broad.canvas, 0.05 * small.scale), _soft(fine.canvas, 0.014 * small.scale)
    )
    whole = lamp(half, parameters.light, small) * relief
    return np.asarray(cv2.resize(whole, shape[::-1]), np.float32)


def lamp(shape: tuple[int, int], light: Light, view: View) -> Map:
    """Return Lambert's cosine shading of an ellipsoid that stands for the head."""
    rows, columns = np.indices(shape, np.float32)
    x = (columns - view.centre[0]) / (view.scale * view.width)
    y = (rows - view.centre[1]) / (view.scale * 1.1)
    radius = x * x + y * y
    rim = 1 / np.sqrt(np.maximum(radius, 1))
    z = np.sqrt(np.maximum(0, 1 - radius))
    side, up = np.radians((light.azimuth, light.elevation))
    cosine = rim * (x * np.sin(side) * np.cos(up) - y * np.sin(up)) + z * np.cos(side) * np.cos(up)
    mean = 1 - light.strength + 1.3 * light.strength * np.maximum(0, cosine)
    return np.asarray(light.brightness * mean, np.float32)


def _soft(relief: npt.NDArray[np.uint8], sigma: float) -> Map:
    blurred = cv2.GaussianBlur(relief, (0, 0), max(sigma, 0.5))
    return np.asarray(blurred, np.float32) / np.float32(_EVEN)


def _hollows(brush: Brush, parameters: FaceParameters) -> None:
    """Draw broad shadows and sheens: sockets, nose, lower lip, cheeks."""
    shape, units = parameters.shape, parameters.units
    tip = shape.eye_height + shape.nose_length
    away = -1 if parameters.light.azimuth > 0 else 1
    for side in _SIDES:
        x = side * shape.eye_gap
        brush.fill(ellipse(x, shape.eye_height - 0.03, 0.19, 0.12), (104,))
        cheek = ellipse(side * 0.4, tip - 0.1 - 0.04 * units.au6, 0.14, 0.09)
        brush.fill(cheek, (136 + 22 * units.au6,))
    low = mouth(shape, units).lower_lip[8]
    brush.fill(ellipse(0, low[1] + 0.06, 0.16, 0.035), (104,))
    brush.fill(ellipse(0, -0.42, 0.3, 0.12), (140,))
    brush.fill(ellipse(0, tip + 0.05, shape.nose_width, 0.035), (88,), 0.05)
    wing = away * shape.nose_width * 0.75
    flank = points((away * 0.06, shape.eye_height - 0.05), (wing, tip - 0.02))
    brush.line(flank, (96,), 0.07, nose=0.06)
    brush.line(points((0, shape.eye_height), (0, tip - 0.05)), (156,), 0.06, nose=0.12)


def _wrinkles(brush: Brush, parameters: FaceParameters) -> None:
    """Draw the creases that action units press into the skin; age deepens them."""
    depth = 100 * (0.7 + 0.5 * parameters.looks.age)
    for crease in creases(parameters):
        if crease.force > 0.15:
            value = max(0.0, _EVEN - depth * min(crease.force, 1.0))
            brush.line(curve(points(crease.start, crease.end), crease.bow), (value,), crease.wide)
