"""The one table of corruptions: what each does, and how strongly at each of five levels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

import numpy as np

from mien.errors import ImageError, UnknownNameError, UsageError
from mien.preprocess import Pixels
from mien.transforms.corruptions import blurs, covers, detail, framing, light

LEVELS = (1, 2, 3, 4, 5)
VERSION = 1
"""Counted up when a corruption gives other pictures for the same level."""

Change = Callable[[Pixels, float, np.random.Generator], Pixels]


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way in which a picture of a face gets worse.

    Attributes:
        change: (picture, strength, random numbers) → changed picture.
        levels: the strength at each level.
        unit: what the strength is.
        what: a few words on it.
    """

    change: Change
    levels: tuple[float, float, float, float, float]
    unit: str
    what: str


CORRUPTIONS: Mapping[str, Corruption] = MappingProxyType(
    {
        "gaussian_blur": Corruption(
            blurs.gaussian_blur,
            (0.012, 0.02, 0.029, 0.039, 0.05),
            "deviation, share of the side",
            "Gaussian blur",
        ),
        "motion_blur": Corruption(
            blurs.motion_blur,
            (0.06, 0.1, 0.14, 0.19, 0.24),
            "length of the smear, share of the side",
            "even smear along a line of random direction",
        ),
        "defocus_blur": Corruption(
            blurs.defocus_blur,
            (0.02, 0.033, 0.047, 0.063, 0.08),
            "radius of the disk, share of the side",
            "blur with a disk",
        ),
        "low_light": Corruption(
            light.low_light,
            (1, 1.75, 2.5, 3.25, 4),
            "stops (each halves the light)",
            f"less light, with the noise of so few photons ({light.FULL:,} at white)",
        ),
        "over_exposure": Corruption(
            light.over_exposure,
            (0.5, 0.9, 1.3, 1.7, 2.1),
            "stops (each doubles the light)",
            "more light, cut off at white",
        ),
        "low_contrast": Corruption(
            light.low_contrast,
            (0.4, 0.3, 0.2, 0.13, 0.08),
            "share of the contrast that stays",
            "values drawn to the picture's mean",
        ),
        "noise": Corruption(
            detail.noise,
            (0.03, 0.06, 0.09, 0.13, 0.18),
            "deviation, share of the range 0–255",
            "Gaussian noise, its grain 1/48 of the side",
        ),
        "jpeg": Corruption(
            detail.jpeg,
            (50, 30, 18, 12, 8),
            "quality",
            "JPEG of the stored picture, in blocks of 8 stored pixels",
        ),
        "low_resolution": Corruption(
            detail.low_resolution,
            (28, 22, 18, 15, 12),
            "pixels that the side has left",
            "made smaller by averaging, then enlarged bilinearly",
        ),
        "rotation": Corruption(
            framing.rotation, (9, 18, 27, 36, 45), "degrees", "turned to a random side"
        ),
        "shift": Corruption(
            framing.shift,
            (0.05, 0.1, 0.15, 0.2, 0.25),
            "distance, share of the side",
            "moved in a random direction",
        ),
        "loose_crop": Corruption(
            framing.loose_crop,
            (1.15, 1.3, 1.5, 1.75, 2),
            "frame, times the stored one",
            "a frame that is too wide, so the face is small in it",
        ),
        "random_patch": Corruption(
            covers.random_patch,
            (0.15, 0.23, 0.31, 0.39, 0.47),
            "side of the patch, share of the side",
            "a square of one random grey at a random place",
        ),
        "eyes_band": Corruption(
            covers.eyes_band,
            (0.06, 0.11, 0.16, 0.22, 0.28),
            "height of the band, share of the height",
            f"a black band over the eyes, its middle at {covers.EYES} of the height",
        ),
        "mouth_band": Corruption(
            covers.mouth_band,
            (0.06, 0.11, 0.16, 0.22, 0.28),
            "height of the band, share of the height",
            f"a black band over the mouth, its middle at {covers.MOUTH} of the height",
        ),
        "lower_face_mask": Corruption(
            covers.lower_face_mask,
            (0.8, 0.72, 0.64, 0.57, 0.5),
            "height of its upper edge, share of the height from above",
            "a mask of pale cloth, from the chin upwards",
        ),
    }
)
"""Name → corruption.

Blurs, noise, light, contrast, JPEG and resolution follow the kinds of Hendrycks & Dietterich 2019
(arXiv:1903.12261). The strengths are mien's own: theirs are in pixels of objects at 224 px, these
in shares of a face's side, chosen by eye on faces of 48 px: each level is visibly more than the
one below, and level 5 is still a plausible picture. The other kinds are the troubles of faces:
frames that do not fit, masks, hidden eyes.
"""


def corrupt(picture: Pixels, name: str, level: int, picture_id: str, seed: int = 0) -> Pixels:
    """Return a picture of a face made worse.

    The random numbers come from the seed, the picture's id and the corruption alone. So the same
    picture gets the same change in any order and in any process, and a higher level is more of it:
    the same direction, the same grain, the same place.

    Args:
        picture: ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB; it is not changed.
        name: a key of ``CORRUPTIONS``.
        level: 1 (least) to 5; 0 leaves the picture as it is.
        picture_id: of the picture.
        seed: of the grid.

    Returns:
        ``uint8`` of the same shape.

    Raises:
        UnknownNameError: no such corruption.
        UsageError: no such level.
        ImageError: another shape or type.
    """
    if name not in CORRUPTIONS:
        raise UnknownNameError("corruption", name, CORRUPTIONS)
    if level not in (0, *LEVELS):
        raise UsageError(f"level {level}: expected 0 (as it is) or {LEVELS[0]} to {LEVELS[-1]}")
    _check(picture)
    if level == 0:
        return picture.copy()
    corruption = CORRUPTIONS[name]
    return corruption.change(picture, corruption.levels[level - 1], chance(seed, picture_id, name))


def chance(seed: int, picture_id: str, name: str) -> np.random.Generator:
    """Return the random numbers of one picture and one corruption."""
    text = f"{seed}/{name}/{picture_id}".encode("utf-8", "surrogatepass")
    return np.random.default_rng(int.from_bytes(blake2b(text, digest_size=8).digest(), "big"))


def _check(picture: Pixels) -> None:
    shape = picture.shape
    right = picture.ndim == 2 or (picture.ndim == 3 and shape[2] == 3)
    if not right or picture.dtype != np.uint8 or min(shape) < 2:
        raise ImageError(
            "a face is uint8 [height, width] or [height, width, 3] of two pixels a side at least, "
            f"not {picture.dtype} {list(shape)}"
        )
