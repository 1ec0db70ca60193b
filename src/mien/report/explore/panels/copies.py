"""Panels about pictures that occur more than once."""

from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.report.explore.drawing import faces, tables
from mien.report.explore.material import Ints, Material, Text
from mien.report.explore.numbers.copies import Copies, copies
from mien.report.explore.panels.panel import SPLITS, Panel, listed, pc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WHY = "no two pictures have the same pixels"
_SHOWN = 8


def panels(material: Material) -> list[Panel]:
    """Return the panels of copies."""
    splits = [name for name in SPLITS if (material.split == name).any()]
    found = copies(material.groups, material.split, material.labels, splits, _SHOWN)
    return [_counts(found, splits), _examples(material, found)]


def _counts(found: Copies, splits: list[str]) -> Panel:
    title = "Pictures that occur more than once"
    how = (
        "Groups of pictures with the same size and the same pixels, by their hash. The table: "
        "pictures of the row's split that have another copy in the column's split."
    )
    if not len(found.sizes):
        return Panel("copies", title, how, missing=_WHY)
    n = int(found.held.sum())
    reading = (
        f"{found.copied:,} of {n:,} pictures have a copy, in {len(found.sizes):,} "
        f"{'group' if len(found.sizes) == 1 else 'groups'} of up to {found.sizes.max()}; "
        f"{_leaks(found, splits)}."
    )
    alt = "Bars of how large groups of copies are, and a table of copies between splits."
    return Panel(
        "copies",
        title,
        how,
        n,
        reading,
        alt,
        lambda: tables.copy_counts(found.sizes, found.across, found.held, splits, title, n),
    )


def _leaks(found: Copies, splits: list[str]) -> str:
    """Say how much of the splits that are held out was seen in training."""
    if "train" not in splits or len(splits) < 2:
        return "there are not two splits to have copies of each other"
    train = splits.index("train")
    told = [
        f"{pc(found.across[row, train] / found.held[row])} of {name} ({found.across[row, train]:,})"
        for row, name in enumerate(splits)
        if row != train
    ]
    return f"{listed(told)} have a copy in train"


def _examples(material: Material, found: Copies) -> Panel:
    title = "Examples of copies"
    how = (
        "Groups of identical pictures, each shown once: those with the most different labels "
        "first, then the largest, then the earliest."
    )
    if not len(found.sizes):
        return Panel("copies_shown", title, how, missing=_WHY)
    labels = material.labels
    differing = sum(len(np.unique(labels[rows])) > 1 for rows in found.shown)
    n = sum(len(rows) for rows in found.shown)
    few = len(found.shown)
    reading = (
        f"In {differing} of the {few} groups shown, the same pixels have different labels."
        if few > 1
        else f"The only group has {len(np.unique(labels[found.shown[0]]))} label(s)."
    )

    def draw() -> "Figure":
        shown = [
            (material.picture(int(rows[0])), _caption(rows, material.split, labels))
            for rows in found.shown
        ]
        return faces.captioned(shown, title, n)

    return Panel(
        "copies_shown",
        title,
        how,
        n,
        reading,
        "Pictures that occur more than once, with how often, in which splits and labels.",
        draw,
        "",
        ("group", "ids"),
        [(str(k), ", ".join(material.ids[rows])) for k, rows in enumerate(found.shown, start=1)],
    )


def _caption(rows: Ints, split: Text, labels: Ints) -> str:
    """Return three lines: how many, in which splits, with which labels."""
    where = [f"{name} {int((split[rows] == name).sum())}" for name in SPLITS]
    kinds = [
        f"{EMOTIONS[k] if k >= 0 else 'none'} {int((labels[rows] == k).sum())}"
        for k in np.unique(labels[rows])
    ]
    held = [text for text in where if not text.endswith(" 0")]
    lines = [", ".join(kinds[n : n + 2]) for n in range(0, len(kinds), 2)]
    return "\n".join([f"{len(rows)} times", ", ".join(held), *lines])
