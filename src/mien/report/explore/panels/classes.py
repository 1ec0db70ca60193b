"""Panels about classes and splits."""

from typing import TYPE_CHECKING

import numpy as np

from mien.report.explore.drawing import classes, pies
from mien.report.explore.material import Material
from mien.report.explore.numbers.classes import Counts, distances
from mien.report.explore.panels.panel import Panel, class_counts, listed, pc

if TYPE_CHECKING:
    pass


def panels(material: Material) -> list[Panel]:
    """Return the panels of classes and splits."""
    counts = class_counts(material)
    return [_bars(material, counts), _pies(counts), _shares(counts)]


def _bars(material: Material, counts: Counts) -> Panel:
    title = "Pictures of each class"
    how = "Readable pictures of the manifest, counted by split and label."
    if not counts.classes:
        return Panel("classes", title, how, missing="no picture has a label")
    totals = counts.table.sum(axis=0)
    unlabelled = len(material) - int(totals.sum())
    more = f" {unlabelled:,} more have no label." if unlabelled else ""
    return Panel(
        "classes",
        title,
        how,
        int(totals.sum()),
        _rarest(counts.classes, totals.tolist()) + more,
        "Bars of the number of pictures of each class, one for each split.",
        lambda: classes.bars(counts, title),
    )


def _rarest(names: tuple[str, ...], totals: list[int]) -> str:
    """Say how rare the rarest class is."""
    low, high = totals.index(min(totals)), totals.index(max(totals))
    if len(names) == 1:
        return f"All {totals[0]:,} pictures show {names[0]}."
    if totals[low] == totals[high]:
        return f"Every class has {totals[low]:,} pictures."
    return (
        f"The rarest class, {names[low]}, has {totals[low]:,} pictures, 1 to "
        f"{totals[high] / totals[low]:.1f} of the most frequent, {names[high]}."
    )


def _pies(counts: Counts) -> Panel:
    title = "Make-up of each split"
    how = "Each class's share of the labelled pictures of its split."
    if not counts.classes:
        return Panel("pies", title, how, missing="no picture has a label")
    reading = _largest(counts)
    alt = "A pie for each split, a slice for each class, named with its share."
    n = int(counts.table.sum())
    return Panel("pies", title, how, n, reading, alt, lambda: pies.pies(counts, title))


def _largest(counts: Counts) -> str:
    """Say which class makes the largest slice of each split."""
    if np.ptp(counts.table, axis=1).max() == 0:
        return "In each split all classes are equally frequent."
    names = [counts.classes[row.argmax()] for row in counts.shares]
    sizes = [
        f"{pc(row.max())} of {split}"
        for split, row in zip(counts.splits, counts.shares, strict=True)
    ]
    if len(set(names)) == 1:
        return f"The largest slice is {names[0]}: {listed(sizes)}."
    each = [f"{name} ({size})" for name, size in zip(names, sizes, strict=True)]
    return f"The largest slices are {listed(each)}."


def _shares(counts: Counts) -> Panel:
    title = "Class shares of the splits against each other"
    how = (
        "Shares with 95 % score intervals (Wilson 1927). The distance of two splits is half the "
        "sum of the absolute differences of their shares (total variation distance); by chance: "
        "its mean for random splits of the same sizes, in the normal approximation."
    )
    if len(counts.splits) < 2:
        return Panel("shares", title, how, missing="fewer than two splits have labelled pictures")
    first = distances(counts.table)[0]
    a, b = counts.splits[first.first], counts.splits[first.second]
    reading = (
        "All splits are made up alike."
        if first.distance < 0.0005
        else f"{a} and {b} differ most: {pc(first.distance)} of one would have to change class to "
        f"be made up like the other; random splits of these sizes differ by {pc(first.by_chance)}."
    )
    alt = "Points with intervals: each class's share of each split, one marker for each split."
    n = int(counts.table.sum())
    return Panel("shares", title, how, n, reading, alt, lambda: classes.shares(counts, title))
