"""CK+48: the last three frames of each labelled film of CK+, cut to 48x48, a folder an emotion.

``CK+48/{anger,contempt,disgust,fear,happy,sadness,surprise}/S010_004_00000017.png``: the names
hold person, film and frame. See ``ckplus`` for what CK+ is.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from mien.datasets.readers.by_name import Entries, Entry, bare, picture
from mien.datasets.readers.ckplus_films import frame_of
from mien.datasets.readers.listed import Findings
from mien.datasets.readers.walk import pictures, subfolders
from mien.datasets.source import Picture
from mien.emotions import canonical
from mien.errors import SourceError, UnknownEmotionError

FOLDER = "CK+48"
TRIED = 20
"""So many pictures of a folder are looked at, to tell by their names what they are."""

_WHERE = "expected in the folder of an emotion itself"


def recognise(path: Path) -> "Ck48Source | None":
    """Return the source that a folder is, None where no folder of an emotion holds such frames.

    Raises:
        SourceError: beside the folders of emotions there are others with pictures.
    """
    for root in (path, path / FOLDER):
        folders = subfolders(root) if root.is_dir() else []
        named = [folder for folder in folders if _is_emotion(folder.name)]
        if not any(_holds_frames(folder) for folder in named):
            continue
        others = [f.name for f in folders if f not in named and any(pictures(f))]
        if others:
            raise SourceError(
                f"{root} has folders that are no emotion: {', '.join(others)}; expected anger, "
                "contempt, disgust, fear, happy, sadness, surprise"
            )
        return Ck48Source(root)
    return None


class Ck48Source:
    """Pictures in the order of their names, so that the frames of a film follow each other."""

    name = "ckplus"
    label_set = "ckplus"
    keeps_row_order = False
    has_splits = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self._entries = dict(sorted(_entries(root).items()))
        self.files: Sequence[Path] = ()
        self.layout = "CK+48 as folders (emotion / person_film_frame.png)"
        self.notes = list(_notes(self._entries))

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for name, entry in self._entries.items():
            subject, sequence, _ = Findings()(frame_of, name) or ("", "", 0)
            yield picture(
                entry,
                canonical,
                self._root,
                name=name,
                nowhere="",
                split="train",
                subject=subject,
                sequence=sequence,
            )


def _is_emotion(name: str) -> bool:
    try:
        return bool(canonical(name))
    except UnknownEmotionError:
        return False


def _holds_frames(folder: Path) -> bool:
    return any(Findings()(frame_of, p.name) for p in islice(pictures(folder), TRIED))


def _entries(root: Path) -> Entries:
    """Return the pictures of all folders by their names; each folder is a label."""
    entries = Entries(Entry)
    for path in pictures(root):
        found = Findings()
        name = bare(path.name)
        entry = entries[name.upper() if found(frame_of, path.name) else name]
        entry.problems += found.problems
        entry.pictures.append(path)
        inner = path.relative_to(root).parts
        if len(inner) == 2:
            entry.labels.append(inner[0])
        else:
            entry.problems.append(_WHERE)
    return entries


def _notes(entries: Mapping[str, Entry]) -> Iterator[str]:
    """Yield a line where the frames of a film do not agree."""
    films: dict[str, set[str]] = {}
    for name, entry in entries.items():
        if not entry.problems:
            films.setdefault(frame_of(name)[1], set()).update(map(canonical, entry.labels))
    torn = [film for film, emotions in films.items() if len(emotions) > 1]
    if torn:
        shown = ", ".join(torn[:5]) + (" …" if len(torn) > 5 else "")
        yield f"frames of {len(torn)} film(s) lie in folders of different emotions: {shown}"
