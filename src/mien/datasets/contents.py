"""What a picture shows, as a hash: the same for a grey picture and for it stored in colours."""

import numpy as np
import numpy.typing as npt

from mien.datasets.framing import Framing
from mien.datasets.pictures import as_grey
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress, pixel_hash

Hashes = npt.NDArray[np.bytes_]


def contents(prepared: PreparedSet, framing: Framing, progress: Progress) -> Hashes:
    """Return the hash of what each picture will show, ``bytes [N]``; empty where unreadable.

    Args:
        prepared: the dataset.
        framing: how its pictures will be scaled. Those that stay grey pictures as they are keep
            the hash of the manifest, and are not looked at.
        progress: see ``source.Progress``.
    """
    hashes = prepared.manifest.hashes.copy()
    rows = np.flatnonzero(~prepared.flags["unreadable"] & ~_stays(prepared, framing))
    for done, row in enumerate(rows.tolist(), 1):
        pixels, _ = framing.apply(prepared.pixels(row), None)
        hashes[row] = pixel_hash(as_grey(pixels)).encode()
        progress(f"comparing {prepared.name}", done, len(rows))
    return hashes


def _stays(prepared: PreparedSet, framing: Framing) -> npt.NDArray[np.bool_]:
    height, width, channels = prepared.sizes.T
    same = (height == framing.size) & (width == framing.size) if framing.size else True
    return np.asarray((channels == 1) & same)
