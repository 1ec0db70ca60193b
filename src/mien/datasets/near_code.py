"""Codes that near copies share in most bits: signs of random projections of low frequencies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mien.datasets.near_match import FLATTEST
from mien.datasets.source import Pixels
from mien.preprocess import to_grey

BITS = 192
WORDS = BITS // 64
SAMPLE = 5000
"""Pictures that the mean and the deviation of the frequencies are taken from, evenly spaced."""

_SIDE, _FREQUENCIES, _WHOLE = 32, 8, 40
_MIDDLE = (_WHOLE - _SIDE) // 2
_CUTS = (
    (_MIDDLE, _MIDDLE, _SIDE),
    *((_MIDDLE + y, _MIDDLE + x, _SIDE) for d in (1, 2) for y in (-d, d) for x in (-d, d)),
    *((_MIDDLE + y, _MIDDLE + x, _SIDE) for y, x in ((-2, 0), (2, 0), (0, -2), (0, 2))),
    *((_MIDDLE + d, _MIDDLE + d, _SIDE - 2 * d) for d in (1, 2, -1, -2)),
)
"""Top, left and side of the parts of a 40-pixel picture that are coded: the middle, the middle
moved to twelve sides, and parts a little smaller and larger. The first is the picture's own code,
the others are what it is looked up by: they make the lookup find moved and scaled copies."""
VIEWS = len(_CUTS)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Coder:
    """Turns pictures into codes; ``mean`` and ``scale`` ``float32 [63]`` come from the pictures."""

    mean: Floats
    scale: Floats
    projection: Floats

    @classmethod
    def fitted(cls, count: int, pixels: Callable[[int], Pixels]) -> "Coder":
        """Return a coder for ``count`` pictures, from an evenly spaced sample of them.

        The frequencies' deviations are brought half-way (square root) to one another: so fine
        ones count, and coarse ones, which survive a shift, count more.
        """
        rows = np.linspace(0, count - 1, min(count, SAMPLE)).astype(int).tolist()
        every = np.stack([described(pixels(n))[0] for n in rows])
        random = np.random.default_rng(0).standard_normal((every.shape[1], BITS))
        scale = np.asarray(1 / np.sqrt(np.maximum(every.std(0), 1e-3)), np.float32)
        return cls(np.asarray(every.mean(0)), scale, random.astype(np.float32))

    def codes(self, pictures: Sequence[Pixels]) -> npt.NDArray[np.uint64]:
        """Return the codes of the views of pictures, ``uint64 [N, VIEWS, WORDS]``.

        A flat picture's codes are 0.
        """
        frequencies = np.stack([described(picture) for picture in pictures])
        bits = ((frequencies - self.mean) * self.scale) @ self.projection > 0
        codes = np.packbits(bits, axis=-1, bitorder="little").view(np.uint64)
        return np.where(frequencies.any(-1, keepdims=True), codes, np.uint64(0))


def described(picture: Pixels) -> Floats:
    """Return the low frequencies of each view, of unit length, ``float32 [VIEWS, 63]``.

    Without the mean grey value and of unit length, they do not change with brightness and
    contrast. Those of a flat picture are all 0.
    """
    grey = cv2.resize(to_grey(picture), (_WHOLE, _WHOLE), interpolation=cv2.INTER_AREA)
    found = np.zeros((VIEWS, _FREQUENCIES**2 - 1), np.float32)
    if grey.std() < FLATTEST:
        return found
    whole = grey.astype(np.float32)
    for row, (top, left, side) in zip(found, _CUTS, strict=True):
        row[:] = _low(whole[top : top + side, left : left + side])
    return found


def _low(part: Floats) -> Floats:
    """Return the low frequencies of a part, of unit length."""
    same: Any = part if len(part) == _SIDE else cv2.resize(part, (_SIDE, _SIDE))
    low = cv2.dct(np.ascontiguousarray(same))[:_FREQUENCIES, :_FREQUENCIES].ravel()[1:]
    return np.asarray(low / max(float(np.linalg.norm(low)), 1e-6), np.float32)
