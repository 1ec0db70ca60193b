"""FER-2013 as folders of pictures: ``{train,test[,val]}/<emotion>/*.jpg``.

The release holds the competition's PublicTest and PrivateTest together in ``test/``. File names
may keep the split (``PrivateTest_…``); where each of them does, it counts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mien.datasets.readers.walk import SUFFIXES, files, load, pictures, subfolders
from mien.datasets.source import SPLITS, USAGES, Picture, safe_id
from mien.emotions import LABEL_SETS, canonical
from mien.errors import SourceError, UnknownEmotionError

SPLIT_FOLDERS: Mapping[str, str] = MappingProxyType(
    {"train": "train", "training": "train", "test": "test", "testing": "test"}
    | {"val": "val", "valid": "val", "validation": "val"}
)
_KEPT = re.compile(r"(Training|PublicTest|PrivateTest)_")


def recognise(path: Path) -> "FolderSource | None":
    """Return the source that a folder is, None where it has no ``train/<emotion>/``.

    Raises:
        SourceError: it has, and beside it folders that are no emotion of FER-2013.
    """
    if not path.is_dir():
        return None
    splits = [p for p in subfolders(path) if p.name.lower() in SPLIT_FOLDERS]
    found = {split: subfolders(split) for split in splits}
    classes = [folder for folders in found.values() for folder in folders]
    named = {folder: _emotion(folder.name) for folder in classes}
    if not any(
        named[f] for s in splits if SPLIT_FOLDERS[s.name.lower()] == "train" for f in found[s]
    ):
        return None
    unknown = [f"{f.parent.name}/{f.name}" for f in classes if named[f] is None]
    if unknown:
        raise SourceError(
            f"{path} has folders that are no emotion of FER-2013: {', '.join(unknown)}; expected "
            f"{', '.join(LABEL_SETS['fer2013'])} or their usual spellings"
        )
    return FolderSource(path, {f: e for f, e in named.items() if e is not None})


class FolderSource:
    """Pictures in folders, in the order of split, emotion and file name."""

    name = "fer2013"
    label_set = "fer2013"
    keeps_row_order = False
    has_splits = True

    def __init__(self, root: Path, classes: Mapping[Path, str]) -> None:
        self._root = root
        self.files: Sequence[Path] = ()
        self._classes = dict(sorted(classes.items(), key=lambda item: _rank(item[0])))
        kept = [bool(_KEPT.match(p.name)) for folder in classes for p in pictures(folder)]
        self._names_tell = bool(kept) and all(kept)
        splits = list(dict.fromkeys(folder.parent.name for folder in self._classes))
        self.layout = f"FER-2013 as folders ({', '.join(splits)} / emotion / picture)"
        if self._names_tell:
            self.layout += ", file names keep the split"
        self.notes = list(self._notes(any(kept)))

    def _notes(self, some_kept: bool) -> Iterator[str]:
        splits = {_split(folder) for folder in self._classes}
        if some_kept and not self._names_tell:
            yield "only some file names keep the split, so none of them was used for it"
        if not self._names_tell and "test" in splits and "val" not in splits:
            yield (
                "test/ holds PublicTest and PrivateTest together: the official private-test "
                "score cannot be computed"
            )
        if not self._names_tell and "test" not in splits:
            yield "there are no test pictures: no score can be computed on this set"
        others = sum(1 for f in self._classes for p in files(f) if p.suffix.lower() not in SUFFIXES)
        if others:
            yield f"{others} file(s) without the suffix of a picture were passed over"

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time."""
        for folder, label in self._classes.items():
            for path in pictures(folder):
                yield self._picture(path, folder, label)

    def _picture(self, path: Path, folder: Path, label: str) -> Picture:
        within = path.relative_to(self._root)
        kept = _KEPT.match(path.name) if self._names_tell else None
        pixels, problem = load(path)
        return Picture(
            id=safe_id(within.with_suffix("").parts),
            where=within.as_posix(),
            source_split=kept[1] if kept else folder.parent.name,
            split=USAGES[kept[1]] if kept else _split(folder),
            label=label,
            pixels=pixels,
            problem=problem,
        )


def _emotion(name: str) -> str | None:
    try:
        emotion = canonical(name)
    except UnknownEmotionError:
        return None
    return emotion if emotion in LABEL_SETS["fer2013"] else None


def _split(folder: Path) -> str:
    return SPLIT_FOLDERS[folder.parent.name.lower()]


def _rank(folder: Path) -> tuple[int, str]:
    return SPLITS.index(_split(folder)), folder.name
