"""Folders that are written whole or not at all beside a dataset that must stay as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.datasets.manifest import FILE_NAME
from mien.datasets.prepared import RECORD
from mien.datasets.workspace import WHOLE, publish, workspace
from mien.errors import DataError

FINDINGS, COUNTS, PAGE = "findings.csv", "audit.json", "gallery.html"


@contextmanager
def new_audit(out: Path, overwrite: bool) -> Iterator[Path]:
    """Yield an empty folder that becomes ``out`` where the block succeeds.

    Raises:
        DataError: something else than an audit stands there, or an audit that is not to be
            replaced; or it cannot be written.
    """
    with workspace(out.parent / f".{out.name}.auditing", out) as work:
        _check(out, overwrite, "an audit", _other_than_audit(out))
        (work / WHOLE).mkdir()
        yield work / WHOLE
        publish(work, out)


@contextmanager
def new_dataset(out: Path, overwrite: bool) -> Iterator[Path]:
    """Yield the name of a folder to prepare a dataset in, which then becomes ``out``.

    Raises:
        DataError: as ``new_audit`` does, for a prepared dataset.
    """
    with workspace(out.parent / f".{out.name}.cleaning", out) as work:
        known = (out / FILE_NAME).is_file() and (out / RECORD).is_file()
        _check(out, overwrite, "a prepared dataset", "" if known else f"it has no {FILE_NAME}")
        yield work / WHOLE
        publish(work, out)


def _other_than_audit(out: Path) -> str:
    """Say why a folder is no audit, or holds more than one; empty where it is one."""
    names = {path.name for path in out.iterdir()} if out.is_dir() else set()
    more = sorted(names - {FINDINGS, COUNTS, PAGE})
    if more:
        return f"it holds {more[0]}" + (f" and {len(more) - 1} more" if more[1:] else "")
    return "" if {FINDINGS, COUNTS} <= names else f"it has no {FINDINGS}"


def _check(out: Path, overwrite: bool, what: str, problem: str) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if problem:
        raise DataError(
            f"{out} exists and is not only {what} ({problem}): expected a new folder; name another"
        )
    if not overwrite:
        raise DataError(f"{out} holds {what} already: name another folder, or add --overwrite")
