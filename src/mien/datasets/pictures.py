"""Picture files: any usual format in, PNG out, pixels unchanged."""

import io
import struct
import warnings
import zlib

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mien.datasets.source import Pixels
from mien.errors import ImageError

MOST_PIXELS = 50_000_000
"""A larger picture is refused before it is decoded: a small file can unfold to gigabytes."""

LEAST_SIDE = 2
"""A picture of one row or column shows nothing."""

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM", "AVIF", "JPEG2000")
"""Pillow's names. The format is told by the content; others could start programs (EPS)."""

_GREY_MODES = ("1", "L", "LA")
_BROKEN = (
    *(OSError, ValueError, SyntaxError, TypeError, AttributeError, LookupError, ArithmeticError),
    *(EOFError, RuntimeError, struct.error, zlib.error),
)
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
_INSTEAD = {
    b"<!doctype html": "a web page, no picture: fetch it again",
    b"<html": "a web page, no picture: fetch it again",
    b"version https://git-lfs": "a pointer of Git LFS, no picture: fetch it with git lfs pull",
}


def decode(data: bytes) -> Pixels:
    """Return an encoded picture as ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB.

    Grey pictures stay grey, all others (palettes, CMYK) become RGB; transparency is dropped, and
    the turn that a camera noted (EXIF) is applied. Of an animation and of a file with several
    pages the first picture is taken.

    Raises:
        ImageError: empty, no picture, cut short, too small, too large or of more than eight bits.
    """
    if not data:
        raise ImageError("an empty file, expected a picture")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a picture cannot be read for raises an error
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check(image, data)
                upright = ImageOps.exif_transpose(image)
                return np.asarray(upright.convert("L" if upright.mode in _GREY_MODES else "RGB"))
        except UnidentifiedImageError as error:
            raise ImageError(_instead(data)) from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"expected at most {MOST_PIXELS:,} pixels in all, far more") from error
        except _BROKEN as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ImageError(f"a broken picture ({reason})") from error


def _instead(data: bytes) -> str:
    """Say what a file is that no format claims."""
    if data.startswith(_BEGINNINGS):
        return "a broken picture (its beginning is damaged or cut)"
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = (text for beginning, text in _INSTEAD.items() if start.startswith(beginning))
    return next(found, "no picture in any known format")


def _check(image: Image.Image, data: bytes) -> None:
    """Refuse by the header alone, before anything is decoded."""
    size = f"{image.width}x{image.height} pixels"
    if image.width * image.height > MOST_PIXELS:
        raise ImageError(f"{size}, expected at most {MOST_PIXELS:,} in all")
    if min(image.size) < LEAST_SIDE:
        raise ImageError(f"{size}, expected at least {LEAST_SIDE} on each side")
    bits = _bits(image, data)
    if bits > 8:
        raise ImageError(f"{bits} bits a channel, expected eight: convert it")


def _bits(image: Image.Image, data: bytes) -> int:
    """Return the bits a channel, as the header tells them; Pillow itself cuts some to eight."""
    found = 8
    if image.mode.startswith(("I", "F")):
        found = 16 if "16" in image.mode else 32
    if image.format == "PNG":
        return data[24]
    if image.format == "TIFF":
        return int(max(getattr(image, "tag_v2", {}).get(258, (found,))))
    if image.format == "PPM":
        most = getattr(image, "tile", [(None,)])[0][-1]
        return int(most[-1]).bit_length() if isinstance(most, tuple) else min(found, 16)
    return found


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
