"""Augmented copies of pictures, each drawn from its own name: the same whatever else there is."""

from collections.abc import Sequence
from dataclasses import fields
from hashlib import blake2b

import numpy as np
import torch

from mien.config import Augment
from mien.preprocess import Pixels
from mien.transforms.augment import Draw, apply, draw


def copies(
    pictures: Sequence[Pixels], names: Sequence[str], count: int, settings: Augment, seed: int
) -> list[list[Pixels]]:
    """Return augmented copies of pictures of one shape.

    The random numbers of copy ``k`` (from 1) come from the seed, the picture's name and ``k``.

    Args:
        pictures: ``uint8 [H, W]`` or ``uint8 [H, W, 3]`` each.
        names: of the pictures.
        count: how many copies of each.
        settings: what may change, and by how much.
        seed: of the draw.

    Returns:
        For each picture its copies, of its shape.
    """
    batch = torch.from_numpy(np.repeat(np.stack(pictures), count, axis=0).astype(np.float32) / 255)
    channelled = batch.movedim(-1, 1) if batch.ndim == 4 else batch[:, None]
    drawn = [_draw(name, k + 1, settings, seed) for name in names for k in range(count)]
    changed = apply(channelled, _together(drawn)).mul(255).round().to(torch.uint8)
    flat = (changed.movedim(1, -1) if batch.ndim == 4 else changed[:, 0]).numpy()
    return [list(flat[n : n + count]) for n in range(0, len(flat), count)]


def _draw(name: str, number: int, settings: Augment, seed: int) -> Draw:
    digest = blake2b(f"{seed}/{number}/{name}".encode("utf-8", "surrogatepass"), digest_size=7)
    generator = torch.Generator().manual_seed(int.from_bytes(digest.digest(), "big"))
    return draw(1, settings, generator)


def _together(drawn: Sequence[Draw]) -> Draw:
    return Draw(
        **{f.name: torch.cat([getattr(one, f.name) for one in drawn]) for f in fields(Draw)}
    )
