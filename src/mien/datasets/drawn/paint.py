"""Painting a head: flat colours from back to front, then light and wrinkles over all of them."""

import cv2
import numpy as np

from mien.datasets.drawn import geometry
from mien.datasets.drawn.brush import Brush, Colour, Pixels, Tones, mix, tones
from mien.datasets.drawn.geometry import Points, View, ellipse, points
from mien.datasets.drawn.light import shading
from mien.datasets.drawn.parameters import FaceParameters

_SIDES = (-1, 1)
_SHOULDERS = points(
    *((-1.6, 12), (-1.55, 1.9), (-1.3, 1.6), (-0.5, 1.35)),
    *((0.5, 1.35), (1.3, 1.6), (1.55, 1.9), (1.6, 12)),
)
_BLACK, _WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)


def person(canvas: Pixels, parameters: FaceParameters, view: View) -> None:
    """Paint a head with neck and shoulders on ``canvas`` (uint8 [H, W, 3] RGB), in place."""
    brush, colours = Brush(canvas, view), tones(parameters.looks)
    _back(brush, parameters, colours)
    _head(brush, parameters, colours)
    _nose(brush, parameters, colours)
    for side in _SIDES:
        _eye(brush, parameters, colours, side)
        brush.fill(geometry.brow(parameters.shape, parameters.units, side), _brows(colours))
    _mouth(brush, parameters, colours)
    if parameters.looks.hair_style != "bald":
        brush.body(geometry.hair(parameters.shape), colours.hair)
    _light(brush, parameters)
    _glasses(brush, parameters)


def _light(brush: Brush, parameters: FaceParameters) -> None:
    canvas = brush.canvas
    shade = shading((canvas.shape[0], canvas.shape[1]), parameters, brush.view) * 128
    level = cv2.convertScaleAbs(shade)
    cv2.copyTo(cv2.multiply(canvas, cv2.merge([level] * 3), scale=1 / 128), brush.lit, canvas)


def _back(brush: Brush, parameters: FaceParameters, colours: Tones) -> None:
    """Paint what is behind the face: long hair, shoulders, neck, ears."""
    shape, looks = parameters.shape, parameters.looks
    if looks.hair_style == "long":
        wide = shape.width * shape.hair_volume + 0.08
        brush.body(ellipse(0, 0.25, wide, 1.3), colours.hair)
    brush.body(_SHOULDERS, looks.clothes)
    side = 0.42 * shape.width / 0.75
    neck = points((-side, 0.5), (side, 0.5), (side * 1.15, 1.45), (0, 1.6), (-side * 1.15, 1.45))
    brush.body(neck, mix(colours.skin, _BLACK, 0.3))
    for ear in _SIDES:
        x = ear * shape.width * 0.98
        brush.body(ellipse(x, 0.08, 0.09, 0.19), mix(colours.skin, _BLACK, 0.1))


def _head(brush: Brush, parameters: FaceParameters, colours: Tones) -> None:
    shape, units, looks = parameters.shape, parameters.units, parameters.looks
    outline = geometry.head(shape, units)
    brush.body(outline, colours.skin)
    brush.line(
        outline, mix(colours.skin, colours.line, parameters.finish.outline), 0.02, closed=True
    )
    if looks.beard:
        tone = mix(colours.skin, colours.hair, looks.beard * 0.8)
        below = outline[:, 1] > 0.25
        jaw = outline[below] * (0.99, 0.99)
        lips = geometry.mouth(shape, units)
        brush.fill(np.concatenate((jaw, _over_lip(lips, shape.nose_width))), tone)


def _over_lip(lips: geometry.Mouth, nose: float) -> Points:
    """Return the upper edge of a beard, from the picture's left to its right."""
    y = lips.upper_lip[8, 1] - 0.1
    wide = abs(lips.upper[0, 0]) + 0.08
    return points((-wide, y + 0.1), (-nose, y), (nose, y), (wide, y + 0.1))


def _nose(brush: Brush, parameters: FaceParameters, colours: Tones) -> None:
    """Paint nostrils and wings, which AU9 pulls up and widens."""
    shape, units = parameters.shape, parameters.units
    tip = shape.eye_height + shape.nose_length - 0.03 * units.au9
    wide = shape.nose_width * (1 + 0.2 * units.au9)
    for side in _SIDES:
        wing = geometry.curve(
            points((side * wide, tip - 0.07), (side * wide * 0.8, tip + 0.02)), -side * 0.025
        )
        brush.line(wing, mix(colours.skin, colours.line, 0.5), 0.018, nose=0.04)
        brush.fill(ellipse(side * wide * 0.5, tip + 0.015, 0.038, 0.018), colours.line, 0.06)


def _eye(brush: Brush, parameters: FaceParameters, colours: Tones, side: int) -> None:
    shape, pose = parameters.shape, parameters.pose
    top, bottom = geometry.eye(shape, parameters.units, side)
    x, y = side * shape.eye_gap + pose.gaze_x, shape.eye_height - 0.008 + pose.gaze_y
    iris = 0.066 * shape.eye_size
    window = np.concatenate((top, bottom[::-1]))
    brush.inside(
        window,
        [
            (window, (236.0, 232.0, 228.0)),
            (ellipse(x, y, iris, iris), colours.iris),
            (ellipse(x, y, iris * 0.5, iris * 0.5), _BLACK),
            (ellipse(x + 0.022, y - 0.024, 0.014, 0.014), _WHITE),
        ],
    )
    brush.line(bottom, mix(colours.skin, colours.line, 0.55), 0.012)
    brush.line(top, mix(colours.line, _BLACK, 0.6), 0.028)
    brush.line(top - (0, 0.045), mix(colours.skin, colours.line, 0.35), 0.012)


def _mouth(brush: Brush, parameters: FaceParameters, colours: Tones) -> None:
    lips = geometry.mouth(parameters.shape, parameters.units)
    brush.fill(np.concatenate((lips.upper_lip, lips.lower_lip[::-1])), colours.lips)
    gap = lips.lower[:, 1] - lips.upper[:, 1]
    if gap.max() > 0.02:
        brush.fill(np.concatenate((lips.upper, lips.lower[::-1])), (52, 18, 20))
        teeth = lips.upper + np.stack((np.zeros_like(gap), np.minimum(gap, 0.06)), 1)
        brush.fill(np.concatenate((lips.upper, teeth[::-1])), (236, 230, 220))
        tongue = lips.lower - np.stack((np.zeros_like(gap), np.maximum(0, gap - 0.17)), 1)
        brush.fill(np.concatenate((tongue, lips.lower[::-1])), (150, 70, 74))
        opening = np.concatenate((lips.upper, lips.lower[::-1]))
        brush.line(opening, mix(colours.lips, _BLACK, 0.6), 0.018, closed=True)
    else:
        brush.line(lips.upper, mix(colours.lips, _BLACK, 0.7), 0.022)


def _brows(colours: Tones) -> Colour:
    return mix(mix(colours.hair, _BLACK, 0.3), colours.line, 0.35)


def _glasses(brush: Brush, parameters: FaceParameters) -> None:
    if parameters.looks.glasses == "none":
        return
    shape, frame = parameters.shape, (36, 30, 30)
    y, wide = shape.eye_height + 0.02, shape.eye_gap - 0.05
    for side in _SIDES:
        rim = ellipse(side * shape.eye_gap, y, wide, 0.19)
        if parameters.looks.glasses == "square":
            middle = np.array((side * shape.eye_gap, y))
            rim = middle + np.clip((rim - middle) * 1.3, (-wide, -0.16), (wide, 0.16))
        brush.line(rim, frame, 0.026, closed=True, nose=0.05)
        outer = side * (shape.eye_gap + wide)
        brush.line(points((outer, y - 0.03), (side * shape.width, y - 0.05)), frame, 0.026)
    brush.line(points((-0.05, y - 0.02), (0.05, y - 0.02)), frame, 0.026, nose=0.1)
