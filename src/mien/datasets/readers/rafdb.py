"""RAF-DB basic: faces from the web, cut out and aligned, with one of seven emotions.

The release has ``EmoLabel/list_patition_label.txt`` (spelt so; ``train_00001.jpg 5`` a line) and
``Image/aligned/train_00001_aligned.jpg``. See ``rafdb_folders`` for the copy in folders. The names
tell the split; there are train and test.
Li, Deng and Du 2017, "Reliable crowdsourcing and deep locality-preserving learning for expression
recognition in the wild", doi:10.1109/CVPR.2017.277.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mien.datasets.readers import rafdb_folders
from mien.datasets.readers.by_name import Entries, Entry, picture
from mien.datasets.readers.listed import label_of
from mien.datasets.readers.rafdb_folders import key, known
from mien.datasets.readers.walk import pictures
from mien.datasets.source import SPLITS, Picture
from mien.emotions import CODES, LABEL_SETS, canonical
from mien.errors import SourceError, UnknownEmotionError, several

_FOLDER = "basic"
_LISTS = ("list_patition_label.txt", "list_partition_label.txt")
_NAME = re.compile(r"(train|test)_[0-9]+")
_COMPOUND = {"8", "9", "10", "11"}


def recognise(path: Path) -> "RafSource | None":
    """Return the source that a folder is, None where it is not RAF-DB.

    Raises:
        SourceError: it is RAF-DB compound, or labels or aligned pictures are missing as a whole.
    """
    if not path.is_dir():
        return None
    for place in (path, path / _FOLDER):
        if _is_release(place):
            return _of_release(place)
    found = rafdb_folders.find(path)
    if found is not None:
        if {folder for entry in found.entries.values() for folder in entry.labels} >= _COMPOUND:
            raise _compound(path)
        return RafSource(found.root, found.layout, found.entries, found.files, found.notes)
    if _is_release(path / "compound"):
        raise _compound(path / "compound")
    return None


class RafSource:
    """Pictures of RAF-DB, in the order of split and name; the same for both forms of it."""

    name = "rafdb"
    label_set = "rafdb"
    keeps_row_order = False
    has_splits = True

    def __init__(
        self,
        root: Path,
        layout: str,
        entries: Mapping[str, Entry],
        files: Sequence[Path],
        notes: Sequence[str] = (),
    ) -> None:
        self._root = root
        self._entries = dict(sorted(entries.items(), key=_rank))
        self.files: Sequence[Path] = tuple(files)
        self.layout = layout
        self.notes = list(notes)

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        lists = " or ".join(file.name for file in self.files) or "the folders"
        for name, entry in self._entries.items():
            split = _split(name)
            yield picture(
                entry if split else _splitless(name, entry),
                named,
                self._root,
                name=f"{name}_aligned",
                nowhere=f"{name[:40]!r} in {lists}",
                split=split,
                source_split=split,
            )


def named(text: str) -> str:
    """Return the emotion that a label is, a code from 1 to 7 or a name.

    Raises:
        ValueError: it is neither.
    """
    try:
        emotion = canonical(text)
    except UnknownEmotionError:
        return label_of(text, CODES["rafdb"])
    if emotion not in LABEL_SETS["rafdb"]:
        raise ValueError(f"label {text!r}, expected one of {', '.join(LABEL_SETS['rafdb'])}")
    return emotion


def _rank(item: tuple[str, Entry]) -> tuple[int, str]:
    split = _split(item[0])
    return SPLITS.index(split) if split else len(SPLITS), item[0]


def _split(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def _splitless(name: str, entry: Entry) -> Entry:
    problem = f"name {name[:40]!r}, expected train_ or test_ and a number"
    return Entry(entry.labels, entry.pictures, [problem, *entry.problems])


def _is_release(place: Path) -> bool:
    """Tell whether a folder is the release's ``basic`` or ``compound``, or what is left of it."""
    image, labels = place / "Image", place / "EmoLabel"
    if labels.is_dir():
        return image.is_dir() or any((labels / name).is_file() for name in _LISTS)
    aligned = image / "aligned"
    return (image / "aligned.zip").is_file() or (aligned.is_dir() and known(aligned))


def _of_release(place: Path) -> RafSource:
    listed = next((p for n in _LISTS if (p := place / "EmoLabel" / n).is_file()), None)
    entries = _labels(listed) if listed is not None else Entries(Entry)
    labels = {text for entry in entries.values() for text in entry.labels}
    if place.resolve().name.lower() == "compound" or labels >= _COMPOUND:
        raise _compound(place)
    problems = [] if listed else [f"EmoLabel/{_LISTS[0]} is missing: expected the release's labels"]
    problems += _missing(place / "Image")
    if problems or listed is None:
        raise SourceError(f"{place} is RAF-DB, but {several(problems)}")
    for file in pictures(place / "Image" / "aligned"):
        entries[key(file.name)].pictures.append(file)
    return RafSource(place, "RAF-DB basic as released (EmoLabel, Image/aligned)", entries, [listed])


def _labels(listed: Path) -> Entries:
    """Return the labels of a list; lines without any text are passed over."""
    entries = Entries(Entry)
    with listed.open(encoding="utf-8-sig", errors="replace") as file:
        for words in (line.split() for line in file):
            if words:
                entries[key(words[0])].labels.append(" ".join(words[1:]))
    return entries


def _missing(image: Path) -> list[str]:
    """Return why there are no aligned pictures; empty where there are."""
    if (image / "aligned").is_dir() and next(pictures(image / "aligned"), None) is not None:
        return []
    if (image / "aligned.zip").is_file():
        return ["its pictures are still packed: unpack Image/aligned.zip first, to Image/aligned"]
    if (image / "original").is_dir():
        return [
            "only Image/original is there, photographs that are not cut to the face: expected "
            "Image/aligned, unpack Image/aligned.zip of the release"
        ]
    return ["Image/aligned holds no picture: unpack Image/aligned.zip of the release there"]


def _compound(place: Path) -> SourceError:
    return SourceError(
        f"{place} is RAF-DB compound, whose 11 labels are pairs of emotions: expected RAF-DB "
        "basic, with 7 labels (the folder basic of the release)"
    )
