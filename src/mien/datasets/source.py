"""What a published source gives: a stream of pictures, each with its label and split."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""x and y of the upper left corner, width, height; in pixels of the picture."""

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many pictures are done and how many there are, if known."""

SPLITS: tuple[str, ...] = ("train", "val", "test")
"""The splits of a prepared dataset, in the order of every table."""

USAGES: Mapping[str, str] = MappingProxyType(
    {"Training": "train", "PublicTest": "val", "PrivateTest": "test"}
)
"""The competition's word for a split (Goodfellow et al. 2013) → mien's."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a source, read or not.

    Attributes:
        id: unique in its source, stable, safe as a file name: ``fer2013-00017``.
        where: the place in the source, for people: ``row 17``, ``train/happy/x.jpg``.
        source_split: the source's own word: ``Training``, ``PublicTest``, ``train`` …
        split: ``train``, ``val`` or ``test``; empty where the source does not say.
        label: canonical emotion, None where it cannot be told.
        pixels: ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB, None where unreadable.
        problem: why the picture is unreadable; empty where it is not.
        subject: the person, in the source's own word; empty where nobody knows.
        sequence: the film that the picture is a frame of, unique in the source; empty where none.
        box: where the face lies in ``pixels`` (see ``Box``), None where pictures are faces.
        votes: FER+ votes in the order of ``votes.VOTES``, None where there are none.
        origin: the dataset that a picture of a merged one comes from; empty where it is the
            source itself.
        label_set: whose label it is; empty where it is the source's.
        no_face: a face was looked for before, in vain.
    """

    id: str
    where: str
    source_split: str
    split: str
    label: str | None
    pixels: Pixels | None
    problem: str = ""
    subject: str = ""
    sequence: str = ""
    box: Box | None = None
    votes: tuple[int, ...] | None = None
    origin: str = ""
    label_set: str = ""
    no_face: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can ask of the readers; each reader heeds what concerns it.

    Attributes:
        peaks: of each labelled CK+ sequence, how many of its last frames show the emotion.
        neutral: whether the first frame of a CK+ sequence is taken as neutral.
        columns: for tables: ``path``, ``label``, and where there are such columns ``split`` and
            ``subject`` → the column's name.
    """

    peaks: int = 3
    neutral: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A stream of pictures; it can be walked again, and holds one picture at a time.

    Attributes:
        name: of the dataset: ``fer2013``.
        label_set: whose labels they are, a key of ``emotions.LABEL_SETS``.
        layout: what the source was taken for, in words.
        keeps_row_order: pictures come in the order of ``fer2013.csv`` and ``source_split``
            holds the competition's words, so that FER+ votes can be joined by row.
        has_splits: the source says which picture is for training and which for testing; where
            it does not, all of them come as ``train``.
        notes: what a user has to know, one sentence each.
    """

    name: str
    label_set: str
    layout: str
    keeps_row_order: bool
    has_splits: bool
    notes: list[str]

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures in the source's order."""
        ...


class FileSource(Source, Protocol):
    """A source that was published as files.

    Attributes:
        files: those that hold it; empty where they are the pictures themselves.
    """

    files: Sequence[Path]


def silent(doing: str, done: int, of: int | None) -> None:
    """Tell nobody: the ``Progress`` of those who were given none."""


def pixel_hash(pixels: Pixels) -> str:
    """Return the sha256 of a picture's pixels and shape, in hex; the file format is no part."""
    shape = "x".join(str(n) for n in pixels.shape)
    return sha256(shape.encode() + b":" + np.ascontiguousarray(pixels).data).hexdigest()


def safe_id(parts: Sequence[str]) -> str:
    """Return the parts joined as a name that is safe for files on every system.

    Where characters had to go, or the name is too long, eight hex digits of the original's
    hash keep it unique.
    """
    joined = "-".join(parts)
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", joined)[:120].lstrip(".")
    if safe == joined:
        return safe
    return f"{safe}-{sha256('/'.join(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
