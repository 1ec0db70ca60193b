"""Walking folders of pictures, whatever is in them."""

import os
from collections.abc import Iterator
from pathlib import Path

from mien.datasets.pictures import as_grey, decode
from mien.datasets.source import Pixels
from mien.errors import ImageError, SourceError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".pgm", ".ppm")
"""Files with another suffix are no pictures of a source."""


def subfolders(path: Path) -> list[Path]:
    """Return the folders in a folder, sorted, without hidden ones."""
    return sorted(Path(e.path) for e in _entries(path) if e.is_dir() and _visible(e.name))


def files(folder: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Stream the files of a folder and of those in it, sorted; hidden ones are passed over.

    A link to a folder is followed, unless it leads back to one that it lies in (``above``).
    """
    above = (*above, folder.resolve())
    entries = sorted(_entries(folder), key=lambda entry: entry.name)
    for entry in (entry for entry in entries if _visible(entry.name)):
        if not entry.is_dir():
            yield Path(entry.path)
        elif Path(entry.path).resolve() not in above:
            yield from files(Path(entry.path), above)


def pictures(folder: Path) -> Iterator[Path]:
    """Stream the files of a folder that have the suffix of a picture."""
    return (path for path in files(folder) if path.suffix.lower() in SUFFIXES)


def load(path: Path) -> tuple[Pixels | None, str]:
    """Return a picture's pixels, grey where they are, or the reason why there are none."""
    try:
        return as_grey(decode(path.read_bytes())), ""
    except ImageError as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"


def _visible(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise SourceError(f"the folder {folder} cannot be read: {error.strerror}") from error
