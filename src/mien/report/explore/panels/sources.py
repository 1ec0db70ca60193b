"""Panels about the files: sizes, origins, flags."""

from typing import TYPE_CHECKING

import numpy as np

from mien.report.explore.drawing import charts
from mien.report.explore.material import Material
from mien.report.explore.numbers.classes import frequent
from mien.report.explore.panels.panel import Panel, pc

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHAPES = 12
FLAGS = {
    "constant": "constant (one grey value)",
    "not_a_face": "not a face (all votes)",
    "no_face": "no face found",
    "conflicting": "copies with other labels",
    "duplicate": "copy of an earlier picture",
    "copy_in_train": "has a copy in train",
    "copy_in_val": "has a copy in val",
    "copy_in_test": "has a copy in test",
}


def panels(material: Material) -> list[Panel]:
    """Return the panels of sizes, origins and flags."""
    return [_sizes(material), _origins(material), _flags(material)]


def _sizes(material: Material) -> Panel:
    title, sizes = "Sizes of the pictures", material.sizes
    names = [f"{h} × {w} {'grey' if c == 1 else 'colour'}" for h, w, c in sizes.tolist()]
    ranked, _ = frequent(names, _SHAPES)
    few = len({*names}) <= _SHAPES
    how = "Height × width in pixels and colours, as they are stored."
    if len(ranked) == 1:
        reading = f"All {len(sizes):,} pictures are {names[0]}."
    else:
        (low_h, low_w, _), (high_h, high_w, _) = sizes.min(axis=0), sizes.max(axis=0)
        reading = (
            f"Heights go from {low_h} to {high_h} pixels and widths from {low_w} to {high_w}; "
            f"{pc((sizes[:, 2] == 3).mean())} are in colour; the most frequent size, "
            f"{ranked[0][0]}, has {ranked[0][1]:,} pictures."
        )

    def draw() -> "Figure":
        labels, counts = zip(*ranked, strict=True)
        n = len(sizes)
        if few:
            return charts.counted_bars(labels, counts, title, n, "pictures")
        return charts.shapes(sizes, title)

    alt = "Bars of how many pictures have each size." if few else "Heights against widths."
    rows = [(name, f"{count:,}", pc(count / len(sizes))) for name, count in ranked]
    headers = ("height × width (the most frequent)", "pictures", "share")
    return Panel(
        "sizes", title, how, len(sizes), reading, alt, draw, "", headers, [] if few else rows
    )


def _origins(material: Material) -> Panel:
    title = "Where the pictures come from"
    how = "The dataset that each picture was first published in, as the manifest says."
    origins = material.origins[material.origins != ""]
    if not len(origins):
        return Panel("origins", title, how, missing="the manifest names no origin")
    ranked, rest = frequent(origins.tolist(), _SHAPES)
    if len(ranked) == 1:
        why = f"all {len(origins):,} pictures come from one, {ranked[0][0]}"
        return Panel("origins", title, how, missing=why)
    shown = [*ranked, ("others", rest)] if rest else ranked
    labels, counts = zip(*shown, strict=True)
    n = len(origins)
    return Panel(
        "origins",
        title,
        how,
        n,
        f"Most come from {ranked[0][0]}: {pc(ranked[0][1] / n)} of the {n:,} with a known origin.",
        "Bars of how many pictures come from each dataset.",
        lambda: charts.counted_bars(labels, counts, title, n, "pictures"),
    )


def _flags(material: Material) -> Panel:
    title, n = "What is odd about pictures", len(material)
    how = "The flags of the manifest; a picture may have several. Copies are byte-identical."
    counts = {text: int(np.count_nonzero(material.flags[name])) for name, text in FLAGS.items()}
    if not any(counts.values()):
        return Panel("flags", title, how, missing="no readable picture has a flag")
    unreadable = material.total - n
    most = max(counts, key=lambda name: counts[name])
    touched = np.any([material.flags[name] for name in FLAGS], axis=0)
    reading = (
        f"{int(touched.sum()):,} pictures ({pc(touched.mean())}) have a flag; the most frequent is "
        f"“{most}” ({counts[most]:,})."
    )
    more = f" {unreadable:,} more cannot be read." if unreadable else ""
    return Panel(
        "flags",
        title,
        how,
        n,
        reading + more,
        "Bars of how many pictures have each flag.",
        lambda: charts.counted_bars(list(counts), list(counts.values()), title, n, "pictures"),
    )
