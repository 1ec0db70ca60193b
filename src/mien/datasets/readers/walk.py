"""Walking folders of pictures, whatever is in them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mien.datasets.pictures import as_grey, decode
from mien.datasets.source import Pixels
from mien.errors import ImageError, SourceError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".pgm", ".ppm")
"""Files with another suffix are no pictures of a source."""

MOST_BYTES = 2**29
"""A larger file is no picture of a face; it is not read."""


def subfolders(path: Path) -> list[Path]:
    """Return the folders in a folder, sorted, without hidden ones."""
    return sorted(Path(e.path) for e in _entries(path) if _is_folder(e) and _visible(e.name))


def own_files(path: Path) -> list[Path]:
    """Return what is no folder in a folder, sorted, without hidden ones; broken links too."""
    return sorted(Path(e.path) for e in _entries(path) if not _is_folder(e) and _visible(e.name))


def files(folder: Path) -> Iterator[Path]:
    """Stream the files of a folder and of those in it, sorted; hidden ones are passed over.

    A link to a folder is followed, unless it leads back to one that it lies in. A link that leads
    nowhere is a file.
    """
    levels = [(iter(_sorted(folder)), folder.resolve())]
    while levels:
        entry = next(levels[-1][0], None)
        if entry is None:
            levels.pop()
        elif not _is_folder(entry):
            yield Path(entry.path)
        else:
            inner = Path(entry.path)
            real = inner.resolve()
            if real not in {above for _, above in levels}:
                levels.append((iter(_sorted(inner)), real))


def pictures(folder: Path) -> Iterator[Path]:
    """Stream the files of a folder that have the suffix of a picture, and links to nowhere."""
    return (path for path in files(folder) if is_picture(path))


def is_picture(path: Path) -> bool:
    """Tell whether a file has the suffix of a picture, or is a link without suffix to nowhere."""
    suffix = path.suffix.lower()
    return suffix in SUFFIXES or (not suffix and leads_nowhere(path))


def leads_nowhere(path: Path) -> bool:
    """Tell whether a path is a link to what is not there, or to itself."""
    try:
        return path.is_symlink() and not path.exists()
    except OSError:  # links that lead in a circle
        return True


def load(path: Path) -> tuple[Pixels | None, str]:
    """Return a picture's pixels, grey where they are, or the reason why there are none."""
    try:
        if leads_nowhere(path):
            return None, "a link that leads nowhere"
        problem = _no_file(path.stat())
        return (None, problem) if problem else (as_grey(decode(path.read_bytes())), "")
    except ImageError as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot be read ({error.strerror})"


def _no_file(found: os.stat_result) -> str:
    """Say why something cannot be read as a file; a pipe, for one, would never end."""
    if not stat.S_ISREG(found.st_mode):
        return "no plain file, expected a picture"
    if found.st_size > MOST_BYTES:
        return f"{found.st_size:,} bytes, expected at most {MOST_BYTES:,}"
    return ""


def _visible(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links that lead in a circle
        return False


def _sorted(folder: Path) -> list[os.DirEntry[str]]:
    return sorted((e for e in _entries(folder) if _visible(e.name)), key=lambda e: e.name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise SourceError(f"the folder {folder} cannot be read: {error.strerror}") from error
