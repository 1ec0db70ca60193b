"""Near copies: the same photograph again, coded anew, brighter, moved or scaled a little.

Two pictures are near copies where the middle of one is found in the other with a correlation of
``THRESHOLD`` or more (``near_match``). Not every pair is compared: pictures are looked up in
hash tables by codes that near copies share (``near_code``), as in Indyk and Motwani 1998,
"Approximate nearest neighbors", doi:10.1145/276698.276876, with random hyperplanes for hashes
(Charikar 2002, doi:10.1145/509907.509965). Time grows about as the number of pictures; memory
holds 32 bytes a picture (its code, and one table at a time), and the pairs that are found.
``benchmarks/near_copies.py`` measures what it finds and what it takes.

Deviations and limits:

- Of the pictures that share a key, only the first ``MOST`` are compared with those that ask for
  it, so that a film of a million like frames does not cost a million times a million.
- Pictures of almost one value (see ``near_code``) have no near copies.
- Mirror images are not looked for.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt

from mien.datasets.near_code import BITS, VIEWS, WORDS, Coder
from mien.datasets.near_match import match
from mien.datasets.source import Pixels, Progress, silent

TABLES = 24
MOST = 32
BLOCK = 1024
FARTHEST = 30
"""Pairs whose codes differ in more bits (of 192) are not compared."""
LEAST = 0.85
"""Pairs with a lower correlation at half the size are not compared at full size."""
THRESHOLD = 0.956
"""Chosen by eye on pairs of FER-2013, all splits, with no label or score in sight: of the pairs
just above it about one in fifteen shows two photographs, of those just below it one in five."""

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]
GetPixels = Callable[[int], Pixels]


@dataclass(frozen=True)
class Pairs:
    """Near copies, each pair once.

    Attributes:
        first, second: ``int64 [M]``, positions; ``first < second``, in ascending order.
        score: ``float32 [M]``, correlation; 1 where the same picture.
    """

    first: Ints
    second: Ints
    score: npt.NDArray[np.float32]


def near_pairs(
    count: int,
    pixels: GetPixels,
    threshold: float = THRESHOLD,
    progress: Progress | None = None,
) -> Pairs:
    """Find the near copies among pictures.

    Args:
        count: how many there are.
        pixels: returns one of them, ``uint8 [H, W]`` or ``uint8 [H, W, 3]``; it is asked three
            times for each or less, and again for each pair that is compared.
        threshold: least correlation of a pair.
        progress: told what is being done.
    """
    say = progress or silent
    if count < 2:
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
    with tempfile.TemporaryFile() as views:
        codes = _codes(count, pixels, views, say)
        keys = _candidates(codes, views, say)
    first, second = keys // count, keys % count
    score = np.empty(len(keys), np.float32)
    for place, (a, b) in enumerate(zip(first, second, strict=True)):
        score[place] = match(pixels(int(a)), pixels(int(b)), LEAST)
        say("comparing", place + 1, len(keys))
    near = score >= threshold
    return Pairs(first[near], second[near], score[near])


def groups_of(pairs: Pairs, count: int) -> Ints:
    """Return ``int64 [count]``: pictures linked by pairs have one number, that of the first."""
    groups = np.arange(count, dtype=np.int64)
    if not len(pairs.first):
        return groups
    ends, place = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
    root = np.arange(len(ends))
    a, b = place[: len(pairs.first)], place[len(pairs.first) :]
    while True:
        least = np.minimum(root[a], root[b])
        before = root.copy()
        np.minimum.at(root, a, least)
        np.minimum.at(root, b, least)
        root = root[root]
        if np.array_equal(before, root):
            groups[ends] = ends[root]
            return groups


def near_groups(
    groups: Ints, rows: Ints, pixels: GetPixels, progress: Progress | None = None
) -> Ints:
    """Return groups in which near copies are together with exact ones.

    Args:
        groups: ``int64 [N]``, equal for pictures with the same pixels.
        rows: which pictures to look at.
        pixels: returns a picture by its position.
        progress: told what is being done.

    Returns:
        ``int64 [N]``, the position of one of the group; -1 for pictures not looked at.
    """
    _, first, inverse = np.unique(groups[rows], return_index=True, return_inverse=True)
    single = rows[first]
    pairs = near_pairs(len(single), lambda n: pixels(int(single[n])), progress=progress)
    found = np.full(len(groups), -1, np.int64)
    found[rows] = single[groups_of(pairs, len(single))][inverse]
    return found


def _codes(count: int, pixels: GetPixels, views: IO[bytes], say: Progress) -> Codes:
    """Return each picture's code, ``uint64 [N, WORDS]``; those of its views go to a file."""
    coder = Coder.fitted(count, pixels)
    codes = np.zeros((count, WORDS), np.uint64)
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        seen = coder.codes([pixels(n) for n in range(start, stop)])
        codes[start:stop] = seen[:, 0]
        views.write(seen.tobytes())
        say("coding", stop, count)
    return codes


def _candidates(codes: Codes, views: IO[bytes], say: Progress) -> Ints:
    """Return the pairs to compare as ``first * N + second``, ascending."""
    found = np.empty(0, np.int64)
    random = np.random.default_rng(0)
    width = max(1, int(np.ceil(np.log2(len(codes)))))
    for table in range(TABLES):
        chosen = random.choice(BITS, width, replace=False)
        held = _table(codes, chosen)
        blocks = _blocks(views, len(codes))
        new = [_looked_up(start, block, chosen, codes, *held) for start, block in blocks]
        found = np.unique(np.concatenate([found, *new]))
        say("looking up", table + 1, TABLES)
    return found


def _blocks(views: IO[bytes], count: int) -> Iterator[tuple[int, Codes]]:
    views.seek(0)
    for start in range(0, count, BLOCK):
        rows = min(BLOCK, count - start)
        data = np.frombuffer(views.read(rows * VIEWS * WORDS * 8), np.uint64)
        yield start, data.reshape(rows, VIEWS, WORDS)


def _table(codes: Codes, chosen: Ints) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return the keys in ascending order, and whose they are. Flat pictures are in no table."""
    keys = np.concatenate(
        [_keys(codes[s : s + BLOCK], chosen) for s in range(0, len(codes), BLOCK)]
    )
    order = np.argsort(keys, kind="stable").astype(np.uint32)
    order = order[codes[order].any(-1)]
    return keys[order], order


def _keys(codes: Codes, chosen: Ints) -> npt.NDArray[np.uint32]:
    """Return some bits of codes ``uint64 [..., WORDS]`` as one number."""
    keys = np.zeros(codes.shape[:-1], np.uint64)
    for bit in chosen.tolist():
        keys <<= np.uint64(1)
        keys |= codes[..., bit // 64] >> np.uint64(bit % 64) & np.uint64(1)
    return keys.astype(np.uint32)


def _looked_up(
    start: int,
    block: Codes,
    chosen: Ints,
    codes: Codes,
    keys: npt.NDArray[np.uint32],
    order: npt.NDArray[np.uint32],
) -> Ints:
    """Return the pairs of a block's pictures with those that share a key and most of the code."""
    asked = _keys(block, chosen).ravel()
    low = np.searchsorted(keys, asked, "left")
    many = np.minimum(np.searchsorted(keys, asked, "right") - low, MOST)
    who = np.repeat(np.arange(len(asked)), many)
    place = np.arange(len(who)) - np.repeat(np.cumsum(many) - many, many) + low[who]
    other, one = order[place].astype(np.int64), start + who // VIEWS
    differ = np.bitwise_count(block.reshape(-1, WORDS)[who] ^ codes[other]).sum(-1)
    taken = (differ <= FARTHEST) & (one != other) & codes[one].any(-1) & codes[other].any(-1)
    a, b = np.minimum(one, other)[taken], np.maximum(one, other)[taken]
    return np.unique(a * len(codes) + b)
