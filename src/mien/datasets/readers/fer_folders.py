"""FER-2013 as folders of pictures: ``{train,test[,val]}/<emotion>/*.jpg``.

The release holds the competition's PublicTest and PrivateTest together in ``test/``. File names
may keep the split (``PrivateTest_…``); where each of them does, it counts. Goodfellow et al. 2013,
"Challenges in representation learning", arXiv:1307.0414.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mien.datasets.readers.folder_checks import refuse_numbers
from mien.datasets.readers.folder_tree import Survey, Tree, tree_of
from mien.datasets.readers.folders import FolderSource
from mien.datasets.source import USAGES
from mien.emotions import LABEL_SETS
from mien.errors import SourceError

COUNTS = (
    {"train": 28_709, "test": 7_178},
    {"train": 28_709, "val": 3_589, "test": 3_589},
)
"""Pictures in each split of the whole set, by which it is known where its names are lost."""


def recognise(path: Path) -> "FerFolders | None":
    """Return the source where a folder is FER-2013 beyond doubt, else None.

    That is where most file names keep the competition's words, or the counts are its own.
    """
    tree = tree_of(path)
    if tree is None or tree.problems or _foreign(tree) or not _trains(tree):
        return None
    survey = tree.survey()
    counts = Counter(tree.split(folder) for folder in survey.held.elements())
    if 2 * survey.words <= counts.total() and dict(counts) not in COUNTS:
        return None
    return FerFolders(tree, survey)


def asked(path: Path) -> "FerFolders | None":
    """Return the source where a person says that a folder is FER-2013.

    Raises:
        SourceError: it has folders that are no emotion of FER-2013, or numbers for them.
    """
    tree = tree_of(path)
    if tree is None or not _trains(tree):
        refuse_numbers(path)
        return None
    foreign = _foreign(tree.check())
    if foreign:
        raise SourceError(
            f"{path} has folders that are no emotion of FER-2013: {', '.join(foreign)}; "
            f"expected {', '.join(LABEL_SETS['fer2013'])} or their usual spellings"
        )
    return FerFolders(tree, tree.survey())


def _trains(tree: Tree) -> bool:
    return "train" in map(tree.split, tree.classes)


def _foreign(tree: Tree) -> list[str]:
    known = LABEL_SETS["fer2013"]
    return [tree.name(folder) for folder, label in tree.classes.items() if label not in known]


class FerFolders(FolderSource):
    """FER-2013, in the order of split, emotion and file name."""

    def __init__(self, tree: Tree, survey: Survey) -> None:
        self._names_tell = 0 < survey.words == survey.held.total()
        if self._names_tell:
            self.word_splits = USAGES
        super().__init__(tree, survey)
        self.name = self.label_set = "fer2013"
        self.layout = f"FER-2013 as {self.layout}"
        if self._names_tell:
            self.layout += ", file names keep the split"

    def _notes(self) -> Iterator[str]:
        splits = self.tree.splits.values()
        if self.survey.words and not self._names_tell:
            yield "only some file names keep the split, so none of them was used for it"
        if not self._names_tell and "test" in splits and "val" not in splits:
            yield (
                "test/ holds PublicTest and PrivateTest together: the official private-test "
                "score cannot be computed"
            )
        if not self._names_tell and "test" not in splits:
            yield "there are no test pictures: no score can be computed on this set"
