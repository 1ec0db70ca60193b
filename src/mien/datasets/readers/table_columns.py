"""Which columns of a table hold paths, labels, splits and people."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers.names import shown
from mien.errors import SourceError

SUFFIXES = (".csv", ".tsv", ".tab")
DELIMITERS: Mapping[str, str] = MappingProxyType({".csv": ",;\t", ".tsv": "\t", ".tab": "\t"})
"""Suffix → what may stand between cells; the first that gives a path and a label is taken."""

USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "path": (
            *("path", "file", "filename", "filepath", "image", "img"),
            *("file_name", "file_path", "image_name", "image_path", "image_file"),
        ),
        "label": ("label", "emotion", "expression", "class", "target"),
        "split": ("split", "usage", "set"),
        "subject": ("subject", "person", "subject_id", "person_id", "user"),
    }
)
"""What a column holds → what it is usually called: small letters, ``_`` for blanks."""

_MOST_HEADER = 100_000


@dataclass(frozen=True, slots=True)
class Columns:
    """How a table is read.

    Attributes:
        names: of all columns.
        places: ``path``, ``label``, ``split``, ``subject`` → the column's number; the last two
            only where there are such columns.
        delimiter: what stands between two cells.
        encoding: of the text.
    """

    names: tuple[str, ...]
    places: Mapping[str, int]
    delimiter: str
    encoding: str

    def rows(self, path: Path) -> Iterator[dict[str, str]]:
        """Stream the cells of a table's rows by what they hold; lines without text are none.

        Where a row has more or fewer cells than the header, ``problem`` says so.

        Raises:
            SourceError: it is no table from some line on.
        """
        with path.open(encoding=self.encoding, errors="surrogateescape", newline="") as file:
            lines = csv.reader(file, delimiter=self.delimiter)
            try:
                next(lines, None)
                for row in filter(None, lines):
                    cells = {
                        what: row[n].strip() for what, n in self.places.items() if n < len(row)
                    }
                    if len(row) != len(self.names):
                        cells["problem"] = f"{len(row)} cell(s), expected {len(self.names)}"
                    yield cells
            except (csv.Error, UnicodeError) as error:
                raise SourceError(
                    f"{path.name}, line {lines.line_num}: no table from here on ({error})"
                ) from error


def columns_of(path: Path, asked: Mapping[str, str]) -> Columns | None:
    """Return a table's columns, None where it has no paths or no labels.

    Args:
        path: the file.
        asked: what a column holds → its name, as a person says.

    Raises:
        SourceError: a column that is asked for is not there, or several could be the same.
    """
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return None
    headers = [(_header(path, mark), mark) for mark in DELIMITERS[path.suffix.lower()]]
    for names, mark in headers:
        candidates = _candidates(names, asked)
        if candidates.get("path") and candidates.get("label"):
            places = {what: _one(path, names, what, at) for what, at in candidates.items()}
            return Columns(names, MappingProxyType(places), mark, _encoding(path))
    if asked:
        raise SourceError(_lacking(path, max((names for names, _ in headers), key=len), asked))
    return None


def _lacking(path: Path, names: Sequence[str], asked: Mapping[str, str]) -> str:
    wanted = {what: asked.get(what, "") for what in ("path", "label", *asked)}
    told = ", ".join(f"{what} ({name})" if name else what for what, name in wanted.items())
    return f"{path.name} has the columns {_listed(names)}: expected columns of {told}"


def _candidates(names: Sequence[str], asked: Mapping[str, str]) -> dict[str, list[int]]:
    """Return which columns could hold what; empty where one that was asked for is not there."""
    keys = [_key(name) for name in names]
    found = {}
    for what, usual in USUAL.items():
        wanted = (_key(asked[what]),) if what in asked else usual
        places = [n for n, key in enumerate(keys) if key in wanted]
        if what in asked and not places:
            return {}
        if places:
            found[what] = places
    return found


def _one(path: Path, names: Sequence[str], what: str, places: Sequence[int]) -> int:
    if len(places) > 1:
        could = ", ".join(shown(names[n]) for n in places)
        raise SourceError(
            f"{path.name}: several columns could hold the {what}: {could}; say which one with "
            f"--columns {what}=<name> (two of one name cannot be told apart)"
        )
    return places[0]


def _key(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    with path.open(encoding=_encoding(path), errors="surrogateescape", newline="") as file:
        try:
            line = file.readline(_MOST_HEADER)
            return tuple(next(csv.reader([line], delimiter=delimiter), []))
        except (csv.Error, UnicodeError):
            return ()


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name.strip()[:40]) for name in names[:20]) or "none"
