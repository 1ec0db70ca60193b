"""What lies in a zip or tar file, streamed; ``archives`` decides what becomes of it."""

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Self

from mien.errors import SourceError

MOST_HEADER = 2**20
"""A tar's longest name or table of attributes, in bytes."""

Member = tuple[str, Callable[[], IO[bytes] | None] | None]
"""A file's name in the archive and how to open it; None where it is a folder."""

_MOST_FILLING = 64
_PACKED: Mapping[bytes, Callable[[Path], BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_BEYOND = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


def zipped(path: Path) -> Iterator[Member]:
    """Stream the members of a zip.

    Raises:
        SourceError: it is encrypted, or holds a link or device.
    """
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.flag_bits & 1:
                raise SourceError(
                    f"{path.name} is encrypted: unpack it with its password and name the folder"
                )
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise SourceError(_no_plain_file(path, info.filename))
            folder = info.is_dir() or kind == stat.S_IFDIR
            yield info.filename, None if folder else partial(archive.open, info)


def tarred(path: Path) -> Iterator[Member]:
    """Stream the members of a tar, packed or not, each of which is to be read before the next.

    Raises:
        SourceError: it holds a link or device.
        tarfile.ReadError: it is damaged or cut, be it between two members.
    """
    with (
        _opened(path) as stream,
        tarfile.open(fileobj=stream, mode="r|", tarinfo=_WholeInfo) as archive,
    ):
        while (info := archive.next()) is not None:
            archive.members = []  # type: ignore[attr-defined]  # it would remember all of them
            if not info.isdir() and not info.isreg():
                raise SourceError(_no_plain_file(path, info.name))
            yield info.name, None if info.isdir() else partial(archive.extractfile, info)
        _read_out(stream)


def _opened(path: Path) -> BufferedIOBase:
    """Open a file, unpacked if it is packed; unlike ``tarfile`` itself, these check the sums."""
    with path.open("rb") as file:
        start = file.read(6)
    opener = next((o for magic, o in _PACKED.items() if start.startswith(magic)), None)
    return opener(path) if opener else path.open("rb")


def _read_out(stream: BufferedIOBase) -> None:
    """Read what fills up the last record, and with it the sum at the end."""
    if all(stream.read(2**20) for _ in range(_MOST_FILLING)):
        raise tarfile.ReadError(f"more than {_MOST_FILLING} MiB behind its end")


class _WholeInfo(tarfile.TarInfo):
    """A member's header. A tar ends with a block of zeros; without it, or broken, it is refused.

    ``tarfile`` itself takes a damaged header, and an end between two members, for the end.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header of 512 bytes."""
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if len(buf) == tarfile.BLOCKSIZE and not any(buf):
                raise
            cut = "cut short, its end is missing" if len(buf) < tarfile.BLOCKSIZE else str(error)
            raise tarfile.ReadError(cut) from error
        if info.type in _BEYOND and info.size > MOST_HEADER:
            raise tarfile.ReadError(f"a name or attributes of {info.size:,} bytes")
        return info


def _no_plain_file(path: Path, name: str) -> str:
    return f"{path.name} holds {name[:80]!r}, a link or device: expected plain files only"
