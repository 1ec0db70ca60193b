"""Light and shadow as a map to multiply a painted head with."""

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.drawn.brush import Brush
from mien.datasets.drawn.geometry import View, arc, ellipse, mouth, points
from mien.datasets.drawn.parameters import FaceParameters, Light

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
    """Draw the creases that action units press into the skin."""
    shape, units = parameters.shape, parameters.units
    eyes, tip = shape.eye_height, shape.eye_height + shape.nose_length
    depth = 0.7 + 0.5 * parameters.looks.age

    def crease(force: float, *pairs: tuple[float, float], bow: float = 0.0) -> None:
        if force > 0.15:
            value = max(0.0, _EVEN - 100 * depth * min(force, 1.0))
            brush.line(arc(points(*pairs), bow), (value,), 0.03)

    raised = min(units.au1, 1.0) * (0.5 + 0.5 * units.au2)
    for k in range(2):
        y = eyes - 0.5 - 0.09 * k
        crease(0.7 * raised, (-0.28, y), (0.28, y), bow=-0.03)
    for side, pull, dimple in zip(_SIDES, units.au12, units.au14, strict=True):
        frown = units.au4 * (1 - 0.5 * units.au2)
        crease(frown, (side * 0.045, eyes - 0.25), (side * 0.05, eyes - 0.1))
        fold = max(0.75 * pull, 0.9 * units.au9, 0.2 * parameters.looks.age)
        wing = side * (shape.nose_width + 0.03)
        corner = side * (shape.mouth_width + 0.12 + 0.05 * pull)
        crease(fold, (wing, tip - 0.05), (corner, shape.mouth_height - 0.03), bow=-side * 0.04)
        crease(units.au6, (side * 0.19, eyes + 0.11), (side * 0.45, eyes + 0.1), bow=0.03)
        for k in (-1, 0, 1):
            outer = side * (shape.eye_gap + 0.17)
            crease(
                0.8 * units.au6, (outer, eyes + 0.02 * k), (outer + side * 0.09, eyes + 0.06 * k)
            )
        for k in range(3):
            y = eyes + 0.02 + 0.06 * k
            crease(units.au9, (side * 0.02, y + 0.01), (side * 0.1, y - 0.03))
        pit = side * (shape.mouth_width + 0.13)
        lifted = shape.mouth_height - 0.14 * pull
        crease(1.3 * dimple, (pit, lifted - 0.08), (pit, lifted + 0.07), bow=-side * 0.03)
