"""A made-up dataset with one finding of each kind, and what an audit has to find in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from mien.datasets.prepared import PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.source import Picture, Pixels
from mien.datasets.store import prepare
from mien.datasets.votes import VOTES


@dataclass
class Made:
    """A source from a list of pictures."""

    pictures: Sequence[Picture]
    name: str = "made"
    label_set: str = "ferplus"
    layout: str = "a list"
    keeps_row_order: bool = False
    has_splits: bool = True
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Picture]:
        return iter(self.pictures)


def blocks(seed: int) -> Pixels:
    """A picture of 12x12 grey squares, 48x48, sharp and of medium light."""
    cells = np.random.default_rng(seed).integers(20, 220, (12, 12), np.uint8)
    return np.kron(cells, np.ones((4, 4), np.uint8))


def brighter(pixels: Pixels) -> Pixels:
    return (pixels * 0.9 + 20).astype(np.uint8)


def picture(name: str, split: str, label: str, pixels: Pixels | None, **more: object) -> Picture:
    return Picture(name, f"line {name}", split, split, label, pixels, **more)


def made_set(root: Path, pictures: Sequence[Picture], name: str = "made") -> PreparedSet:
    summary = prepare(Made(pictures, name), root, skip_bad=True, rule=Rule(way="official"))
    return PreparedSet.open(summary.root)


def votes(name: str, count: int = 10) -> tuple[int, ...]:
    return tuple(count if vote == name else 0 for vote in VOTES)


def one_of_each() -> list[Picture]:
    """Twenty-seven pictures; ``FOUND`` says which of them are what."""
    copy, leak, torn = blocks(1), blocks(2), blocks(3)
    near, far, odd = blocks(4), blocks(5), blocks(6)
    coarse = np.kron(blocks(7)[::8, ::8], np.ones((8, 8), np.uint8))
    pictures = [
        picture("copy-a", "train", "anger", copy),
        picture("copy-b", "train", "anger", copy),
        picture("leak-a", "train", "fear", leak),
        picture("leak-b", "test", "fear", leak),
        picture("torn-a", "train", "sadness", torn),
        picture("torn-b", "test", "happiness", torn),
        picture("near-a", "train", "neutral", near),
        picture("near-b", "train", "neutral", brighter(near)),
        picture("far-a", "train", "disgust", far),
        picture("far-b", "val", "disgust", brighter(far)),
        picture("odd-a", "val", "anger", odd),
        picture("odd-b", "test", "fear", brighter(odd)),
        picture("flat", "train", "anger", np.full((48, 48), 77, np.uint8)),
        picture("dark", "train", "anger", blocks(8) // 9),
        picture("bright", "test", "anger", 255 - blocks(9) // 10),
        picture("grey", "train", "anger", 120 + blocks(10) // 12),
        picture("soft", "train", "anger", cv2.GaussianBlur(coarse, (0, 0), 3)),
        picture("broken", "train", "anger", None, problem="no picture at all"),
        picture("narrow", "train", "anger", np.ascontiguousarray(blocks(11)[:, :40])),
        picture("tree", "train", "anger", blocks(12), votes=votes("not_a_face")),
        picture("ann-a", "train", "anger", blocks(13), subject="ann"),
        picture("ann-b", "test", "anger", blocks(14), subject="ann"),
        picture("film-a", "train", "anger", blocks(15), sequence="film"),
        picture("film-b", "val", "anger", blocks(16), sequence="film"),
    ]
    fine = [("train", 17), ("val", 18), ("test", 19)]
    return [
        *pictures,
        *(
            picture(f"fine-{s}", s, "happiness", blocks(n), votes=votes("happiness"))
            for s, n in fine
        ),
    ]


FOUND = {
    "unreadable": ["broken"],
    "constant": ["flat"],
    "wrong_size": ["narrow"],
    "exact_copy": ["copy-a", "copy-b"],
    "copy_across_splits": ["leak-a", "leak-b", "torn-a", "torn-b"],
    "near_copy": ["near-a", "near-b"],
    "near_copy_across_splits": ["far-a", "far-b", "odd-a", "odd-b"],
    "conflicting": ["torn-a", "torn-b"],
    "near_conflicting": ["odd-a", "odd-b"],
    "not_a_face": ["tree"],
    "too_dark": ["dark"],
    "too_bright": ["bright"],
    "low_contrast": ["dark", "bright", "grey"],
    "blurred": ["soft"],
    "subject_leak": ["ann-a", "ann-b"],
    "sequence_leak": ["film-a", "film-b"],
}
