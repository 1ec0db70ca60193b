"""Pictures in: files, Pillow images and arrays, all to ``uint8 [H, W, 3]`` RGB.

A picture comes upright (its EXIF turn is applied), on white where it is transparent, and with
eight bits a channel, whatever the file's mode was.
"""

import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from mien.errors import ImageError, UnknownNameError, UsageError
from mien.preprocess import Pixels, to_rgb

ColourOrder = Literal["RGB", "BGR"]
Picture = str | Path | Image.Image | npt.NDArray[np.uint8]
"""What a picture may be: a path, a Pillow image, or an array with a stated colour order."""

_FORMATS = ("avif", "bmp", "gif", "jfif", "jpeg", "jpg", "pgm", "png", "ppm", "tif", "tiff", "webp")
SUFFIXES = tuple(f".{name}" for name in _FORMATS)
"""Names that a folder is searched for."""
EXPECTED = "expected a picture (JPEG, PNG, WebP, …)"


def sample_photograph() -> Path:
    """Return the photograph that ships with mien: NASA's portrait of Eileen Collins."""
    return Path(__file__).parent.parent / "data" / "astronaut.jpg"


def load_picture(picture: Picture, colour_order: ColourOrder | None = None) -> Pixels:
    """Return a picture as ``uint8 [H, W, 3]`` RGB.

    Args:
        picture: see ``Picture``. Arrays are ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]``.
        colour_order: ``"RGB"`` or ``"BGR"``, for arrays of three channels, which do not say it
            themselves. Paths and Pillow images know theirs.

    Raises:
        ImageError: the file cannot be read.
        UsageError: an array of another type or shape, or without its colour order.
    """
    if isinstance(picture, str | Path):
        return read_picture(Path(picture))
    if isinstance(picture, Image.Image):
        return _decoded(picture, "the Pillow image")
    if isinstance(picture, np.ndarray):
        return from_array(picture, colour_order)
    raise UsageError(
        "a picture is a path, a Pillow image or a numpy array, not "
        f"{type(picture).__module__}.{type(picture).__qualname__}"
    )


def from_array(picture: npt.NDArray[Any], colour_order: ColourOrder | None) -> Pixels:
    """Return an array as ``uint8 [H, W, 3]`` RGB (see ``load_picture``)."""
    colours = picture.ndim == 3 and picture.shape[2] == 3
    if picture.dtype != np.uint8 or not (colours or picture.ndim == 2) or 0 in picture.shape:
        raise UsageError(
            "expected an array uint8 [height, width] or [height, width, 3] with values 0 to 255, "
            f"not {picture.dtype} {list(picture.shape)}"
        )
    if colour_order not in (None, "RGB", "BGR"):
        raise UnknownNameError("colour_order", colour_order, ("RGB", "BGR"))
    if colours and colour_order is None:
        raise UsageError(
            "an array of three channels does not say its colours: give colour_order='RGB', or "
            "'BGR' where OpenCV read it"
        )
    return (
        np.ascontiguousarray(picture[..., ::-1])
        if colour_order == "BGR" and colours
        else (to_rgb(picture))
    )


def read_picture(path: Path) -> Pixels:
    """Return the picture of a file as ``uint8 [H, W, 3]`` RGB.

    Raises:
        ImageError: no such file, no picture, damaged, or larger than Pillow opens safely.
    """
    try:
        with warnings.catch_warnings():
            # of sizes that telephones make (half of what Pillow refuses), of odd EXIF fields
            warnings.simplefilter("ignore")
            with Image.open(path) as opened:
                return _decoded(opened, str(path))
    except UnidentifiedImageError:
        raise ImageError(f"{path}: {EXPECTED}; {_kind(path)}") from None
    except Image.DecompressionBombError:
        most = 2 * (Image.MAX_IMAGE_PIXELS or 0)
        raise ImageError(
            f"{path}: expected a picture of at most {most / 1e6:.0f} million pixels; this one "
            "has more: make it smaller first"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ImageError(f"{path}: {EXPECTED}; {reason}") from None


def _kind(path: Path) -> str:
    """Say what a file is that Pillow does not know, and what to do."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        return "the file is empty: fetch or copy it again"
    if start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"mif1", b"msf1"):
        return "this is an HEIC photograph: convert it to JPEG or PNG"
    if b"\0" not in start:
        return "this looks like text: check that the download or the name is right"
    return "this is of another kind or damaged: convert it to JPEG or PNG, or fetch it again"


def _decoded(image: Image.Image, name: str) -> Pixels:
    if 0 in image.size:
        raise ImageError(f"{name}: expected at least one pixel, not {image.size}")
    try:
        return np.array(_rgb(ImageOps.exif_transpose(image)))
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from None
    except MemoryError:
        raise
    except Exception as error:  # on damaged bytes Pillow's decoders raise errors of all kinds
        form = image.format or image.mode
        raise ImageError(
            f"{name}: expected a whole {form} picture; it is truncated or damaged ({error}): "
            "fetch or copy it again"
        ) from None


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ImageError("expected 8 or 16 bits a channel, not floats: scale it to 0–255 first")
    if image.mode.startswith("I"):
        return _from_16_bits(image).convert("RGB")
    if image.has_transparency_data:
        over = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return image.convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    """Return 16-bit grey with eight bits: the upper eight."""
    values = np.asarray(image).astype(np.int64)
    if values.max() > 0xFFFF or values.min() < 0:
        raise ImageError("expected 8 or 16 bits a channel, not 32: scale it to 0–255 first")
    return Image.fromarray((values >> 8).astype(np.uint8))


def find_pictures(paths: Iterable[Path]) -> list[Path]:
    """Return the pictures that paths name, each once: files as they are, folders searched.

    A path that does not exist, or a folder that may not be listed, stays in the list, so that
    it gets its row with the reason.

    Raises:
        UsageError: a folder holds no picture.
    """
    found: list[Path] = []
    for path in paths:
        inside = _search(path) if path.is_dir() else [path]
        if not inside:
            raise UsageError(
                f"{path}: no picture in this folder; searched for names that end in "
                f"{' '.join(SUFFIXES)}"
            )
        found += inside
    return list({path.absolute(): path for path in found}.values())


def _search(folder: Path) -> list[Path]:
    closed: list[Path] = []
    found = [
        Path(where, name)
        for where, _, names in os.walk(
            folder, onerror=lambda error: closed.append(Path(error.filename))
        )
        for name in names
        if Path(name).suffix.lower() in SUFFIXES
    ]
    return sorted(found) + closed
