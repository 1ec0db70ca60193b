"""The packed file: all pixels of a prepared dataset in one piece, opened without being read.

It is a cache beside the pictures (``.packed/``). It counts only as long as the manifest's hash
and the size and time of every picture are what they were when it was made; else it is made
again, and every picture is then checked against the hash in the manifest.
"""

import os
import stat
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from mien.datasets.manifest import Manifest
from mien.datasets.pictures import decode_png
from mien.datasets.source import Pixels, pixel_hash
from mien.errors import PreparedDataError, UsageError
from mien.runs import whole_file

FOLDER = ".packed"
_PIXELS, _INDEX = "pixels.u8", "index.npz"
Stamps = npt.NDArray[np.int64]


def offsets(manifest: Manifest) -> npt.NDArray[np.int64]:
    """Return where each picture begins in the flat pixels, ``int64 [N + 1]``."""
    return np.concatenate([[0], manifest.sizes.prod(axis=1).cumsum()]).astype(np.int64)


def stamp(root: Path, manifest: Manifest) -> Stamps:
    """Return size and time of each picture's file, ``int64 [N, 2]``, zeros where unreadable.

    Raises:
        PreparedDataError: pictures are missing; the first are named, all are counted.
    """
    numbers, missing, prefix = array("q"), [], f"{root}/"
    for file in manifest.files:
        try:
            numbers.extend(stamp_of(f"{prefix}{file}") if file else (0, 0))
        except (FileNotFoundError, NotADirectoryError):
            missing.append(str(file))
    if missing:
        raise PreparedDataError(
            f"{root}: {len(missing)} of {int((manifest.files != '').sum())} pictures are missing "
            f"({_few(missing)}); prepare the dataset again"
        )
    return np.array(numbers, np.int64).reshape(-1, 2)


def stamp_of(path: Path | str) -> tuple[int, int]:
    """Return size and time of one file."""
    found = os.stat(path)  # noqa: PTH116  a million times, where Path costs as much again
    if not stat.S_ISREG(found.st_mode):
        raise FileNotFoundError(f"{path} is no plain file")
    return found.st_size, found.st_mtime_ns


def load(root: Path, sha256: str, stamps: Stamps, length: int) -> Pixels | None:
    """Return the cached pixels, flat and memory-mapped; None where there are none that match."""
    try:
        with (
            (root / FOLDER / _INDEX).open("rb") as file,
            np.load(file, allow_pickle=False) as index,
        ):
            same = str(index["manifest"]) == sha256 and np.array_equal(index["stamps"], stamps)
            own = tuple(index["pixels"].tolist())
        path = root / FOLDER / _PIXELS
        if not same or stamp_of(path) != own or own[0] != length:
            return None
        return np.memmap(path, np.uint8, "r") if length else np.empty(0, np.uint8)
    except Exception:  # whatever is wrong with a cache, it is made again
        return None


def write_index(folder: Path, sha256: str, stamps: Stamps) -> None:
    """Write what the packed pixels belong to."""
    with whole_file(folder / _INDEX) as temporary, temporary.open("wb") as file:
        own = np.array(stamp_of(folder / _PIXELS), np.int64)
        np.savez(file, manifest=np.array(sha256), stamps=stamps, pixels=own)


def keep_spool(spool: Path, folder: Path) -> None:
    """Move flat pixels, written while preparing, to where the packed file lies."""
    spool.replace(folder / _PIXELS)


def pack(root: Path, manifest: Manifest, sha256: str, stamps: Stamps) -> Pixels:
    """Read and check every picture, write the cache, and return the flat pixels.

    Where nothing can be written (a read-only folder) the pixels stay in memory.

    Raises:
        PreparedDataError: pictures are not what the manifest says, all of them counted.
    """
    starts = offsets(manifest)
    try:
        (root / FOLDER).mkdir(exist_ok=True)
        with whole_file(root / FOLDER / _PIXELS) as temporary:
            with temporary.open("wb") as file:
                _reserve(file, int(starts[-1]))
            if starts[-1]:
                _fill(root, manifest, starts, np.memmap(temporary, np.uint8, "r+"))
        write_index(root / FOLDER, sha256, stamps)
        packed = load(root, sha256, stamps, int(starts[-1]))
    except (OSError, UsageError):
        packed = None
    if packed is None:
        packed = np.empty(int(starts[-1]), np.uint8)
        _fill(root, manifest, starts, packed)
    return packed


def _reserve(file: IO[bytes], length: int) -> None:
    """Make a file as long as it will be; where the disk is too full, an OSError says so now.

    A mapped file that finds no room later would end the process.
    """
    if length and hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, length)
    else:
        file.truncate(length)


def _fill(root: Path, manifest: Manifest, starts: npt.NDArray[np.int64], flat: Pixels) -> None:
    changed = []
    for row, file in enumerate(manifest.files):
        if not file:
            continue
        pixels = _read(root / file)
        size = tuple(manifest.sizes[row].tolist())
        same = pixels is not None and (*pixels.shape, 1)[:3] == size
        if pixels is None or not same or pixel_hash(pixels).encode() != manifest.hashes[row]:
            changed.append(str(file))
        else:
            flat[starts[row] : starts[row + 1]] = pixels.ravel()
    if changed:
        raise PreparedDataError(
            f"{root}: {len(changed)} picture(s) are not what the manifest says ({_few(changed)}); "
            "prepare the dataset again"
        )


def _read(path: Path) -> Pixels | None:
    try:
        return decode_png(path.read_bytes())
    except OSError:
        return None


def _few(files: Sequence[str]) -> str:
    return ", ".join(files[:3]) + (", …" if len(files) > 3 else "")
