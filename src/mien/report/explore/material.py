"""What an exploration looks at: a prepared dataset as arrays, with numbers about its pixels."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.audit import group_ids
from mien.datasets.prepared import PreparedSet
from mien.errors import PreparedDataError
from mien.report.explore.numbers.measured import Measured, common_side, measure

Pixels = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]

SEED = 0
SAMPLE, LARGE = 20_000, 2**29
"""Of more pictures than ``SAMPLE`` that have more than ``LARGE`` bytes together, so many are
looked at."""


@dataclass(frozen=True)
class Material:
    """A prepared dataset, its N readable pictures alone.

    Attributes:
        record: ``dataset.json``.
        sha256: hash of the manifest.
        total: pictures, unreadable ones too.
        ids, split, origins: text ``[N]``.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        votes: ``int [N, 10]``, or None.
        groups: ``int64 [N]``, equal for identical pictures: the first one's position.
        sizes: ``int64 [N, 3]``: height, width, channels.
        flags: ``bool [N]`` by name.
        sample: positions of the M pictures whose pixels were measured, ``int64 [M]``.
        measured: numbers about those.
        picture: position → ``uint8 [H, W]`` or ``uint8 [H, W, 3]``.
    """

    record: Mapping[str, Any]
    sha256: str
    total: int
    ids: Text
    split: Text
    origins: Text
    labels: Ints
    votes: npt.NDArray[np.int16] | None
    groups: Ints
    sizes: Ints
    flags: Mapping[str, npt.NDArray[np.bool_]]
    sample: Ints
    measured: Measured
    picture: Callable[[int], Pixels]

    def __len__(self) -> int:
        return len(self.ids)


def read(prepared: PreparedSet, show: Callable[[str, int, int | None], None]) -> Material:
    """Look at a prepared dataset; a few hundred pictures are held at a time.

    Args:
        prepared: the dataset.
        show: told what is done, how much of it, and of how much.

    Raises:
        PreparedDataError: it has no readable picture.
    """
    rows = prepared.where()
    if not len(rows):
        raise PreparedDataError(
            f"{prepared.root}: expected pictures to look at, found none that can be read "
            f"({len(prepared)} line(s) in its manifest)"
        )

    def picture(position: int) -> Pixels:
        return prepared.pixels(int(rows[position]))

    manifest, votes = prepared.manifest, prepared.votes
    sizes, labels = prepared.sizes[rows], prepared.labels[rows]
    sample = sampled(sizes)
    pixels = _told((picture(int(n)) for n in sample), len(sample), show)
    return Material(
        record=prepared.record,
        sha256=prepared.sha256,
        total=len(prepared),
        ids=prepared.ids[rows],
        split=prepared.split[rows],
        origins=manifest.origins[rows],
        labels=labels,
        votes=None if votes is None else votes[rows],
        groups=group_ids(manifest.hashes[rows]),
        sizes=sizes,
        flags={name: flag[rows] for name, flag in prepared.flags.items()},
        sample=sample,
        measured=measure(pixels, labels[sample], common_side(sizes)),
        picture=picture,
    )


def _told(
    pictures: Iterable[Pixels], count: int, show: Callable[[str, int, int | None], None]
) -> Iterable[Pixels]:
    for number, picture in enumerate(pictures, start=1):
        yield picture
        show("measuring", number, count)


def sampled(sizes: Ints) -> Ints:
    """Return the positions whose pixels are measured: all, or a fixed sample of a large set."""
    count = len(sizes)
    if count <= SAMPLE or int(sizes.prod(axis=1).sum()) <= LARGE:
        return np.arange(count)
    return np.sort(np.random.default_rng(SEED).permutation(count)[:SAMPLE])
