"""Names that come from files: of pictures, datasets, emotions and splits."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from types import MappingProxyType

from mien.datasets.source import safe_id
from mien.emotions import canonical
from mien.errors import UnknownEmotionError

SPLIT_FOLDERS: Mapping[str, str] = MappingProxyType(
    {"train": "train", "training": "train", "test": "test", "testing": "test"}
    | {"val": "val", "valid": "val", "validation": "val"}
)
"""What a folder of a split is called, in small letters → the split."""

SPLIT_WORDS: Mapping[str, str] = MappingProxyType(
    {**SPLIT_FOLDERS, "publictest": "val", "privatetest": "test"}
)
"""What a split is called in a table, in small letters → the split."""

CODES_SAY_NOTHING = (
    "a code means nothing without its source, because every source counts in another order; "
    "expected names of emotions, such as happy"
)


def emotion(name: str) -> str | None:
    """Return the emotion that a name stands for, None where it stands for none."""
    try:
        return canonical(name)
    except UnknownEmotionError:
        return None


def shown(text: str) -> str:
    r"""Return a name as one printable line.

    Line breaks, control characters and bytes that are no text come as escapes: ``\n``.
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def dataset_name(folder: str, otherwise: str) -> str:
    """Return a name of letters, digits, ``.``, ``_`` and ``-`` that is like a folder's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", folder)[:60].strip("._-") or otherwise


class Seen:
    """A set of texts that remembers eight bytes of each."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def add(self, text: str) -> bool:
        """Add a text; tell whether it is new."""
        before = len(self._digests)
        self._digests.add(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        return len(self._digests) > before


class Ids:
    """Ids of the pictures of one walk, different on disks that do not tell capitals apart.

    ``a.png``, ``A.png`` and ``a.jpg`` would have the same one: the first keeps it, the others
    get eight hex digits of their whole path's hash.
    """

    def __init__(self) -> None:
        self._taken = Seen()

    def __call__(self, parts: Sequence[str]) -> str:
        """Return the id of a picture; ``parts`` are the folders of its path and its name."""
        name = safe_id((*parts[:-1], Path(parts[-1]).stem))
        if not self._taken.add(name.casefold()):
            digest = sha256("/".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name = f"{name}-{digest}"
            self._taken.add(name.casefold())
        return name
