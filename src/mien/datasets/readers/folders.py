"""Anybody's pictures in folders by emotion: ``<emotion>/`` or ``<split>/<emotion>/``.

Folders in an emotion's folder are taken with it. Every spelling of an emotion that
``emotions.canonical`` knows names a folder; the split is ``train``, ``val`` or ``test``, also as
``training``, ``valid``, ``validation`` and ``testing``.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mien.datasets.prepared import RECORD
from mien.datasets.readers.folder_checks import refuse_numbers
from mien.datasets.readers.folder_tree import Survey, Tree, tree_of
from mien.datasets.readers.names import Ids, dataset_name, emotion, shown
from mien.datasets.readers.walk import load, subfolders
from mien.datasets.source import Picture
from mien.errors import SourceError


def recognise(path: Path) -> "FolderSource | None":
    """Return the source that a folder is, None where no folder in it is named by an emotion.

    Raises:
        SourceError: folders beside them are no emotion or no split, classes are named by numbers,
            or there are several such trees in it, of which only one could be taken.
    """
    tree = tree_of(path)
    if tree is not None:
        return FolderSource(tree.check(), tree.survey())
    trees = [folder for folder in _unprepared(path) if tree_of(folder) is not None]
    if len(trees) > 1:
        raise SourceError(
            f"{path} holds several folders with pictures by emotion: "
            f"{', '.join(shown(folder.name) for folder in trees)}; name one of them"
        )
    refuse_numbers(path)
    return None


def _unprepared(path: Path) -> Sequence[Path]:
    inner = subfolders(path) if path.is_dir() else []
    return [folder for folder in inner if not (folder / RECORD).is_file()]


class FolderSource:
    """Pictures in folders, in the order of split, emotion and file name."""

    keeps_row_order = False
    word_splits: Mapping[str, str] = MappingProxyType({})
    """Word in front of a file's name → the split that it keeps."""

    def __init__(self, tree: Tree, survey: Survey) -> None:
        self.tree = tree
        self.survey = survey
        self.files: Sequence[Path] = ()
        self.name = dataset_name(tree.root.resolve().name, "folders")
        self.label_set = "eight" if "contempt" in tree.classes.values() else "seven"
        self.has_splits = bool(tree.splits)
        words = ", ".join(folder.name for folder in tree.splits)
        self.layout = f"folders ({words} / emotion / picture)" if words else "folders by emotion"
        self.notes = [*tree.notes(survey), *self._notes()]

    def _notes(self) -> Iterator[str]:
        if self.has_splits and "test" not in self.tree.splits.values():
            yield "there are no test pictures: no score can be computed on this set"
        if self.survey.words:
            yield (
                f"{self.survey.words} file name(s) begin with a word of FER-2013's splits, which "
                "was not heeded: if this is FER-2013, say --as fer2013-folders"
            )

    def __iter__(self) -> Iterator[Picture]:
        """Stream the pictures, one in memory at a time; first those that lie in no emotion's."""
        ids = Ids()
        for path in self.tree.loose():
            yield self._loose(path, ids)
        for path, folder in self.tree.pictures():
            yield self._picture(path, folder, ids)

    def _loose(self, path: Path, ids: Ids) -> Picture:
        within = path.relative_to(self.tree.root)
        problem = "it lies beside the folders of emotions, so its emotion is unknown: move it"
        return Picture(ids(within.parts), self.tree.name(path), "", "", None, None, problem)

    def _picture(self, path: Path, folder: Path, ids: Ids) -> Picture:
        within, label = path.relative_to(self.tree.root), self.tree.classes[folder]
        word, split = self._split(path, folder)
        pixels, problem = load(path)
        other = _another(path.relative_to(folder), label)
        if other:
            pixels, problem = None, f"the folder {other!r} in that of {label} is another emotion"
        return Picture(
            id=ids(within.parts),
            where=self.tree.name(path),
            source_split=word,
            split=split,
            label=label,
            pixels=pixels,
            problem=problem,
        )

    def _split(self, path: Path, folder: Path) -> tuple[str, str]:
        """Return the source's word for a picture's split, and the split."""
        kept = self.word_splits.get(path.name.partition("_")[0])
        if kept:
            return path.name.partition("_")[0], kept
        split = self.tree.split(folder)
        return (folder.parent.name, split) if split else ("", "train")


def _another(within: Path, label: str) -> str:
    """Return a folder that is named by another emotion, in full, inside of an emotion's."""
    named = (part for part in within.parts[:-1] if len(part.strip()) > 2)
    return next((part for part in named if emotion(part) not in (None, label)), "")
