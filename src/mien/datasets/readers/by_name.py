"""What readers share where labels and pictures come apart: a name brings them together.

Whatever does not fit is told of that name, all of it at once: a label without a picture, a
picture without a label, two labels, two pictures.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mien.datasets.readers.listed import Findings
from mien.datasets.readers.walk import SUFFIXES, load
from mien.datasets.source import Picture, safe_id


@dataclass(slots=True)
class Entry:
    """What a source holds under one name.

    Attributes:
        labels: as they were written.
        pictures: files.
        problems: what else is wrong with it.
    """

    labels: list[str] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


Entries = defaultdict[str, Entry]
"""Name → what is known of it; a new name begins empty."""


def bare(name: str) -> str:
    """Return a file's name without the suffix of a picture."""
    stem, dot, suffix = name.rpartition(".")
    return stem if (dot + suffix).lower() in SUFFIXES else name


def settled(
    entry: Entry, named: Callable[[str], str], root: Path
) -> tuple[str | None, Path | None, str]:
    """Return the label and the picture's file of a name, and all that is wrong with it.

    Args:
        entry: of the name.
        named: returns the emotion that a label is, raises ``ValueError`` where it is none.
        root: paths in messages begin below it.
    """
    found = Findings()
    found.problems += entry.problems
    label = found(_one_label, entry, named)
    path = found(_one_picture, entry, root)
    return label, path, found.text


def _one_label(entry: Entry, named: Callable[[str], str]) -> str:
    if not entry.labels:
        raise ValueError("picture without label")
    labels = {named(text) for text in entry.labels}
    if len(labels) > 1:
        texts = dict.fromkeys(text[:20] for text in entry.labels)
        raise ValueError(f"two labels for one picture ({', '.join(texts)}), expected one")
    return labels.pop()


def _one_picture(entry: Entry, root: Path) -> Path:
    if not entry.pictures:
        raise ValueError("label without picture")
    if len(entry.pictures) > 1:
        places = ", ".join(path.relative_to(root).as_posix() for path in entry.pictures)
        raise ValueError(f"{len(entry.pictures)} pictures of one name ({places}), expected one")
    return entry.pictures[0]


def picture(
    entry: Entry,
    named: Callable[[str], str],
    root: Path,
    *,
    name: str,
    nowhere: str,
    split: str,
    source_split: str = "",
    subject: str = "",
    sequence: str = "",
) -> Picture:
    """Read the picture of a name.

    Args:
        entry: of the name.
        named: see ``settled``.
        root: the place that is told begins below it.
        name: of the picture, made safe for its id.
        nowhere: the place that is told where there is no picture: the label's.
        split: see ``Picture``, as the others.
        source_split: the source's word.
        subject: the person.
        sequence: the film.
    """
    label, path, problem = settled(entry, named, root)
    pixels = None
    if path is not None and not problem:
        pixels, problem = load(path)
    place = entry.pictures[0].relative_to(root).as_posix() if entry.pictures else nowhere
    return Picture(
        id=safe_id((name,)),
        where=place,
        source_split=source_split,
        split=split,
        label=label,
        pixels=pixels,
        problem=problem,
        subject=subject,
        sequence=sequence,
    )
