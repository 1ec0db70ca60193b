"""Small prepared datasets of made-up pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.source import Picture, Pixels
from mien.datasets.store import prepare

KEPT = Rule("official")


def noise(seed: int, size: int = 8, channels: int = 1) -> Pixels:
    shape = (size, size) if channels == 1 else (size, size, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def picture(
    name: str, seed: int, label: str = "fear", split: str = "train", **more: Any
) -> Picture:
    pixels = more.pop("pixels", noise(seed))
    return Picture(name, f"place of {name}", split, split, label, pixels, **more)


def broken(name: str, split: str = "train", problem: str = "no picture") -> Picture:
    return Picture(name, f"place of {name}", split, split, None, None, problem)


def votes_for(**counts: int) -> tuple[int, ...]:
    """Ten votes in the manifest's order: eight emotions, unknown, not_a_face."""
    from mien.datasets.votes import VOTES

    return tuple(counts.get(name, 0) for name in VOTES)


@dataclass
class Listed:
    """A source from a list of pictures."""

    pictures: Sequence[Picture]
    name: str = "made"
    label_set: str = "fer2013"
    layout: str = "a list"
    keeps_row_order: bool = False
    has_splits: bool = True
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)


def make(root: Path, pictures: Sequence[Picture], **more: Any) -> PreparedSet:
    """Prepare pictures with their own splits; ``more`` is for ``Listed`` and ``prepare``."""
    own = {key: more.pop(key) for key in list(more) if key in Listed.__dataclass_fields__}
    options = {"rule": KEPT, "skip_bad": True, **more}
    prepare(Listed(pictures, **own), root, **options)
    return PreparedSet.open(root)


def people(count: int = 12, each: int = 4, size: int = 8) -> list[Picture]:
    """``count`` people with ``each`` pictures of different emotions, all for training."""
    labels = ("anger", "fear", "happiness", "sadness")
    return [
        picture(
            f"p{person:02d}-{n}",
            person * 100 + n,
            labels[(person + n) % 4],
            subject=f"S{person:02d}",
            pixels=noise(person * 100 + n, size),
        )
        for person in range(count)
        for n in range(each)
    ]
