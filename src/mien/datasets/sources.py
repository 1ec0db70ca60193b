"""Which published source a path is: each reader recognises its own."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mien.datasets import archives, votes
from mien.datasets.again import READER, Again
from mien.datasets.manifest import FILE_NAME
from mien.datasets.prepared import RECORD, PreparedSet
from mien.datasets.readers import READERS
from mien.datasets.readers.walk import subfolders
from mien.datasets.source import FileSource, Options, Source
from mien.datasets.workspace import workspace
from mien.errors import SourceError, UnknownNameError

DEPTH = 2
"""How many folders down a source may lie in the folder or archive that is named."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A source, its reader, the files it is read from, and the votes beside it, if any."""

    source: Source
    reader: str
    files: tuple[Path, ...]
    votes: Path | None


@contextmanager
def open_source(
    path: Path,
    beside: Path,
    take_as: str = "",
    options: Options | None = None,
    again: bool = False,
) -> Iterator[Opened]:
    """Find out what a file, folder or archive is, and open it.

    Args:
        path: what a person named.
        beside: the folder in which an archive may be unpacked; it is gone afterwards.
        take_as: a key of ``READERS``: only that one is asked.
        options: what the readers are asked to do.
        again: a prepared dataset is taken too (see ``again.Again``), to be made into another one.

    Raises:
        UnknownNameError: ``take_as`` is no reader.
        SourceError: there is nothing, or nothing known; the message lists what was looked for.
    """
    if take_as and take_as not in READERS:
        raise UnknownNameError("source", take_as, READERS)
    asked = [take_as] if take_as else list(READERS)
    if not path.exists():
        raise SourceError(
            f"{path}: no such file or folder; expected the file, folder or archive of a dataset"
        )
    if path.is_file() and not path.stat().st_size:
        raise SourceError(f"{path} is empty; expected {_choices(asked)}")
    with ExitStack() as stack:
        root, near = path, [path.parent, path.parent.parent]
        if archives.is_archive(path):
            root = stack.enter_context(workspace(beside / f".{path.name}.unpacking"))
            root = root / "in" / archives.stem(path)
            root.mkdir(parents=True)
            archives.unpack(path, root)
        again = again and not take_as
        place, name, source = _find(path, root, asked, options or Options(), again)
        if place.is_dir():
            near = [place, place.parent, root, *near]
        files = (path,) if root != path else tuple(source.files)
        yield Opened(source, name, files, None if name == READER else _votes(source, near))


def _find(
    named: Path, root: Path, asked: Sequence[str], options: Options, again: bool
) -> tuple[Path, str, FileSource]:
    for place in _places(root):
        if (place / FILE_NAME).is_file() and (place / RECORD).is_file():
            if again and place == root:
                return place, READER, Again(PreparedSet.open(place))
            raise SourceError(
                f"{place} is a prepared dataset already: train or evaluate on it; to make another "
                "of it, name it alone and ask for --split, --balance, --size, --grey or --faces"
            )
        for name in asked:
            source = _recognised(name, place, options, sure=len(asked) == 1)
            if source is not None:
                return place, name, source
    what = f"not {asked[0]}" if len(asked) == 1 else "no dataset that mien knows"
    packed = archives.inside(root) if root.is_dir() else []
    first = "" if named == root else f"unpack {named.name} by hand and "
    inner = f"; it holds {', '.join(packed)}: {first}name that" if packed else ""
    raise SourceError(f"{named} is {what}{inner}; looked for {_choices(asked)}")


def _recognised(name: str, place: Path, options: Options, sure: bool) -> FileSource | None:
    reader = READERS[name]
    recognise = reader.asked or reader.recognise if sure else reader.recognise
    try:
        return recognise(place, options)
    except OSError as error:
        raise SourceError(
            f"{error.filename or place} cannot be read: {error.strerror or error}"
        ) from error


def _places(root: Path) -> Iterator[Path]:
    """Yield the path and, where it is a folder, those in it, nearest first."""
    level = [root]
    for _ in range(DEPTH + 1):
        yield from level
        level = [inner for folder in level if folder.is_dir() for inner in subfolders(folder)]


def _choices(asked: Sequence[str]) -> str:
    known = "; ".join(READERS[name].what for name in asked)
    return f"{known}; or one of these in a folder or as {', '.join(archives.SUFFIXES)}"


def _votes(source: FileSource, near: Sequence[Path]) -> Path | None:
    """Return the votes that lie beside a source; note why, where they cannot be used."""
    if source.name != "fer2013":
        return None
    found = next((p for f in near if (p := f / votes.FILE_NAME).is_file()), None)
    if found is not None and not source.keeps_row_order:
        source.notes.append(
            f"{votes.FILE_NAME} lies beside the source but is not used: votes are joined by row, "
            "and this layout has lost the rows of fer2013.csv"
        )
        return None
    return found
