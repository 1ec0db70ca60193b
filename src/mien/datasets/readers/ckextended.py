"""CK+ in the columns of ``fer2013.csv``: ``ckextended.csv`` (``emotion,pixels,Usage``).

920 faces of 48x48 pixels with FER-2013's codes and 7 for contempt. People and films are lost.
See ``ckplus`` for what CK+ is.
"""

from collections.abc import Sequence
from pathlib import Path

from mien.datasets.readers.csv_rows import CsvSource, header, is_ck
from mien.emotions import CODES
from mien.errors import SourceError

_COLUMNS = ("emotion", "pixels", "usage")


def recognise(path: Path) -> "CkExtendedSource | None":
    """Return the source that a file, or a CSV file in a folder, is; None where it has no pixels.

    The columns are those of FER-2013, so readers of that are asked before this one, and pass
    over ``ckextended.csv``.

    Raises:
        SourceError: it lacks labels or splits.
    """
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if not p.name.startswith("."))
        files.sort(key=lambda p: not is_ck(p))
    return next((source for p in files if (source := _of_file(p))), None)


def _of_file(path: Path) -> "CkExtendedSource | None":
    if path.suffix.lower() != ".csv" or not path.is_file():
        return None
    columns = header(path)
    lacking = [name for name in _COLUMNS if name not in columns]
    if "pixels" in lacking and not is_ck(path):
        return None
    if lacking:
        raise SourceError(
            f"{path.name} has the columns {', '.join(columns)[:80]}: expected emotion, pixels, "
            "Usage"
        )
    return CkExtendedSource(path, columns)


class CkExtendedSource(CsvSource):
    """Rows of ``ckextended.csv``, counted from 0."""

    name = "ckplus"
    prefix = "ckextended"
    label_set = "ckplus"
    codes = CODES["ckextended"]
    keeps_row_order = False

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        super().__init__(path, columns)
        self.layout = f"CK+ as CSV ({', '.join(c for c in columns if c)})"
        self.notes.append(
            "ckextended.csv knows no subjects, so no split by subject is possible: frames of one "
            "person may lie on both sides"
        )
