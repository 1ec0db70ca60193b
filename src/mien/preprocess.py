"""The one preprocessing specification: training, evaluation and inference all use it.

It has two steps, so that augmentation can stand between them:

1. ``fit``: one picture → ``uint8 [C, S, S]`` (grey or RGB, resized),
2. ``normalise``: a batch → ``float32``, about zero mean and unit deviation.

Every model file stores its specification as JSON (``to_dict``), and answers only through it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from mien.errors import ConfigError, ImageError

Pixels = npt.NDArray[np.uint8]
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
    """

    size: int = 48
    channels: Literal[1, 3] = 1
    normalise: Literal["per_image", "fixed"] = "per_image"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

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
        channelled = to_grey(picture) if self.channels == 1 else to_rgb(picture)
        resized = _resize(channelled, self.size)
        return resized[None] if self.channels == 1 else resized.transpose(2, 0, 1)

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
