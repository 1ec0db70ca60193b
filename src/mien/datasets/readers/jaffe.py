"""JAFFE: posed faces of ten women, in one folder; the file names hold all that is known.

``KA.AN1.39.tiff``: the person, the expression and its take, the number of the picture. Some names
have a dot too many or too few. Copies in another format keep the name.
Lyons, Akamatsu, Kamachi and Gyoba 1998, "Coding facial expressions with Gabor wavelets",
doi:10.1109/AFGR.1998.670949.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from mien.datasets.readers.walk import SUFFIXES, load, own_files, subfolders
from mien.datasets.source import Picture, safe_id
from mien.emotions import LABEL_SETS, canonical
from mien.errors import UnknownEmotionError

PICTURES = 213
"""So many were published."""

_NAME = re.compile(r"([A-Z]{2})\.+([A-Z]{2})\.?[0-9]*\.*[0-9]*", re.IGNORECASE)


def parse(name: str) -> tuple[str, str]:
    """Return the person and the emotion that a file name tells.

    Raises:
        ValueError: it is no name of JAFFE's pictures.
    """
    stem = name.removesuffix(Path(name).suffix)
    found = _NAME.fullmatch(stem)
    if found is None:
        raise ValueError(f"name {name[:40]!r}, expected person.expression.number: KA.AN1.39.tiff")
    try:
        label = canonical(found[2])
    except UnknownEmotionError:
        label = ""
    if label not in LABEL_SETS["jaffe"]:
        raise ValueError(f"expression {found[2]!r}, expected AN, DI, FE, HA, NE, SA or SU")
    return found[1].upper(), label


def recognise(path: Path) -> "JaffeSource | None":
    """Return the source that a folder is, None where under half of its pictures are named so.

    Copies that were sorted into folders, an expression or a person each, are taken too.
    """
    if not path.is_dir():
        return None
    of, fitting = _count(path)
    if of:
        return JaffeSource(path, (path,)) if 2 * fitting >= of else None
    folders = subfolders(path)
    counts = [_count(folder) for folder in folders]
    several = sum(1 for _, fitting in counts if fitting) > 1
    half = 2 * sum(fitting for _, fitting in counts) >= sum(of for of, _ in counts)
    return JaffeSource(path, folders) if several and half else None


def _count(folder: Path) -> tuple[int, int]:
    """Return how many pictures lie in a folder, and how many of them are named as JAFFE's."""
    names = [name for name in _files(folder) if _is_picture(name)]
    return len(names), sum(1 for name in names if _fits(name))


def _fits(name: str) -> bool:
    try:
        parse(name)
    except ValueError:
        return False
    return True


def _files(folder: Path) -> list[str]:
    """Return the names of the files in a folder, sorted, without hidden ones."""
    return [path.name for path in own_files(folder)]


def _is_picture(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


class JaffeSource:
    """Pictures in the order of their names; the subject is the person's two letters."""

    name = "jaffe"
    label_set = "jaffe"
    keeps_row_order = False
    has_splits = False

    def __init__(self, root: Path, folders: Sequence[Path]) -> None:
        self._root, self._folders = root, folders
        self.files: Sequence[Path] = ()
        self.layout = "JAFFE as pictures whose names hold person and expression"
        self.notes: list[str] = []
        names = [name for folder in folders for name in _files(folder)]
        count = sum(1 for name in names if _is_picture(name))
        others = len(names) - count
        if count != PICTURES:
            self.notes.append(f"{count} pictures are here, and JAFFE was published with {PICTURES}")
        if others:
            self.notes.append(f"{others} file(s) without the suffix of a picture were passed over")

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for folder in self._folders:
            for name in filter(_is_picture, _files(folder)):
                yield self._picture(folder / name)

    def _picture(self, path: Path) -> Picture:
        subject, label, pixels = "", None, None
        try:
            subject, label = parse(path.name)
            pixels, problem = load(path)
        except ValueError as error:
            problem = str(error)
        return Picture(
            id=safe_id((path.name.removesuffix(path.suffix),)),
            where=path.relative_to(self._root).as_posix(),
            source_split="",
            split="train",
            label=label,
            pixels=pixels,
            problem=problem,
            subject=subject,
        )
