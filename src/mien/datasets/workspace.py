"""A hidden folder to work in, which never outlives its user for long.

It is locked by the process that works in it. It goes away when the work ends, in whatever way;
what a killed process left is taken for what it is by the next one, because its lock is free.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.errors import DataError, UsageError
from mien.runs import locked

_LOCK = "lock"
WHOLE, OLD = "whole", "old"


@contextmanager
def workspace(folder: Path, out: Path | None = None) -> Iterator[Path]:
    """Yield ``folder``, made, locked and empty; it is removed afterwards.

    Args:
        folder: where to work.
        out: what ``publish`` will replace. Where a killed process had moved it aside and no
            further, it is put back first.

    Raises:
        DataError: another process works in it, or the system refuses to write (a full disk).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("w") as lock:
            if not locked(lock.fileno()):
                raise DataError(
                    f"another mien works on the same thing at this moment (in {folder}): wait for "
                    "it, or name another folder"
                )
            try:
                _clear(folder, out)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise DataError(
            f"{error.filename or folder.parent}: {error.strerror or error}; nothing was kept, "
            "mend that and run it again"
        ) from error


def _clear(folder: Path, out: Path | None) -> None:
    if out is not None:
        _restore(folder, out)
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left.name != _LOCK:
            left.unlink()


def _restore(folder: Path, out: Path) -> None:
    if (folder / OLD).is_dir() and not out.exists():
        (folder / OLD).rename(out)


def check_outside(out: Path, *datasets: Path) -> None:
    """Refuse a folder that is a source or dataset, lies in one or holds one.

    Raises:
        UsageError: it does.
    """
    place = out.resolve()
    for dataset in datasets:
        root = dataset.resolve()
        if place.is_relative_to(root) or root.is_relative_to(place):
            raise UsageError(
                f"{out} is, lies in or holds {dataset}, which must stay as it is: "
                "expected a folder beside it; name another"
            )


def publish(folder: Path, out: Path) -> None:
    """Give the finished ``folder/whole`` its name; what stood there goes with the workspace."""
    sync(folder / WHOLE)
    if out.exists():
        out.rename(folder / OLD)
    try:
        (folder / WHOLE).rename(out)
    except BaseException:
        _restore(folder, out)
        raise
    sync(out.parent)


def sync(folder: Path) -> None:
    """Have the system write a folder's own entries to the disk, where systems offer that."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
