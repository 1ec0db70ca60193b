"""What readers of lists share: a line names a picture, a label and where the face lies.

Each part of a line is checked by a function that raises ``ValueError`` with what is wrong;
``Findings`` gathers them, so that all that is wrong with a line is told at once.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import ParamSpec, TypeVar

from mien.datasets.readers.walk import load
from mien.datasets.source import Box, Pixels

TRIED = 100
"""So many pictures of a list are looked for, to find the folder that they lie in."""

_CODE = re.compile(r"0*([0-9]{1,6})(\.0*)?")
P = ParamSpec("P")
T = TypeVar("T")


class Findings:
    """What is wrong with one line.

    Attributes:
        problems: the messages, in the order of the checks.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []

    def __call__(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what a check returns, None where it fails; its message is kept."""
        try:
            return check(*args, **kwargs)
        except ValueError as error:
            self.problems.append(str(error))
            return None

    @property
    def text(self) -> str:
        """All of it in one line; empty where nothing is wrong."""
        return "; ".join(self.problems)


def inner_path(text: str) -> PurePosixPath:
    """Return a path that stays inside of the folder it is meant for.

    Raises:
        ValueError: it is empty, absolute, on a drive, goes up or has backslashes.
    """
    drive = re.match(r"[A-Za-z]:", text)
    if drive or "\\" in text or "\0" in text or {"", ".", ".."} & set(text.split("/")):
        raise ValueError(f"path {text[:80]!r}, expected one inside of the folder of pictures")
    return PurePosixPath(text)


def code_in(text: str) -> int | None:
    """Return the number that a code is, also of ``3.0``; None where it is none."""
    found = _CODE.fullmatch(text.strip())
    return int(found[1]) if found else None


def label_of(text: str, codes: Mapping[int, str]) -> str:
    """Return the emotion that a code stands for.

    Raises:
        ValueError: it is no number, or none of the codes.
    """
    code = code_in(text)
    if code is None or code not in codes:
        raise ValueError(f"label {text[:20]!r}, expected a code from {min(codes)} to {max(codes)}")
    return codes[code]


def numbers(cells: Mapping[str, str]) -> list[float]:
    """Return the numbers in cells.

    Args:
        cells: the column's name → its text.

    Raises:
        ValueError: one of them is no finite number.
    """
    found = {name: _number(text) for name, text in cells.items()}
    wrong = [f"{name} {cells[name][:20]!r}" for name, value in found.items() if math.isnan(value)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: expected a number")
    return list(found.values())


def _number(text: str) -> float:
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def check_area(box: Box) -> Box:
    """Return a box that has an area; raise ``ValueError`` where it has none."""
    if min(box[2:]) <= 0:
        raise ValueError(f"the face's box is {box[2]:g}x{box[3]:g} pixels, expected an area")
    return box


def check_inside(box: Box, pixels: Pixels) -> None:
    """Raise ``ValueError`` where a box shares no pixel with its picture."""
    height, width = pixels.shape[:2]
    x, y, across, down = box
    if x >= width or y >= height or x + across <= 0 or y + down <= 0:
        raise ValueError(
            f"the face's box ({x:g}, {y:g}, {across:g}, {down:g}) lies outside of the picture of "
            f"{width}x{height} pixels"
        )


def read(folder: Path, path: PurePosixPath) -> Pixels:
    """Return the pixels of a picture in a list.

    Raises:
        ValueError: it is not there, or cannot be read.
    """
    pixels, problem = load(folder / path)
    if pixels is None:
        missing = not _there(folder / path)
        raise ValueError(f"there is no picture {path} in {folder.name}" if missing else problem)
    return pixels


def pictures_folder(
    near: Sequence[Path], names: Sequence[str], listed: Iterable[str]
) -> Path | None:
    """Find the folder that the pictures of a list lie in.

    Args:
        near: the folders that it may lie in.
        names: what it may be called in each of these, the likeliest first; ``.`` is the folder
            itself.
        listed: the paths in the list; the first ``TRIED`` are looked for.

    Returns:
        The first folder that holds one of them; where none does, the first that is there by one
        of the names (but ``.``); None where there is no such folder.
    """
    folders = [p for name in names for base in near if (p := base / name).is_dir()]
    found = Findings()
    tried = [path for text in islice(listed, TRIED) if (path := found(inner_path, text))]
    named = (p for p in folders if p not in near)
    return next((p for p in folders if any(_there(p / path) for path in tried)), next(named, None))


def _there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False
