"""Filling contours on a canvas, and the colours of a person."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.drawn.geometry import Points, View
from mien.datasets.drawn.parameters import Looks

Pixels = npt.NDArray[np.uint8]
Colour = tuple[float, ...]

_SKIN = ((92, 60, 46), (134, 90, 64), (178, 128, 96), (214, 166, 134), (240, 202, 176))
_HAIR = ((24, 20, 18), (52, 34, 24), (92, 60, 36), (146, 102, 56), (190, 160, 108), (168, 166, 164))
_IRIS = ((40, 26, 18), (84, 54, 28), (92, 104, 60), (84, 120, 150))
_BLACK = (0.0, 0.0, 0.0)
_SHIFT = 4  # cv2 takes coordinates in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one person, RGB 0–255."""

    skin: Colour
    hair: Colour
    iris: Colour
    lips: Colour
    line: Colour


def tones(looks: Looks) -> Tones:
    """Return the colours that the looks stand for."""
    skin = _along(_SKIN, looks.skin)
    red = mix((150, 60, 60), (176, 40, 60), looks.lipstick)
    return Tones(
        skin=skin,
        hair=_along(_HAIR, looks.hair),
        iris=_along(_IRIS, looks.iris),
        lips=mix(mix(skin, _BLACK, 0.2), red, 0.3 + 0.4 * looks.lipstick),
        line=mix(skin, _BLACK, 0.75),
    )


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour between two: ``share`` of the other one."""
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))


def _along(palette: tuple[Colour, ...], place: float) -> Colour:
    low = min(int(place * (len(palette) - 1)), len(palette) - 2)
    return mix(palette[low], palette[low + 1], place * (len(palette) - 1) - low)


class Brush:
    """Paints contours given in face units.

    Attributes:
        canvas: uint8 [H, W, 3] RGB (or [H, W] for a map of shadows), painted in place.
        lit: uint8 [H, W], 255 where a person is: the lamp lights them and not the wall.
    """

    def __init__(self, canvas: Pixels, view: View) -> None:
        self.canvas, self.view = canvas, view
        self.lit: Pixels = np.zeros(canvas.shape[:2], np.uint8)

    def fill(self, contour: Points, colour: Colour, nose: float = 0.0) -> None:
        """Fill a contour; ``nose`` says how far it stands out of the face."""
        cv2.fillPoly(self.canvas, [self._fixed(contour, nose)], colour, cv2.LINE_8, _SHIFT)

    def body(self, contour: Points, colour: Colour) -> None:
        """Fill a contour that belongs to the person's outline."""
        at = self._fixed(contour, 0)
        for picture, value in ((self.canvas, colour), (self.lit, (255,))):
            cv2.fillPoly(picture, [at], value, cv2.LINE_8, _SHIFT)

    def line(
        self, contour: Points, colour: Colour, wide: float, *, closed: bool = False, nose: float = 0
    ) -> None:
        """Draw a line, ``wide`` in face units."""
        thick = max(1, round(wide * self.view.scale))
        at = self._fixed(contour, nose)
        cv2.polylines(self.canvas, [at], closed, colour, thick, cv2.LINE_8, _SHIFT)

    def inside(self, window: Points, shapes: list[tuple[Points, Colour]]) -> None:
        """Fill shapes, clipped to a window."""
        at = self._fixed(window, 0)
        low = np.maximum(at.min(0) >> _SHIFT, 0)
        high = (at.max(0) >> _SHIFT) + 2
        view = self.canvas[low[1] : high[1], low[0] : high[0]]
        if not view.size:
            return
        origin = low << _SHIFT
        mask, layer = np.zeros(view.shape[:2], np.uint8), view.copy()
        cv2.fillPoly(mask, [at - origin], 255, cv2.LINE_8, _SHIFT)
        for contour, colour in shapes:
            there = self._fixed(contour, 0) - origin
            cv2.fillPoly(layer, [there], colour, cv2.LINE_8, _SHIFT)
        cv2.copyTo(layer, mask, view)

    def _fixed(self, contour: Points, nose: float) -> npt.NDArray[np.int32]:
        return np.asarray(np.rint(self.view(contour, nose) * 2**_SHIFT), np.int32)
