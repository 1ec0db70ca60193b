"""Folders named by emotions, ``<emotion>/`` or ``<split>/<emotion>/``: where they lie."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mien.datasets.readers.folder_checks import problems
from mien.datasets.readers.names import SPLIT_FOLDERS, emotion, shown
from mien.datasets.readers.walk import files, is_picture, own_files, pictures, subfolders
from mien.datasets.source import SPLITS, USAGES
from mien.errors import SourceError, several


@dataclass(frozen=True, slots=True)
class Tree:
    """Folders of pictures by emotion, in the order of split and name.

    Attributes:
        root: the folder that holds them all.
        classes: folder of an emotion → the emotion.
        splits: folder that is named by a split → the split; empty where there are none.
        others: folders beside those of the splits.
        problems: folders that cannot be what they stand for, in words.
    """

    root: Path
    classes: Mapping[Path, str]
    splits: Mapping[Path, str]
    others: Sequence[Path]
    problems: Sequence[str]

    def loose(self) -> Iterator[Path]:
        """Stream the pictures that lie beside the folders of emotions, in none of them."""
        for folder in (self.root, *self.splits):
            yield from (path for path in own_files(folder) if is_picture(path))

    def pictures(self) -> Iterator[tuple[Path, Path]]:
        """Stream the pictures, each with its emotion's folder."""
        for folder in self.classes:
            yield from ((path, folder) for path in pictures(folder))

    def split(self, folder: Path) -> str:
        """Return the split of an emotion's folder; empty where there are no splits."""
        return self.splits.get(folder.parent, "")

    def check(self) -> "Tree":
        """Return the tree; raise ``SourceError`` with all that is wrong with its folders."""
        if self.problems:
            raise SourceError(f"{self.root}: {several(self.problems)}")
        return self

    def survey(self) -> "Survey":
        """Count all files."""
        found = Survey()
        for folder in self.classes:
            for path in files(folder):
                found.count(path, folder)
        return found

    def notes(self, survey: "Survey") -> Iterator[str]:
        """Say what was passed over."""
        yield from (f"{self.name(f)} holds no pictures" for f in self.classes if not survey.held[f])
        if self.others:
            named = ", ".join(self.name(folder) for folder in self.others)
            yield f"folders without pictures were passed over: {named}"
        if survey.others:
            yield f"{survey.others} file(s) without the suffix of a picture were passed over"

    def name(self, path: Path) -> str:
        """Return a path within the tree, for people."""
        return shown(path.relative_to(self.root).as_posix())


@dataclass(slots=True)
class Survey:
    """What lies in a tree.

    Attributes:
        held: pictures in each emotion's folder.
        words: pictures whose names begin with a word of FER-2013's for a split.
        others: files that are no pictures.
    """

    held: Counter[Path] = field(default_factory=Counter)
    words: int = 0
    others: int = 0

    def count(self, path: Path, folder: Path) -> None:
        """Count a file."""
        if not is_picture(path):
            self.others += 1
            return
        self.held[folder] += 1
        word, mark, _ = path.name.partition("_")
        self.words += bool(mark) and word in USAGES


def tree_of(path: Path) -> Tree | None:
    """Return the tree that a folder is, None where no folder in it is named by an emotion."""
    if not path.is_dir():
        return None
    inner = subfolders(path)
    splits = {f: SPLIT_FOLDERS[f.name.lower()] for f in inner if f.name.lower() in SPLIT_FOLDERS}
    splits = dict(sorted(splits.items(), key=lambda item: (SPLITS.index(item[1]), item[0].name)))
    below = [folder for split in splits for folder in subfolders(split)]
    if any(emotion(folder.name) for folder in below):
        return _tree(path, splits, below, [f for f in inner if f not in splits])
    if _are_classes([f.name for f in inner]):
        return _tree(path, {}, inner, [])
    return None


def _are_classes(names: Sequence[str]) -> bool:
    """Tell whether folders are named by emotions; one with a code of two letters is chance."""
    named = [name for name in names if emotion(name)]
    return len(named) > 1 or any(len(name.strip()) > 2 for name in named)


def _tree(
    root: Path, splits: Mapping[Path, str], classes: Sequence[Path], others: Sequence[Path]
) -> Tree:
    named = {folder: emotion(folder.name) for folder in classes}
    odd = [folder for folder in others if next(pictures(folder), None) is not None]
    tree = Tree(
        root,
        {folder: label for folder, label in named.items() if label is not None},
        splits,
        [folder for folder in others if folder not in odd],
        [],
    )
    unknown = [tree.name(folder) for folder in classes if named[folder] is None]
    found = list(problems(unknown, [tree.name(f) for f in odd], list(_split_below(tree))))
    return Tree(root, tree.classes, splits, tree.others, found)


def _split_below(tree: Tree) -> Iterator[str]:
    """Yield the folders that name a split inside of an emotion's folder."""
    for folder in tree.classes:
        for inner in subfolders(folder):
            if inner.name.lower() in SPLIT_FOLDERS:
                yield tree.name(inner)
