"""Scenes: several made-up people in one picture, for pages, demonstrations and tests."""

from dataclasses import replace

import numpy as np

from mien.datasets.drawn import paint
from mien.datasets.drawn.brush import Pixels
from mien.datasets.drawn.geometry import View, face_box
from mien.datasets.drawn.parameters import FaceParameters
from mien.datasets.drawn.render import camera, shrunk, wall
from mien.datasets.drawn.sampling import sample
from mien.emotions import EMOTIONS
from mien.errors import UsageError

FaceBox = tuple[int, int, int, int, str]
"""(x, y, width, height, emotion) of a face in a scene: pixels, from hairline to chin."""

_FINER = 2  # the canvas is so many times larger than the picture, for smooth edges
_WIDE, _HIGH = 2.3, 2.6  # face units of room for a head with its hair
_SMALLEST = 32  # pixels of a cell's shorter side


def draw_scene(
    rng: np.random.Generator, faces: int, size: tuple[int, int] = (480, 640)
) -> tuple[Pixels, list[FaceBox]]:
    """Draw made-up people in one light before one wall, in rows, no face hidden by another.

    Args:
        rng: what everything is drawn by lot from.
        faces: how many people, 1 or more.
        size: (height, width) of the picture in pixels.

    Returns:
        The picture, uint8 [height, width, 3] RGB, and where each face is and what it shows.

    Raises:
        UsageError: fewer than one face, or no room for so many.
    """
    rows, columns = _grid(faces, size)
    people = [sample(str(rng.choice(EMOTIONS)), rng) for _ in range(faces)]
    finish = replace(people[0].finish, blur=0.0, noise=2.0, contrast=1.0)
    chance = np.random.default_rng(finish.seed)
    canvas = wall((size[0] * _FINER, size[1] * _FINER), finish, chance)
    cells = np.sort(rng.permutation(rows * columns)[:faces])  # the front row comes last
    boxes = []
    for cell, someone in zip(cells, people, strict=True):
        lit = replace(someone, light=people[0].light)
        place = divmod(int(cell), columns)
        boxes.append(_stand(canvas, lit, place, (rows, columns)))
    return camera(shrunk(canvas, (size[1], size[0])), finish, chance), boxes


def _grid(faces: int, size: tuple[int, int]) -> tuple[int, int]:
    """Return the rows and columns that give each of so many faces the most room."""
    if faces < 1:
        raise UsageError(f"a scene has 1 face or more, not {faces}: ask for at least one")
    choices = [(-(-faces // columns), columns) for columns in range(1, faces + 1)]
    rows, columns = max(choices, key=lambda c: min(size[0] / c[0] / _HIGH, size[1] / c[1] / _WIDE))
    if min(size[0] // rows, size[1] // columns) < _SMALLEST:
        raise UsageError(
            f"{faces} faces need {_SMALLEST} pixels each way apiece, a picture of {size[0]} by "
            f"{size[1]} has no room for them: draw fewer, or a larger picture"
        )
    return rows, columns


def _stand(
    canvas: Pixels, someone: FaceParameters, place: tuple[int, int], grid: tuple[int, int]
) -> FaceBox:
    """Paint somebody in a cell of the grid and return their face's box in the picture."""
    high, wide = canvas.shape[0] / grid[0], canvas.shape[1] / grid[1]
    pose = someone.pose
    scale = min(high / _HIGH, wide / _WIDE) * pose.zoom / 1.08
    x = (place[1] + 0.5 + pose.shift_x) * wide
    y = (place[0] + 0.5 + pose.shift_y) * high - 0.1 * scale
    left, top = (max(0, int(at - 2 * scale)) & ~1 for at in (x, y))
    view = View((x - left, y - top), scale, pose, someone.shape.width)
    paint.person(canvas[top:, left : int(x + 2 * scale)], someone, view)
    box = face_box(someone, View((x / _FINER, y / _FINER), scale / _FINER, pose, view.width))
    return *box, someone.emotion
