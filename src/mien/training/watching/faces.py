"""A grid of faces with what was answered for them: right in green, wrong in red.

Colour alone tells nothing: a tick or a cross stands before each answer, and the true name
below each wrong one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from mien.preprocess import Pixels

Colour = tuple[int, int, int]

RIGHT: Colour = (0, 120, 60)
WRONG: Colour = (200, 20, 20)
"""Dark enough to be read as text on white (contrast 4.5:1 at least)."""
GROUND: Colour = (255, 255, 255)
INK: Colour = (40, 40, 40)

FACE, FRAME, GAP = 112, 5, 6
"""Pixels: a face's side, the frame around it, the white around that."""
LETTERS, LINE, SIGN = 17, 20, 12
"""Pixels: size of the letters, height of a line of text, side of a tick or cross."""
COLUMNS = 8
WIDE = FACE + 2 * (FRAME + GAP)
HIGH = WIDE + 2 * LINE


def spread(classes: npt.NDArray[np.integer[Any]], count: int) -> npt.NDArray[np.int64]:
    """Return rows that show each class equally often, as far as it has rows.

    The rows of a class lie evenly between its first and its last: always the same ones.

    Args:
        classes: int [N], the class of each row; negative where it has none.
        count: how many rows at most.

    Returns:
        int64 [n], n up to ``count``, ordered by class.
    """
    groups = [np.flatnonzero(classes == k) for k in np.unique(classes[classes >= 0])]
    order = sorted((turn, k) for k, rows in enumerate(groups) for turn in range(len(rows)))
    taken = [k for _, k in order[:count]]  # the first of each class, the second of each, ...
    each = [_even(rows, taken.count(k)) for k, rows in enumerate(groups)]
    return np.concatenate([np.empty(0, np.int64), *each])


def _even(rows: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Return ``count`` of the rows, evenly spread over them."""
    return rows[((np.arange(count) + 0.5) * len(rows) / max(count, 1)).astype(np.int64)]


def grid(faces: Pixels, true: Sequence[str], answered: Sequence[str]) -> Pixels:
    """Draw faces with their answers, eight in a line.

    Args:
        faces: uint8 [N, C, S, S], grey (C = 1) or RGB (C = 3), N at least 1.
        true: N names.
        answered: N names; the same name is a right answer.

    Returns:
        uint8 [H, W, 3] RGB.
    """
    columns = min(len(faces), COLUMNS)
    lines = -(-len(faces) // columns)
    sheet = Image.new("RGB", (columns * WIDE, lines * HIGH), GROUND)
    pen = ImageDraw.Draw(sheet)
    for number, (face, truth, answer) in enumerate(zip(faces, true, answered, strict=True)):
        left, top = number % columns * WIDE + GAP, number // columns * HIGH + GAP
        side, colour = FACE + 2 * FRAME, RIGHT if truth == answer else WRONG
        pen.rectangle((left, top, left + side - 1, top + side - 1), fill=colour)
        sheet.paste(_enlarged(face), (left + FRAME, top + FRAME))
        _caption(pen, (left, top + side + 2), truth, answer)
    return np.asarray(sheet)


def _enlarged(face: Pixels) -> Image.Image:
    """Return a face ``[C, S, S]`` as a picture of ``FACE`` pixels."""
    pixels = face[0] if len(face) == 1 else np.ascontiguousarray(face.transpose(1, 2, 0))
    return Image.fromarray(pixels).resize((FACE, FACE), Image.Resampling.BICUBIC)


def _caption(pen: ImageDraw.ImageDraw, corner: tuple[int, int], truth: str, answer: str) -> None:
    """Write the answer behind its tick or cross, and the true name below a wrong one."""
    left, top = corner
    font = ImageFont.load_default(LETTERS)
    right = truth == answer
    colour = RIGHT if right else WRONG
    _sign(pen, (left, top + (LINE - SIGN) // 2 + 1), right, colour)
    pen.text((left + SIGN + 6, top), answer, font=font, fill=colour)
    if not right:
        pen.text((left + SIGN + 6, top + LINE - 1), f"is {truth}", font=font, fill=INK)


def _sign(pen: ImageDraw.ImageDraw, corner: tuple[int, int], right: bool, colour: Colour) -> None:
    """Draw a tick, or a cross."""
    x, y = corner
    end = SIGN - 1
    if right:
        points = [(x, y + SIGN // 2), (x + SIGN // 3, y + end), (x + end, y)]
        pen.line(points, fill=colour, width=3, joint="curve")
        return
    pen.line((x, y, x + end, y + end), fill=colour, width=3)
    pen.line((x, y + end, x + end, y), fill=colour, width=3)
