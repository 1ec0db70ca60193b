"""The manifest as arrays in one file: opened many times faster than its text is parsed.

Like the packed pixels it is a cache (``.packed/manifest.npz``), which counts only as long as the
manifest's hash is what it was.
"""

from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import numpy as np

from mien.datasets.manifest import FILE_NAME, FLAGS, Manifest, read_manifest
from mien.datasets.packed import FOLDER
from mien.errors import UsageError
from mien.runs import whole_file

_CACHE = "manifest.npz"
_FLAGS = (*FLAGS, "duplicate")
_ARRAYS = tuple(f.name for f in fields(Manifest) if f.name not in ("votes", "flags"))


def open_manifest(root: Path, sha256: str) -> Manifest:
    """Return the manifest of a prepared dataset, from the cache or read and cached.

    Args:
        root: the dataset's folder.
        sha256: of its manifest.

    Raises:
        PreparedDataError: the manifest is damaged.
    """
    path = root / FOLDER / _CACHE
    cached = _load(path, sha256)
    if cached is not None:
        return cached
    manifest = read_manifest(root / FILE_NAME)
    with suppress(OSError, UsageError):  # a folder that cannot be written to is read each time
        _save(path, sha256, manifest)
    return manifest


def _load(path: Path, sha256: str) -> Manifest | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if str(held["manifest"]) != sha256:
                return None
            return Manifest(
                **{name: held[name] for name in _ARRAYS},
                votes=held.get("votes"),
                flags={name: held[f"flag_{name}"] for name in _FLAGS},
            )
    except Exception:  # whatever is wrong with a cache, it is made again
        return None


def _save(path: Path, sha256: str, manifest: Manifest) -> None:
    arrays = {name: getattr(manifest, name) for name in _ARRAYS}
    if manifest.votes is not None:
        arrays["votes"] = manifest.votes
    arrays |= {f"flag_{name}": manifest.flags[name] for name in _FLAGS}
    path.parent.mkdir(exist_ok=True)
    with whole_file(path) as temporary, temporary.open("wb") as file:
        np.savez(file, manifest=np.array(sha256), **arrays)
