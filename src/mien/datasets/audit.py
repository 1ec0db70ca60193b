"""The audit: what is wrong with a dataset, counted. Arrays in, plain values out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.source import SPLITS
from mien.emotions import EMOTIONS

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def group_ids(hashes: npt.NDArray[np.bytes_]) -> Ints:
    """Return ``int64 [N]``: the position of the first picture with the same hash.

    Empty hashes (unreadable pictures) get -1.
    """
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return np.where(hashes == b"", -1, first[inverse]).astype(np.int64)


def copies_in(groups: Ints, split: npt.NDArray[np.str_], name: str) -> Mask:
    """Tell for each picture whether another one with the same pixels lies in a split."""
    within = (split == name) & (groups >= 0)
    held = np.bincount(groups[within], minlength=len(groups))
    others = held[np.maximum(groups, 0)] - within
    return np.asarray((groups >= 0) & (others > 0))


def conflicts(groups: Ints, labels: Ints) -> Mask:
    """Tell for each picture whether one with the same pixels carries another label."""
    first = np.maximum(groups, 0)
    differs = (groups >= 0) & (labels != labels[first])
    touched = np.zeros(len(groups), bool)
    touched[groups[differs]] = True
    return (groups >= 0) & touched[first]


def audit(
    groups: Ints,
    split: npt.NDArray[np.str_],
    labels: Ints,
    flags: Mapping[str, Mask],
) -> dict[str, Any]:
    """Count what a dataset holds.

    Args:
        groups: ``int64 [N]``, see ``group_ids``.
        split: ``train``, ``val``, ``test`` or empty, one a picture.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        flags: ``bool [N]`` each: ``unreadable``, ``constant``, ``not_a_face``, ``no_face``,
            ``conflicting`` and ``copy_in_*``, as in the manifest.

    Returns:
        Counts under plain keys; copies mean byte-identical pixels.
    """
    sizes = np.bincount(groups[groups >= 0], minlength=len(groups))
    conflicting = flags["conflicting"]
    return {
        "pictures": len(groups),
        "unreadable": int(flags["unreadable"].sum()),
        "unique": int((sizes > 0).sum()),
        "duplicate_groups": int((sizes > 1).sum()),
        "duplicates": int(np.maximum(sizes - 1, 0).sum()),
        "conflicting_groups": len(np.unique(groups[conflicting])),
        "conflicting": int(conflicting.sum()),
        "constant": int(flags["constant"].sum()),
        "not_a_face": int(flags["not_a_face"].sum()),
        "no_face": int(flags["no_face"].sum()),
        "classes": class_counts(split, labels, ~flags["unreadable"]),
        **_across(split, flags),
    }


def class_counts(
    split: npt.NDArray[np.str_], labels: Ints, readable: Mask
) -> dict[str, dict[str, int]]:
    """Return split → emotion → pictures, for the splits and emotions that occur."""
    emotions = [n for n in range(len(EMOTIONS)) if (labels[readable] == n).any()]
    return {
        name: {
            EMOTIONS[n]: int((readable & (split == name) & (labels == n)).sum()) for n in emotions
        }
        for name in SPLITS
        if (readable & (split == name)).any()
    }


def _across(split: npt.NDArray[np.str_], flags: Mapping[str, Mask]) -> dict[str, int]:
    train, val, test = (split == name for name in SPLITS)
    in_train, in_val, in_test = (flags[f"copy_in_{name}"] for name in SPLITS)
    counted = {
        "val_in_train": val & in_train,
        "test_in_train": test & in_train,
        "test_in_val": test & in_val,
        "test_in_train_or_val": test & (in_train | in_val),
        "train_copies_of_val": train & in_val,
        "train_copies_of_test": train & in_test,
        "train_copies_of_val_or_test": train & (in_val | in_test),
        "test_without_copy_in_train": test & ~in_train & ~flags["unreadable"],
        "test_without_copy_elsewhere": test & ~(in_train | in_val) & ~flags["unreadable"],
    }
    return {name: int(mask.sum()) for name, mask in counted.items()}
