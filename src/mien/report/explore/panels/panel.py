"""One figure of an exploration with its words: title, n, reading, how it was made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.report.explore.material import SEED, Ints, Material
from mien.report.explore.numbers.classes import Counts, counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Panel:
    """A figure and what is said about it; or the reason why there is none.

    Attributes:
        key: name of its file, without ``.png``.
        title: a few words.
        how: how its numbers were computed, in a sentence or two.
        n: pictures that it is about.
        reading: one sentence that reads it, computed from its numbers.
        alt: what stands on it, for those who cannot see it.
        draw: makes it.
        missing: why it makes no sense for this dataset; empty where it does.
        headers: of a table that goes with it.
        rows: of that table.
    """

    key: str
    title: str
    how: str
    n: int = 0
    reading: str = ""
    alt: str = ""
    draw: "Callable[[], Figure] | None" = None
    missing: str = ""
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def class_counts(material: Material) -> Counts:
    """Return the labelled pictures by split and class."""
    return counted(material.split, material.labels, SPLITS, EMOTIONS)


def named(labels: Ints) -> list[str]:
    """Return the classes that occur, each with the number of its pictures below it."""
    return [f"{EMOTIONS[k]}\nn = {int((labels == k).sum()):,}" for k in present(labels)]


def present(labels: Ints) -> list[int]:
    """Return the classes that occur, as indices in ``EMOTIONS``."""
    return [k for k in range(len(EMOTIONS)) if (labels == k).any()]


def pc(share: float) -> str:
    """Return a share as ``25.1 %``."""
    return f"{100 * share:.1f} %"


def listed(words: Sequence[str]) -> str:
    """Return words as ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def drawn_at_random(material: Material, most: int) -> dict[int, list[int]]:
    """Return class → positions of a few of its pictures, drawn with a fixed seed."""
    order = np.random.default_rng(SEED).permutation(len(material))
    return {
        k: [int(n) for n in order[material.labels[order] == k][:most]]
        for k in present(material.labels)
    }
