"""The one preprocessing specification: training, evaluation and inference all use it.

It has two steps, so that augmentation can stand between them:

1. ``fit``: one picture → ``uint8 [C, S, S]`` (grey or RGB, resized, equalised),
2. ``normalise``: a batch → ``float32``, about zero mean and unit deviation.

Every model file stores its specification as JSON (``to_dict``), and answers only through it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from mien.errors import ConfigError, ImageError

Pixels = npt.NDArray[np.uint8]
EQUALISE = ("none", "histogram", "clahe")
CLIP_LIMIT, TILES = 2.0, 8
Batch = TypeVar("Batch")
"""A numpy array or a torch tensor: ``normalised`` uses only what both understand."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a face becomes a network's input.

    Attributes:
        size: side S of the square input in pixels.
        channels: 1 for grey, 3 for RGB.
        normalise: ``"per_image"`` subtracts each picture's own mean and divides by its own
            standard deviation, which cancels brightness and contrast exactly; ``"fixed"`` uses
            ``mean`` and ``std``.
        mean, std: one number a channel, for pixel values scaled to 0–1 (``"fixed"`` only).
        equalise: ``"histogram"`` spreads the grey levels of the resized picture evenly;
            ``"clahe"`` does so in tiles and limits the contrast (Pizer et al. 1987,
            doi:10.1016/S0734-189X(87)80186-X; Zuiderveld 1994, *Graphics Gems IV*, 474–485).
            Of RGB it is the luma of YCrCb, so that hues stay.
        clip_limit: how many times the mean count of its tile one grey level may have (``"clahe"``
            only). OpenCV rounds this down to whole pixels, and to one at least: in tiles of 6×6
            pixels every limit below 14.3 is one pixel.
        tiles: tiles along each side (``"clahe"`` only).
    """

    size: int = 48
    channels: Literal[1, 3] = 1
    normalise: Literal["per_image", "fixed"] = "per_image"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    equalise: Literal["none", "histogram", "clahe"] = "none"
    clip_limit: float = CLIP_LIMIT
    tiles: int = TILES

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ConfigError(f"preprocessing: {problem}")

    def _problem(self) -> str:
        if not 8 <= self.size <= 1024:
            return f"size is a side of 8 to 1024 pixels, not {self.size}"
        if self.channels not in (1, 3):
            return f"channels is 1 (grey) or 3 (RGB), not {self.channels}"
        if self.normalise not in ("per_image", "fixed"):
            return f"normalise is per_image or fixed, not {self.normalise!r}"
        wanted = self.channels if self.normalise == "fixed" else 0
        if not len(self.mean) == len(self.std) == wanted:
            return (
                f"{self.normalise} with {self.channels} channel(s) takes {wanted} value(s) each "
                f"of mean and std, not {len(self.mean)} and {len(self.std)}"
            )
        if any(s <= 0 for s in self.std):
            return f"std must be above 0, not {self.std}"
        return self._problem_of_equalising()

    def _problem_of_equalising(self) -> str:
        if self.equalise not in EQUALISE:
            return f"equalise is {', '.join(EQUALISE[:-1])} or clahe, not {self.equalise!r}"
        if self.equalise != "clahe":
            usual = (self.clip_limit, self.tiles) == (CLIP_LIMIT, TILES)
            return "" if usual else "clip_limit and tiles belong to equalise: clahe; leave them out"
        if not 0 < self.clip_limit <= 256:
            return f"clip_limit is above 0 and at most 256, not {self.clip_limit}"
        if not (isinstance(self.tiles, int) and 1 <= self.tiles <= self.size // 2):
            return (
                f"tiles is a whole number of 1 to {self.size // 2}, so that each has two pixels "
                f"of the {self.size} a side, not {self.tiles}"
            )
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return the specification as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Preprocessing":
        """Return the specification that ``to_dict`` wrote.

        Raises:
            ConfigError: a key is unknown or a value out of range.
        """
        known = cls.__dataclass_fields__
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise ConfigError(f"preprocessing: unknown {unknown}; known: {', '.join(known)}")
        tupled: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        return cls(**tupled)

    def fit(self, picture: Pixels) -> Pixels:
        """Return one picture as ``uint8 [C, S, S]``.

        Args:
            picture: ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB, any size.

        Raises:
            ImageError: another shape or type.
        """
        fitted = self._equalised(self.resized(picture))
        return fitted[None] if self.channels == 1 else fitted.transpose(2, 0, 1)

    def resized(self, picture: Pixels) -> Pixels:
        """Return one picture as ``uint8 [S, S]`` or ``uint8 [S, S, 3]``, not equalised.

        A picture may be resized first and fitted later: the answer is the same.
        """
        channelled = to_grey(picture) if self.channels == 1 else to_rgb(picture)
        return _resize(channelled, self.size)

    def _equalised(self, picture: Pixels) -> Pixels:
        if self.equalise == "none":
            return picture
        if picture.ndim == 2:
            return self._spread(picture)
        parts = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
        parts[..., 0] = self._spread(np.ascontiguousarray(parts[..., 0]))
        return np.asarray(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), np.uint8)

    def _spread(self, grey: Pixels) -> Pixels:
        """Return ``uint8 [S, S]`` with its levels spread."""
        if self.equalise == "histogram":
            return np.asarray(cv2.equalizeHist(grey), np.uint8)
        limited = cv2.createCLAHE(self.clip_limit, (self.tiles, self.tiles))
        return np.asarray(limited.apply(grey), np.uint8)

    def apply(self, pictures: list[Pixels]) -> npt.NDArray[np.float32]:
        """Return pictures (see ``fit``) as a network's input, ``float32 [N, C, S, S]``."""
        shape = (len(pictures), self.channels, self.size, self.size)
        batch = np.empty(shape, np.float32)
        for row, picture in zip(batch, pictures, strict=True):
            row[:] = self.fit(picture)
        return self.normalised(batch / np.float32(255))

    def normalised(self, batch: Batch) -> Batch:
        """Return a batch ``[N, C, S, S]`` of values 0–1 (numpy or torch) normalised."""
        normal: Batch = self._normalised(batch)
        return normal

    def _normalised(self, batch: Any) -> Any:
        if self.normalise == "per_image":
            centred = batch - batch.mean((1, 2, 3), keepdims=True)
            variance = (centred * centred).mean((1, 2, 3), keepdims=True)
            return centred / (variance + 1e-4) ** 0.5  # 1e-4: constant pictures become zeros
        mean, std = (_column(v, batch) for v in (self.mean, self.std))
        return (batch - mean) / std


def _column(values: tuple[float, ...], like: Any) -> Any:
    """Return one number a channel as ``[1, C, 1, 1]``, of the type of ``like``."""
    make = np.asarray if isinstance(like, np.ndarray) else like.new_tensor
    return make(values, dtype=like.dtype).reshape(1, -1, 1, 1)


def to_grey(picture: Pixels) -> Pixels:
    """Return ``uint8 [H, W]``: ITU-R BT.601 luma, to the bit what Pillow's mode L gives."""
    _check(picture)
    if picture.ndim == 2:
        return picture
    weights = np.array([19595, 38470, 7471], np.uint32)
    return ((picture @ weights + 0x8000) >> 16).astype(np.uint8)


def to_rgb(picture: Pixels) -> Pixels:
    """Return ``uint8 [H, W, 3]``; grey is repeated three times."""
    _check(picture)
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def _check(picture: Pixels) -> None:
    shape = picture.shape
    right = picture.ndim == 2 or (picture.ndim == 3 and shape[2] == 3)
    if not right or picture.dtype != np.uint8 or 0 in shape:
        raise ImageError(
            "a picture is uint8 [height, width] or [height, width, 3], "
            f"not {picture.dtype} {list(shape)}"
        )


def _resize(picture: Pixels, size: int) -> Pixels:
    """Resize to a square with Pillow's bilinear filter, which averages when it shrinks."""
    if picture.shape[:2] == (size, size):
        return picture
    resized = Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(resized)
