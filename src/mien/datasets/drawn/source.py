"""The drawn faces as a source: labelled, split, and the same for the same seed."""

from collections.abc import Iterator

import numpy as np

from mien.datasets.drawn.render import draw_face
from mien.datasets.source import Picture
from mien.emotions import EMOTIONS
from mien.errors import UsageError

_SPLITS = ("train",) * 8 + ("val", "test")


class Drawn:
    """Made-up faces in the eight emotions, as many of each, 80/10/10 in every emotion.

    Picture ``number`` depends on ``seed`` and ``number`` alone, so a larger set begins with a
    smaller one's pictures.
    """

    name = "drawn"
    label_set = "ferplus"
    layout = "drawn faces"
    keeps_row_order = False
    has_splits = True

    def __init__(self, count: int = 2000, seed: int = 0, size: int = 48) -> None:
        """Describe ``count`` grey pictures of ``size`` by ``size`` pixels.

        Raises:
            UsageError: a number that is too small.
        """
        for what, value, least in (("count", count, 1), ("seed", seed, 0), ("size", size, 8)):
            if value < least:
                raise UsageError(f"drawn faces: {what} is {least} or more, not {value}")
        self.count, self.seed, self.size = count, seed, size
        self.notes: list[str] = []

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Picture]:
        return (self._picture(number) for number in range(self.count))

    def _picture(self, number: int) -> Picture:
        """Emotions take turns, and of ten pictures of one, eight are for training."""
        emotion = EMOTIONS[number % len(EMOTIONS)]
        split = _SPLITS[number // len(EMOTIONS) % len(_SPLITS)]
        return Picture(
            id=f"drawn-{number:05d}",
            where=f"drawn with seed {self.seed}, number {number}",
            source_split=split,
            split=split,
            label=emotion,
            pixels=draw_face(emotion, np.random.default_rng((self.seed, number)), self.size),
            problem="",
        )
