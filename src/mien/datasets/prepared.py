"""A prepared dataset, opened: labels, votes, flags and pixels of every picture."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets import packed
from mien.datasets.manifest import FILE_NAME, Manifest
from mien.datasets.manifest_cache import open_manifest
from mien.datasets.source import SPLITS, Pixels
from mien.emotions import LABEL_SETS
from mien.errors import PreparedDataError, UnknownNameError

RECORD, REMOVED = "dataset.json", "removed.csv"

LEAVE_OUT: Mapping[str, str] = MappingProxyType(
    {
        "copies": "training pictures that are byte-identical to one of val or test",
        "not_a_face": "pictures that every vote calls no face",
        "no_face": "pictures in which no face was found when the dataset was prepared",
        "constant": "pictures of one single value",
        "conflicting": "pictures whose copies carry another label",
    }
)
"""What ``PreparedSet.where`` can leave out."""


class PreparedSet:
    """A folder that ``mien data prepare`` wrote. Nothing in it is changed by reading.

    Attributes:
        root: the folder.
        name, label_set: of the dataset, and whose labels it has.
        sha256: hash of the manifest, which itself holds the hash of every picture.
        ids, split: text ``[N]``, one entry a line of the manifest.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where unreadable.
        votes: ``int16 [N, 10]``: eight emotions, unknown, not_a_face; None where there are none.
        flags: ``bool [N]`` each: ``unreadable``, ``constant``, ``not_a_face``, ``no_face``,
            ``conflicting``, ``copy_in_train``, ``copy_in_val``, ``copy_in_test``, ``duplicate``.
        manifest: the rest of it: subjects, sequences, origins, hashes …
        sizes: ``int64 [N, 3]``: height, width, channels; zeros where unreadable.
        uniform: whether all readable pictures have the same shape.
    """

    def __init__(
        self, root: Path, record: Mapping[str, Any], manifest: Manifest, sha256: str
    ) -> None:
        self.root = root
        self.name: str = record["name"]
        self.label_set: str = record["label_set"]
        self.record = record
        self.sha256 = sha256
        self.manifest = manifest
        self.ids, self.split = manifest.ids, manifest.split
        self.labels, self.votes = manifest.labels, manifest.votes
        self.flags, self.sizes = manifest.flags, manifest.sizes
        self._starts = packed.offsets(manifest)
        shapes = self.sizes[~self.flags["unreadable"]]
        self.uniform = bool((shapes == shapes[:1]).all())
        self._flat = _flat(root, manifest, self.sha256, int(self._starts[-1]))

    @classmethod
    def open(cls, root: Path | str) -> "PreparedSet":
        """Open a prepared dataset.

        Raises:
            PreparedDataError: there is none, or it is damaged; every missing picture is counted.
        """
        folder = Path(root)
        if not folder.is_dir():
            raise PreparedDataError(
                f"{folder}: no such folder; expected a dataset that `mien data prepare` wrote"
            )
        if not (folder / FILE_NAME).is_file():
            raise PreparedDataError(
                f"{folder} is no prepared dataset (it has no {FILE_NAME}): make one with "
                f"`mien data prepare {folder} OUT` and name that folder"
            )
        sha256 = runs.sha256(folder / FILE_NAME)
        record, manifest = read_record(folder), open_manifest(folder, sha256)
        if len(manifest.ids) != record.get("pictures"):
            raise PreparedDataError(
                f"{folder / FILE_NAME} has {len(manifest.ids)} lines, expected the "
                f"{record.get('pictures')} of {RECORD}; prepare the dataset again"
            )
        return cls(folder, record, manifest, sha256)

    def __len__(self) -> int:
        return len(self.ids)

    def pixels(self, index: int) -> Pixels:
        """Return one picture, ``uint8 [H, W]`` grey or ``uint8 [H, W, 3]`` RGB, read-only.

        Raises:
            PreparedDataError: the picture was unreadable in the source.
        """
        if self.flags["unreadable"][index]:
            raise PreparedDataError(f"{self.root}: {self.ids[index]} is flagged unreadable")
        flat = self._flat[self._starts[index] : self._starts[index + 1]]
        return flat.reshape(_shape(self.sizes[index]))

    def images(self, indices: npt.NDArray[np.int64] | slice) -> Pixels:
        """Return pictures as ``uint8 [n, H, W]`` or ``uint8 [n, H, W, 3]`` RGB.

        A slice is handed out without being copied where no picture is unreadable.

        Raises:
            PreparedDataError: shapes differ, or a picture is unreadable.
        """
        if not self.uniform:
            raise PreparedDataError(
                f"{self.root}: pictures differ in shape; expected one shape, take pixels(index)"
            )
        unreadable = self.flags["unreadable"]
        if unreadable[indices].any():
            count = int(unreadable[indices].sum())
            raise PreparedDataError(f"{self.root}: {count} of these pictures are unreadable")
        places = np.cumsum(~unreadable) - 1
        stack = self._stack()
        whole = isinstance(indices, slice) and not unreadable.any()
        return stack[indices] if whole else stack[places[indices]]

    def _stack(self) -> Pixels:
        readable = np.flatnonzero(~self.flags["unreadable"])
        shape = _shape(self.sizes[readable[0]]) if len(readable) else (0, 0)
        return self._flat.reshape(len(readable), *shape)

    def where(self, split: str = "", leave_out: Sequence[str] = ()) -> npt.NDArray[np.int64]:
        """Return the indices of readable pictures of a split (of all, where none is named).

        Args:
            split: ``train``, ``val``, ``test`` or empty.
            leave_out: keys of ``LEAVE_OUT``.

        Raises:
            UnknownNameError: an unknown split or key; the choices are listed.
        """
        if split and split not in SPLITS:
            raise UnknownNameError("split", split, SPLITS)
        taken = ~self.flags["unreadable"]
        if split:
            taken &= self.split == split
        for name in leave_out:
            taken &= ~self._left_out(name)
        return np.flatnonzero(taken)

    def _left_out(self, name: str) -> npt.NDArray[np.bool_]:
        if name not in LEAVE_OUT:
            raise UnknownNameError("thing to leave out", name, LEAVE_OUT)
        if name != "copies":
            return self.flags[name]
        held_out = self.flags["copy_in_val"] | self.flags["copy_in_test"]
        return np.asarray(held_out & (self.split == "train"))


def read_record(root: Path) -> dict[str, Any]:
    """Return ``dataset.json``: where a prepared dataset came from.

    Raises:
        PreparedDataError: it is missing or damaged.
    """
    try:
        record = json.loads((root / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = str(error)
    else:
        reason = _fault(record)
        if not reason:
            return dict(record)
    raise PreparedDataError(
        f"{root / RECORD} is missing or damaged ({reason}); prepare the dataset again"
    )


def _fault(record: Any) -> str:
    """Say what a record lacks or has in another form than mien writes; empty where it is sound."""
    if not isinstance(record, dict):
        return "it is no JSON object"
    kinds = {"name": str, "pictures": int, "notes": list, "files": list, "framing": dict}
    wrong = [name for name, kind in kinds.items() if not isinstance(record.get(name), kind)]
    if wrong:
        return f"no proper {', '.join(wrong)}"
    if record.get("label_set") not in LABEL_SETS:
        return f"label_set {record.get('label_set')!r}, expected {', '.join(LABEL_SETS)}"
    files = all(isinstance(file, dict) and "name" in file for file in record["files"])
    notes = all(isinstance(note, str) for note in record["notes"])
    return "" if files and notes else "files or notes that mien did not write"


def _flat(root: Path, manifest: Manifest, sha256: str, length: int) -> Pixels:
    stamps = packed.stamp(root, manifest)
    cached = packed.load(root, sha256, stamps, length)
    return packed.pack(root, manifest, sha256, stamps) if cached is None else cached


def _shape(size: npt.NDArray[np.int64]) -> tuple[int, ...]:
    height, width, channels = (int(n) for n in size)
    return (height, width) if channels == 1 else (height, width, channels)
