"""Things that cover a part of the face.

Eyes and mouth are where they lie in the frames of FER-2013 (medians of
``results/face_framing.json``), and so in faces that mien cuts out itself. They are not looked for
in each picture.
"""

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from mien.preprocess import Pixels, to_grey
from mien.transforms.corruptions.measure import rounded, side_of

EYES, MOUTH = 0.39, 0.75
"""Their heights in the frame, as shares of it."""
EYES_SPAN, MOUTH_SPAN = (0.12, 0.88), (0.2, 0.8)
"""From where to where the bands reach, as shares of the width."""
CLOTH, PLEAT = (182, 205, 216), (148, 172, 186)
"""RGB of a mask and of its folds."""

_FINE = 384  # pixels a side on which shapes are drawn before they are shrunk, for smooth edges
Shares = npt.NDArray[np.float32]


def random_patch(picture: Pixels, length: float, rng: np.random.Generator) -> Pixels:
    """Lay a grey square anywhere; ``length`` is its side as a share of the face's."""
    across, down, grey = rng.random(), rng.random(), rng.integers(0, 256)
    height, width = picture.shape[:2]
    side = round(length * side_of(picture))
    left, top = round(across * (width - side)), round(down * (height - side))
    covered = picture.copy()
    covered[top : top + side, left : left + side] = grey
    return covered


def eyes_band(picture: Pixels, height: float, _rng: np.random.Generator) -> Pixels:
    """Lay a black band over the eyes; ``height`` is a share of the picture's."""
    return _band(picture, EYES, height, EYES_SPAN)


def mouth_band(picture: Pixels, height: float, _rng: np.random.Generator) -> Pixels:
    """Lay a black band over the mouth; ``height`` is a share of the picture's."""
    return _band(picture, MOUTH, height, MOUTH_SPAN)


def lower_face_mask(picture: Pixels, top: float, _rng: np.random.Generator) -> Pixels:
    """Put on a mask of cloth, its edge on the nose at ``top``, a share of the picture's height."""
    shape, folds = _mask(*picture.shape[:2], top)
    darker = np.array(CLOTH, np.float32) - PLEAT
    worn = rounded(np.array(CLOTH, np.float32) - folds[..., None] * darker)
    return _laid(picture, to_grey(worn) if picture.ndim == 2 else worn, shape)


def _band(picture: Pixels, middle: float, height: float, span: tuple[float, float]) -> Pixels:
    corners = ((x, y) for x, y in zip((*span, *span[::-1]), (-1, -1, 1, 1), strict=True))
    points = tuple((x, middle + y * height / 2) for x, y in corners)
    return _laid(picture, np.zeros_like(picture), _drawn(*picture.shape[:2], points))


@lru_cache(maxsize=32)
def _mask(height: int, width: int, top: float) -> tuple[Shares, Shares]:
    """Return the shape of a mask and its folds, shares 0–1 ``float32 [H, W]`` each."""
    across = np.linspace(0.1, 0.9, 17)
    edge = top + 0.06 * np.abs((across - 0.5) / 0.4) ** 1.5  # lower at the cheeks than on the nose
    chin = ((0.86, 0.87), (0.7, 1.0), (0.3, 1.0), (0.14, 0.87))
    shape = _drawn(height, width, (*zip(across.tolist(), edge.tolist(), strict=True), *chin))
    folds = np.zeros_like(shape)
    for down in (0.3, 0.55, 0.8):
        y = top + down * (1 - top)
        folds += _drawn(height, width, ((0.14, y - 0.008), (0.86, y - 0.008), (0.86, y + 0.012)))
    return shape, np.clip(folds, 0, 1)


@lru_cache(maxsize=32)
def _drawn(height: int, width: int, points: tuple[tuple[float, float], ...]) -> Shares:
    """Return how much of each pixel lies in a polygon of shares, ``float32 [H, W]``, 0–1."""
    finer = max(1, _FINE // min(height, width))
    fine = np.zeros((height * finer, width * finer), np.float32)
    corners = np.array(points) * fine.shape[::-1]
    cv2.fillPoly(fine, [np.round(corners).astype(np.int32)], 1.0)
    small = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _laid(picture: Pixels, over: Pixels, share: Shares) -> Pixels:
    """Return a picture with another laid over a share of each pixel."""
    share = share if picture.ndim == 2 else share[..., None]
    mixed = picture + share * (over.astype(np.float32) - picture)
    return rounded(np.asarray(mixed, np.float32))
