"""Which published source a path is: each reader recognises its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mien.datasets import archives, csv_rows, folders, parquet, votes
from mien.datasets.manifest import FILE_NAME
from mien.datasets.prepared import RECORD
from mien.datasets.source import FileSource
from mien.datasets.workspace import workspace
from mien.errors import SourceError

Reader = Callable[[Path], FileSource | None]
DEPTH = 2
"""How many folders down a source may lie in the folder or archive that is named."""

_CSV_NAMES = ("fer2013.csv", "icml_face_data.csv", "train.csv")


def _csv(path: Path) -> FileSource | None:
    """Take the named file, or the one of a folder that holds most of the set."""
    if not path.is_dir():
        return csv_rows.recognise(path)
    files = sorted(p for p in path.glob("*.csv") if p.name != votes.FILE_NAME)
    files.sort(key=lambda p: _CSV_NAMES.index(p.name) if p.name in _CSV_NAMES else 99)
    return next((source for p in files if (source := csv_rows.recognise(p))), None)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "fer2013.csv, icml_face_data.csv or the competition's train.csv": _csv,
        "hub Parquet files (train-….parquet, valid-…, test-…)": parquet.recognise,
        "folders {train,test[,val]}/<emotion>/": folders.recognise,
    }
)
"""What is looked for → who recognises it, in the order of asking."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A source, the files it is read from, and the votes that lie beside it, if any."""

    source: FileSource
    files: tuple[Path, ...]
    votes: Path | None


@contextmanager
def open_source(path: Path, beside: Path) -> Iterator[Opened]:
    """Find out what a file, folder or archive is, and open it.

    Args:
        path: what a person named.
        beside: the folder in which an archive may be unpacked; it is gone afterwards.

    Raises:
        SourceError: there is nothing, or nothing known; the message lists what was looked for.
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder; expected {_choices()}")
    if path.is_file() and not path.stat().st_size:
        raise SourceError(f"{path} is empty; expected {_choices()}")
    with ExitStack() as stack:
        root, near = path, [path.parent, path.parent.parent]
        if archives.is_archive(path):
            root = stack.enter_context(workspace(beside / f".{path.name}.unpacking")) / "in"
            root.mkdir()
            archives.unpack(path, root)
        place, source = _find(path, root)
        if place.is_dir():
            near = [place, place.parent, root, *near]
        files = (path,) if root != path else tuple(source.files)
        yield Opened(source, files, _votes(source, near))


def _find(named: Path, root: Path) -> tuple[Path, FileSource]:
    for place in _places(root):
        if (place / FILE_NAME).is_file() and (place / RECORD).is_file():
            raise SourceError(f"{place} is a prepared dataset already: train or evaluate on it")
        for reader in READERS.values():
            source = _asked(reader, place)
            if source is not None:
                return place, source
    raise SourceError(f"{named} is no dataset that mien knows; looked for {_choices()}")


def _asked(reader: Reader, place: Path) -> FileSource | None:
    try:
        return reader(place)
    except OSError as error:
        raise SourceError(f"{error.filename or place} cannot be read: {error.strerror}") from error


def _places(root: Path) -> Iterator[Path]:
    """Yield the path and, where it is a folder, those in it, nearest first."""
    level = [root]
    for _ in range(DEPTH + 1):
        yield from level
        level = [
            inner for folder in level if folder.is_dir() for inner in folders.subfolders(folder)
        ]


def _choices() -> str:
    return f"{'; '.join(READERS)}; or one of these in a folder or as {', '.join(archives.SUFFIXES)}"


def _votes(source: FileSource, near: Sequence[Path]) -> Path | None:
    """Return the votes that lie beside a source; note why, where they cannot be used."""
    found = next((p for f in near if (p := f / votes.FILE_NAME).is_file()), None)
    if found is not None and not source.keeps_row_order:
        source.notes.append(
            f"{votes.FILE_NAME} lies beside the source but is not used: votes are joined by row, "
            "and this layout has lost the rows of fer2013.csv"
        )
        return None
    return found
