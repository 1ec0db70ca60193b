"""The source of a merged dataset: what is taken of each set, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mien.datasets.again import Again
from mien.datasets.framing import ALIGN, Framing, faces_of
from mien.datasets.merge_names import distinct, of_origin, set_names
from mien.datasets.merge_rules import TAKEN, Pool, Taken, label_set_of
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Picture
from mien.emotions import EMOTIONS


class Merged:
    """What is taken of several prepared datasets, one after the other."""

    keeps_row_order = False
    has_splits = True

    def __init__(
        self, sets: Sequence[PreparedSet], pool: Pool, taken: Taken, name: str, framing: Framing
    ) -> None:
        self.sets, self.names = sets, set_names([one.name for one in sets])
        self.name = name or "-".join(self.names)
        self.faces, differs = common_faces(sets)
        self.rows = np.flatnonzero(taken.reason == TAKEN)
        self.taken, self.of = taken, pool.of
        self.label_set = label_set_of(taken.label_sets[self.rows], taken.labels[self.rows])
        parts = np.bincount(pool.of[self.rows], minlength=len(sets)).tolist()
        told = (f"{name} ({count:,})" for name, count in zip(self.names, parts, strict=True))
        self.layout = f"merged from {', '.join(told)}"
        self.ids = distinct([one.ids for one in sets], [one.manifest.origins for one in sets])
        self.notes = [
            f"{name}: {note}"
            for name, one in zip(self.names, sets, strict=True)
            for note in Again(one).notes
        ] + [*_shape_notes(sets, framing), *differs]

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        start = 0
        for one in self.sets:
            inside = self.rows[(self.rows >= start) & (self.rows < start + len(one))]
            for row, picture in zip(inside, Again(one, inside - start), strict=True):
                yield self._picture(int(row), picture)
            start += len(one)

    def _picture(self, row: int, picture: Picture) -> Picture:
        label, number = int(self.taken.labels[row]), int(self.of[row])
        own = picture.origin == self.sets[number].name
        origin = self.names[number] if own else picture.origin
        return replace(
            picture,
            id=str(self.ids[row]),
            label=EMOTIONS[label] if label >= 0 else None,
            label_set=str(self.taken.label_sets[row]),
            origin=origin,
            subject=of_origin(picture.subject, origin),
            sequence=of_origin(picture.sequence, origin),
        )


def common_faces(sets: Sequence[PreparedSet]) -> tuple[str, list[str]]:
    """Return how the faces of all sets were cut out, with a note where some were turned upright."""
    words = [faces_of(one.record) for one in sets]
    if words.count(ALIGN) in (0, len(words)):
        return (words[0] if len(set(words)) == 1 else ""), []
    upright = ", ".join(one.name for one in sets if faces_of(one.record) == ALIGN)
    return "", [
        f"only the faces of {upright} are turned upright; prepare all sets with --faces align, "
        "or none"
    ]


def _shape_notes(sets: Sequence[PreparedSet], framing: Framing) -> Iterator[str]:
    sizes = np.concatenate([one.sizes[~one.flags["unreadable"]] for one in sets])
    if framing.grey:
        sizes[:, 2] = 1
    if framing.size:
        sizes[:, :2] = framing.size
    shapes = len(np.unique(sizes, axis=0))
    if shapes > 1:
        yield (
            f"the pictures have {shapes} different shapes: training scales each by itself; "
            "--size and --grey make them alike"
        )
