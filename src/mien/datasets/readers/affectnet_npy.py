"""AffectNet in its newer form: cut-out faces, each with its label in a file of its own.

``{train,val}_set/images/17.jpg`` and ``{train,val}_set/annotations/17_exp.npy``; the other
annotations of a picture (``_val``, ``_aro``, ``_lnd``) are not read.
"""

import io
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tokenize import TokenError
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mien.datasets.readers.listed import Findings, label_of
from mien.datasets.readers.walk import SUFFIXES, load
from mien.datasets.source import Picture, safe_id
from mien.emotions import CODES
from mien.errors import SourceError

SETS: Mapping[str, str] = MappingProxyType({"train_set": "train", "val_set": "val"})
_ENTRY = np.dtype([("number", "i8"), ("stem", "S16"), ("name", "S24")])
_PICTURE = re.compile(rf"([0-9]{{1,16}})({'|'.join(map(re.escape, SUFFIXES))})", re.IGNORECASE)
_LABEL = re.compile(r"([0-9]{1,16})_exp\.npy")
_MOST_BYTES = 4096
_DAMAGED = (
    *(ValueError, TypeError, EOFError, SyntaxError, TokenError),
    *(MemoryError, OverflowError, SystemError),
)
"""What numpy raises on bytes that are no array, or no plain one."""


def recognise(path: Path) -> "NumberedSource | None":
    """Return the source that a folder is, None where no set in it has a ``…_exp.npy``.

    Raises:
        SourceError: a set has pictures but no annotations, or the other way round.
    """
    sets = [s for name in SETS if (s := path / name).is_dir()]
    if not any(_LABEL.fullmatch(name) for s in sets for name in _names(s / "annotations")):
        return None
    halves = [f"{s.name}/{f}" for s in sets for f in ("images", "annotations")]
    missing = [half for half in halves if not (path / half).is_dir()]
    if missing:
        raise SourceError(
            f"{path} has no folder {', '.join(missing)}: expected images/ and annotations/ in "
            f"{' and '.join(s.name for s in sets)}"
        )
    return NumberedSource(sets)


class NumberedSource:
    """Pictures of each set in the order of their numbers.

    Memory holds the names of the files, about forty bytes each.
    """

    name = "affectnet"
    label_set = "affectnet"
    keeps_row_order = False
    has_splits = True

    def __init__(self, sets: Sequence[Path]) -> None:
        self._sets = sets
        self.files: Sequence[Path] = ()
        self.layout = f"AffectNet as numbered files ({', '.join(s.name for s in sets)})"
        self.notes: list[str] = list(split_notes({SETS[s.name] for s in sets}))
        images = [s / "images" for s in sets]
        others = sum(not _matters(folder / name) for folder in images for name in _names(folder))
        if others:
            self.notes.append(f"{others} file(s) without the suffix of a picture were passed over")

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time; labels without a picture come last."""
        for folder in self._sets:
            pictures = _numbered(folder / "images", _PICTURE)
            for entry in pictures:
                yield _picture(folder, entry["stem"].decode(), entry["name"].decode())
            yield from _odd(folder)
            labels = _numbered(folder / "annotations", _LABEL)
            for entry in labels[~np.isin(labels["stem"], pictures["stem"])]:
                place, name = f"{folder.name}/annotations", entry["name"].decode()
                stem = entry["stem"].decode()
                problem = f"a label without a picture, expected {folder.name}/images/{stem}.jpg"
                yield _broken(folder, (folder.name, stem), f"{place}/{name}", problem)


def split_notes(splits: set[str]) -> Iterator[str]:
    """Yield what a user has to know about AffectNet's splits, of which these are there."""
    if "val" in splits:
        yield (
            "AffectNet's test pictures are not public, so there is no test split: published scores "
            "are on its validation set, which is val here"
        )
    else:
        yield "AffectNet's validation set is not here, and published scores are on it"


def _picture(folder: Path, stem: str, name: str) -> Picture:
    found = Findings()
    label = found(_label, folder / "annotations" / f"{stem}_exp.npy")
    pixels, problem = load(folder / "images" / name)
    problems = [*found.problems, *([problem] if problem else [])]
    return Picture(
        id=safe_id((folder.name, stem)),
        where=f"{folder.name}/images/{name}",
        source_split=folder.name,
        split=SETS[folder.name],
        label=label,
        pixels=None if problems else pixels,
        problem="; ".join(problems),
    )


def _label(path: Path) -> str:
    """Return the emotion in an annotation; raise ``ValueError`` where there is none."""
    if not path.is_file():
        raise ValueError(f"a picture without a label, expected {path.parent.name}/{path.name}")
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror})") from error
    return label_of(_text(path.name, data), CODES["affectnet"])


def _text(name: str, data: bytes) -> str:
    """Return the one value in the bytes of a ``.npy`` file as text."""
    whole = data.startswith(b"\x93NUMPY") and len(data) <= _MOST_BYTES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged header may look like an old one
            array = np.load(io.BytesIO(data), allow_pickle=False) if whole else np.empty(0)
        value = array.item()
    except _DAMAGED:
        raise ValueError(f"{name} is no annotation: expected an .npy file with one code") from None
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _odd(folder: Path) -> Iterator[Picture]:
    """Yield what lies among the pictures but is no numbered one."""
    images = folder / "images"
    for name in sorted(n for n in _names(images) if not _PICTURE.fullmatch(n)):
        if _matters(images / name):
            kind = "a folder" if (images / name).is_dir() else f"name {name[:40]!r}"
            problem = f"{kind}, expected pictures with a number as name such as 17.jpg"
            yield _broken(folder, (folder.name, name), f"{folder.name}/images/{name}", problem)


def _broken(folder: Path, parts: Sequence[str], where: str, problem: str) -> Picture:
    return Picture(safe_id(parts), where, folder.name, SETS[folder.name], None, None, problem)


def _names(folder: Path) -> Iterator[str]:
    """Stream the names in a folder, none where there is no such folder; hidden ones are not."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (e.name for e in entries if not e.name.startswith("."))


def _matters(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES or path.is_dir()


def _numbered(folder: Path, pattern: re.Pattern[str]) -> npt.NDArray[np.void]:
    """Return number, stem and name of the files of a pattern, in the order of the numbers."""
    found = (m for name in _names(folder) if (m := pattern.fullmatch(name)))
    table = np.fromiter(((int(m[1]), m[1], m[0]) for m in found), _ENTRY)
    return table[np.lexsort((table["name"], table["number"]))]
