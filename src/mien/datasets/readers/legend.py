"""``images/`` with ``data/legend.csv`` (``user.id,image,emotion``): the layout of expressions.

So ``muxspace/facial_expressions`` on GitHub is published: eight emotions in any case, one row a
picture, each labelled by one person (``user.id``). Most pictures are named by who is in them:
``Ada_Lovelace_0001.jpg``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mien.datasets.readers.listed import Findings
from mien.datasets.readers.names import shown
from mien.datasets.readers.table_columns import Columns, columns_of
from mien.datasets.readers.table_rows import IMAGES, label_of, place_of
from mien.datasets.readers.walk import load, pictures
from mien.datasets.source import Picture
from mien.errors import SourceError

FILE_NAME = "legend.csv"
_COLUMNS = {"user.id", "image", "emotion"}
_PERSON = re.compile(r"(.*[^\W\d_].*?)_[0-9]+")
_CAMERAS = ("image", "img", "face", "frame", "photo", "picture", "pic", "scan", "screenshot")


def subject_of(name: str) -> str:
    """Return who is in a picture by the picture's name; empty where it does not say.

    A person's name is written with capitals before the last ``_`` and a number. Its letters
    alone count, in small: ``Ada_Lovelace_0001.jpg`` and ``AdaLovelace_12.jpg`` are both
    ``adalovelace``. Names that cameras give (``IMG_0001.jpg``) tell nobody.
    """
    found = _PERSON.fullmatch(Path(name).stem)
    if found is None:
        return ""
    person = found[1]
    letters = "".join(c for c in person if c.isalpha())
    code = "_" not in person and letters.isupper()
    if not letters[0].isupper() or code or letters.lower() in _CAMERAS:
        return ""
    return letters.casefold()


def recognise(path: Path) -> "LegendSource | None":
    """Return the source that a legend, or a folder with one, is; None where there is none.

    Raises:
        SourceError: there is no ``images/`` to the legend.
    """
    legends = [path / "data" / FILE_NAME, path / FILE_NAME] if path.is_dir() else [path]
    for legend in legends:
        columns = columns_of(legend, {}) if legend.name.lower() == FILE_NAME else None
        if columns is not None and {n.strip().lower() for n in columns.names} >= _COLUMNS:
            return LegendSource(legend, columns)
    return None


class LegendSource:
    """Rows of ``legend.csv``, counted from 0; ids do not tell who is in a picture."""

    name = "expressions"
    label_set = "eight"
    keeps_row_order = False
    has_splits = False
    layout = "images/ with data/legend.csv (user.id, image, emotion)"

    def __init__(self, legend: Path, columns: Columns) -> None:
        self.files: Sequence[Path] = (legend,)
        self._columns = columns
        near = (legend.absolute().parent.parent / IMAGES, legend.absolute().parent / IMAGES)
        folder = next((folder for folder in near if folder.is_dir()), None)
        if folder is None:
            raise SourceError(f"{legend} has no pictures: expected them in {near[0]}")
        self._folder = folder
        self.notes = list(self._notes())

    def _notes(self) -> Iterator[str]:
        listed = {cells.get("path", "") for cells in self._columns.rows(self.files[0])}
        names = (path.relative_to(self._folder).as_posix() for path in pictures(self._folder))
        unlisted = sum(name not in listed for name in names)
        if unlisted:
            yield f"{unlisted} picture(s) in {IMAGES}/ are not in the legend and were passed over"

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for number, cells in enumerate(self._columns.rows(self.files[0])):
            yield self._picture(number, cells)

    def _picture(self, number: int, cells: Mapping[str, str]) -> Picture:
        found, text = Findings(), cells.get("path", "")
        if "problem" in cells:
            found.problems.append(cells["problem"])
        inner = found(place_of, self._folder, text)
        label = found(label_of, cells.get("label", ""))
        pixels, problem = None, ""
        if inner is not None:
            pixels, problem = load(self._folder / inner)
        if found.text:
            pixels, problem = None, "; ".join(filter(None, (found.text, problem)))
        return Picture(
            id=f"{self.name}-{number:05d}",
            where=f"row {number} ({shown(text[:200])})",
            source_split="",
            split="train",
            label=label,
            pixels=pixels,
            problem=problem,
            subject=subject_of(text),
        )
