"""Unpacking zip and tar files that may be broken or hostile."""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from mien.errors import SourceError

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
MOST_BYTES = 16 * 2**30
"""More than this is refused, whatever the archive says of itself (FER-2013: 0.3 GB)."""

MOST_MEMBERS = 2_000_000
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError),
)

Member = tuple[str, Callable[[], IO[bytes] | None]]
"""A file's name in the archive, and how to open it."""


def is_archive(path: Path) -> bool:
    """Tell by the name whether a file is an archive that mien unpacks."""
    return path.is_file() and path.name.lower().endswith(SUFFIXES)


def unpack(path: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Unpack an archive's files into a folder. Only plain files are written.

    Raises:
        SourceError: it is broken or encrypted, holds links, devices or two files of one name,
            a file would leave the folder, or there is more in it than ``most_bytes``.
    """
    members = _zipped if path.name.lower().endswith(".zip") else _tarred
    seen: set[PurePosixPath] = set()
    left = most_bytes
    try:
        for name, open_member in members(path):
            inner = _inner(path, name)
            if inner in seen:
                raise SourceError(f"{path.name} holds two files named {name}: expected one")
            seen.add(inner)
            if len(seen) > MOST_MEMBERS:
                raise SourceError(f"{path.name} holds more than {MOST_MEMBERS:,} files")
            left -= _write(open_member, folder / inner, left)
            if left < 0:
                raise SourceError(
                    f"{path.name} unpacks to more than {most_bytes:,} bytes: if it is meant to, "
                    "unpack it by hand and prepare the folder"
                )
    except _BROKEN as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"{path.name} is no whole archive ({reason}): fetch it again") from error


def _inner(path: Path, name: str) -> PurePosixPath:
    """Return a member's place in the folder; refuse one outside of it."""
    inner = PurePosixPath(name.replace("\\", "/"))
    drive = ":" in inner.parts[0] if inner.parts else True
    if inner.is_absolute() or drive or ".." in inner.parts or "\0" in name:
        raise SourceError(f"{path.name} holds {name[:80]!r}, which lies outside of the archive")
    return inner


def _zipped(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir():
                continue
            if kind not in (0, stat.S_IFREG):
                raise SourceError(_no_plain_file(path, info.filename))
            yield info.filename, partial(archive.open, info)


def _tarred(path: Path) -> Iterator[Member]:
    with tarfile.open(path, "r|*") as archive:
        for info in archive:
            if info.isdir():
                continue
            if not info.isreg():
                raise SourceError(_no_plain_file(path, info.name))
            yield info.name, partial(archive.extractfile, info)


def _no_plain_file(path: Path, name: str) -> str:
    return f"{path.name} holds {name[:80]!r}, a link or device: expected plain files only"


def _write(open_member: Callable[[], IO[bytes] | None], place: Path, most: int) -> int:
    """Write a member and return its size; stop as soon as it is more than ``most``."""
    place.parent.mkdir(parents=True, exist_ok=True)
    member = open_member()
    assert member is not None, "only plain files are opened"
    with member, place.open("wb") as file:
        while file.tell() <= most and (data := member.read(1 << 20)):
            file.write(data)
        return file.tell()
