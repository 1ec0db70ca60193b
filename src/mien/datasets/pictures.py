"""Picture files: any format in, PNG out, pixels unchanged."""

import io
import warnings

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mien.datasets.source import Pixels
from mien.errors import ImageError

MOST_PIXELS = 50_000_000
"""A larger picture is refused before it is decoded: a small file can unfold to gigabytes."""

_GREY_MODES = ("1", "L", "LA")


def decode(data: bytes) -> Pixels:
    """Return an encoded picture as ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB.

    Grey pictures stay grey, all others (palettes, CMYK) become RGB; transparency is dropped, and
    the turn that a camera noted (EXIF) is applied.

    Raises:
        ImageError: empty, no picture, cut short, too large or of more than eight bits.
    """
    if not data:
        raise ImageError("an empty file, expected a picture")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as image:
                return _pixels(image)
        except UnidentifiedImageError as error:
            raise ImageError("no picture in any known format") from error
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise ImageError(f"a broken picture ({' '.join(str(error).split())})") from error


def _pixels(image: Image.Image) -> Pixels:
    if image.width * image.height > MOST_PIXELS:
        raise ImageError(
            f"{image.width}x{image.height} pixels, expected at most {MOST_PIXELS:,} in all"
        )
    if image.mode.startswith(("I", "F")):
        raise ImageError(f"pixels of mode {image.mode}, expected eight bits a channel")
    upright = ImageOps.exif_transpose(image)
    return np.asarray(upright.convert("L" if upright.mode in _GREY_MODES else "RGB"))


def as_grey(pixels: Pixels) -> Pixels:
    """Return three equal channels as one; anything else as it came.

    FER-2013 is grey, but some copies of it store (or decode to) three equal channels.
    """
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        return np.ascontiguousarray(pixels[..., 0])
    return pixels


def encode_png(pixels: Pixels) -> bytes:
    """Return ``uint8 [H, W]`` or ``uint8 [H, W, 3]`` RGB as the bytes of a PNG file."""
    ordered = pixels if pixels.ndim == 2 else pixels[..., ::-1]
    done, data = cv2.imencode(".png", ordered)
    if not done:
        raise ImageError(f"pixels of shape {list(pixels.shape)} cannot be written as PNG")
    return data.tobytes()


def decode_png(data: bytes) -> Pixels | None:
    """Return the pixels that ``encode_png`` took, None where the file is damaged."""
    if not data:
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8:
        return None
    ordered = pixels[..., ::-1] if pixels.ndim == 3 else pixels
    return np.ascontiguousarray(ordered, dtype=np.uint8)
