"""Boxes and labels on a picture, legible at any size and for colour-blind eyes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mien.inference.recognizer import Face
from mien.preprocess import Pixels
from mien.shares import rounded

Colour = tuple[int, int, int]

# Okabe and Ito 2008, "Color Universal Design"; a light grey stands in for their black
COLOURS: Mapping[str, Colour] = MappingProxyType(
    {
        "anger": (213, 94, 0),
        "contempt": (204, 121, 167),
        "disgust": (0, 158, 115),
        "fear": (0, 114, 178),
        "happiness": (240, 228, 66),
        "neutral": (215, 215, 215),
        "sadness": (86, 180, 233),
        "surprise": (230, 159, 0),
    }
)
"""Emotion → colour of its box, RGB."""
SMALLEST = 480
"""A picture with a shorter long side is enlarged, so that letters find room on it."""


def annotate(picture: Pixels, faces: Sequence[Face]) -> Pixels:
    """Return a copy of a picture with the faces' boxes and expressions on it.

    A "?" behind an expression says that it is uncertain.

    Args:
        picture: ``uint8 [H, W, 3]`` RGB; it is left as it is.
        faces: what ``Recognizer.recognize`` answered for this picture.

    Returns:
        ``uint8 [H, W, 3]`` RGB; enlarged by a whole number where the picture is small.
    """
    height, width = picture.shape[:2]
    times = max(1, -(-SMALLEST // max(height, width)))
    image = Image.fromarray(picture).resize((width * times, height * times), _way(times))
    pen = ImageDraw.Draw(image)
    boxes = [_scaled(face.box, times) for face in faces]
    line = max(2, round(max(image.size) / 300))
    for face, box in zip(faces, boxes, strict=True):
        _outline(pen, box, line, COLOURS[face.emotion])
    for face, box in zip(faces, boxes, strict=True):  # labels last: no box crosses one
        _label(pen, image.size, box, line, face)
    return np.asarray(image)


def _way(times: int) -> Image.Resampling:
    return Image.Resampling.BICUBIC if times > 1 else Image.Resampling.NEAREST


def _scaled(box: tuple[int, int, int, int], times: int) -> tuple[int, int, int, int]:
    """Return a box as left, top, right, bottom in the enlarged picture."""
    x, y, width, height = (v * times for v in box)
    return (x, y, x + width - 1, y + height - 1)


def _outline(
    pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], line: int, colour: Colour
) -> None:
    """Draw a box with a black edge on both sides, so that it shows on any ground."""
    pen.rectangle(box, outline=(0, 0, 0), width=line + 2)
    left, top, right, bottom = box
    if right - left > 2 and bottom - top > 2:
        pen.rectangle((left + 1, top + 1, right - 1, bottom - 1), outline=colour, width=line)


def _label(
    pen: ImageDraw.ImageDraw,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
    line: int,
    face: Face,
) -> None:
    text = f"{face.emotion}{'?' if face.uncertain else ''} {rounded(face.confidence)}"
    font = _font(pen, text, size, box)
    pad = max(2, line)
    x0, y0, x1, y1 = pen.textbbox((0, 0), text, font=font)
    wide, high = int(x1 - x0) + 2 * pad, int(y1 - y0) + 2 * pad
    left = min(max(box[0], 0), max(0, size[0] - wide))
    top = label_top(box, high, size[1])
    ground = COLOURS[face.emotion]
    pen.rectangle((left, top, left + wide, top + high), fill=ground, outline=(0, 0, 0))
    pen.text((left + pad - x0, top + pad - y0), text, font=font, fill=ink(ground))


def label_top(box: tuple[int, int, int, int], high: int, height: int) -> int:
    """Return the upper edge of a label: above its box, else below it, else inside at the top."""
    _, top, _, bottom = box
    if top - high >= 0:
        return top - high
    return bottom if bottom + high < height else top


def ink(ground: Colour) -> Colour:
    """Return black or white, whichever stands out more from a colour (WCAG 2 luminance)."""
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 for c in ground]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return (0, 0, 0) if luminance > 0.179 else (255, 255, 255)


def _font(
    pen: ImageDraw.ImageDraw,
    text: str,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font about as wide as the box, never below what the picture's size asks for."""
    long = max(size)
    least, most = max(11.0, long / 60), max(16.0, long / 28)
    wide = pen.textlength(text, font=ImageFont.load_default(100)) / 100  # at a size of 1
    wanted = min(max((box[2] - box[0]) / wide, least), most)
    return ImageFont.load_default(max(6.0, min(wanted, (size[0] - 8) / wide)))
