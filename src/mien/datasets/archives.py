"""Unpacking zip and tar files that may be broken or hostile."""

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

from mien.datasets.archive_members import tarred, zipped
from mien.errors import SourceError

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
OTHERS = (".7z", ".rar", ".zst", ".gz", ".bz2", ".xz", ".z", ".lz4", ".cab", ".iso")
"""Packed files that mien does not unpack."""

MOST_BYTES = 16 * 2**30
"""More than this is refused, whatever the archive says of itself (FER-2013: 0.3 GB)."""

MOST_MEMBERS = 2_000_000
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, RuntimeError, ValueError, LookupError, ArithmeticError),
)


def is_archive(path: Path) -> bool:
    """Tell by the name whether a file is an archive that mien unpacks.

    Raises:
        SourceError: it is packed in another way.
    """
    if not path.is_file():
        return False
    known = path.name.lower().endswith(SUFFIXES)
    if not known and path.name.lower().endswith(OTHERS):
        raise SourceError(
            f"{path.name}: mien does not unpack {path.suffix} files, only {', '.join(SUFFIXES)}; "
            "unpack it by hand and name the folder or file that comes out"
        )
    return known


def stem(path: Path) -> str:
    """Return an archive's name without its suffix, fit for a folder."""
    ends = (path.name[: -len(s)] for s in SUFFIXES if path.name.lower().endswith(s))
    return min(ends, key=len, default=path.stem).strip(". ") or "archive"


def inside(folder: Path, most: int = 3) -> list[str]:
    """Return the first archives and other packed files in a folder and the nearer ones in it."""
    found: list[str] = []
    for place, folders, files in islice(os.walk(folder), 1000):
        folders.sort()
        packed = (name for name in sorted(files) if name.lower().endswith((*SUFFIXES, *OTHERS)))
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in packed]
        if len(found) >= most:
            break
    return found[:most]


def unpack(path: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Unpack an archive's files into a folder. Only plain files are written, none twice.

    Raises:
        SourceError: it is broken, cut short or encrypted, holds links, devices or two files of
            one name, a file would leave the folder, or there is more in it than ``most_bytes``.
    """
    try:
        _unpack(path, folder, most_bytes)
    except NotImplementedError as error:
        raise SourceError(f"{path.name}: {error}; unpack it by hand and name the folder") from error
    except (OSError, *_BROKEN) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a full disk
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"{path.name} is no whole archive ({reason}): fetch it again") from error


def _unpack(path: Path, folder: Path, most_bytes: int) -> None:
    members = zipped if path.name.lower().endswith(".zip") else tarred
    left = most_bytes
    for number, (name, open_member) in enumerate(members(path), 1):
        inner = _inner(path, name)
        if number > MOST_MEMBERS:
            raise SourceError(f"{path.name} holds more than {MOST_MEMBERS:,} files")
        if open_member is None:
            continue
        with _created(path, name, folder / inner) as file:
            left -= _write(open_member, file, left)
        if left < 0:
            raise SourceError(
                f"{path.name} unpacks to more than {most_bytes:,} bytes: if it is meant to, "
                "unpack it by hand and prepare the folder"
            )


def _inner(path: Path, name: str) -> PurePosixPath:
    """Return a member's place in the folder; refuse one outside of it."""
    inner = PurePosixPath(name.replace("\\", "/"))
    drive = ":" in inner.parts[0] if inner.parts else False
    if inner.is_absolute() or drive or ".." in inner.parts or "\0" in name:
        raise SourceError(f"{path.name} holds {name[:80]!r}, which lies outside of the archive")
    return inner


def _created(path: Path, name: str, place: Path) -> IO[bytes]:
    """Open a new file; what another member of the archive has written stays as it is."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return place.open("xb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise SourceError(
            f"{path.name} holds two files named {name[:80]!r}, or a file and a folder (this disk "
            "may take capital and small letters for the same): expected one"
        ) from error


def _write(open_member: Callable[[], IO[bytes] | None], file: IO[bytes], most: int) -> int:
    """Write a member and return its size; stop as soon as it is more than ``most``."""
    member = open_member()
    assert member is not None, "only plain files are opened"
    with member:
        while file.tell() <= most and (data := member.read(1 << 20)):
            file.write(data)
        return file.tell()
