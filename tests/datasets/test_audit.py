"""Nine pictures, worked by hand.

pixels  A      A     B      B    C    D(constant)  C    -(unreadable)  A
split   train  test  train  val  val  test         val  train          train
label   0      0     1      2    3    4            3    1              0
"""

import json

import numpy as np
import pytest

from mien.datasets.audit import audit, class_counts, conflicts, copies_in, group_ids

SPLIT = np.array(["train", "test", "train", "val", "val", "test", "val", "train", "train"])
LABELS = np.array([0, 0, 1, 2, 3, 4, 3, 1, 0])
GROUPS = np.array([0, 0, 2, 2, 4, 5, 4, -1, 0])


def flags():
    unreadable = GROUPS < 0
    return {
        "unreadable": unreadable,
        "constant": np.arange(9) == 5,
        "not_a_face": np.isin(np.arange(9), [2, 4, 5]),
        "no_face": np.isin(np.arange(9), [4, 5]),
        "conflicting": conflicts(GROUPS, LABELS),
        **{f"copy_in_{name}": copies_in(GROUPS, SPLIT, name) for name in ("train", "val", "test")},
    }


def test_groups_are_named_by_their_first_picture():
    assert group_ids(np.array([*"aabbcdc", "", "a"], dtype="S64")).tolist() == GROUPS.tolist()


def test_a_picture_is_no_copy_of_itself():
    assert np.flatnonzero(copies_in(GROUPS, SPLIT, "train")).tolist() == [0, 1, 3, 8]
    assert np.flatnonzero(copies_in(GROUPS, SPLIT, "val")).tolist() == [2, 4, 6]
    assert np.flatnonzero(copies_in(GROUPS, SPLIT, "test")).tolist() == [0, 8]


def test_a_conflict_marks_every_picture_of_its_group():
    assert np.flatnonzero(conflicts(GROUPS, LABELS)).tolist() == [2, 3]


def test_every_count():
    assert audit(GROUPS, SPLIT, LABELS, flags()) == {
        "pictures": 9,
        "unreadable": 1,
        "unique": 4,
        "duplicate_groups": 3,
        "duplicates": 4,
        "conflicting_groups": 1,
        "conflicting": 2,
        "constant": 1,
        "not_a_face": 3,
        "no_face": 2,
        "classes": {
            "train": {"anger": 2, "contempt": 1, "disgust": 0, "fear": 0, "happiness": 0},
            "val": {"anger": 0, "contempt": 0, "disgust": 1, "fear": 2, "happiness": 0},
            "test": {"anger": 1, "contempt": 0, "disgust": 0, "fear": 0, "happiness": 1},
        },
        "val_in_train": 1,
        "test_in_train": 1,
        "test_in_val": 0,
        "test_in_train_or_val": 1,
        "train_copies_of_val": 1,
        "train_copies_of_test": 2,
        "train_copies_of_val_or_test": 3,
        "test_without_copy_in_train": 1,
        "test_without_copy_elsewhere": 1,
    }


def test_the_audit_is_plain_json():
    json.dumps(audit(GROUPS, SPLIT, LABELS, flags()))


def test_unreadable_pictures_are_in_no_class():
    counts = class_counts(SPLIT, LABELS, GROUPS >= 0)
    assert sum(sum(classes.values()) for classes in counts.values()) == 8


@pytest.mark.parametrize("hashes", [[], ["", ""]])
def test_nothing_readable_gives_zeros(hashes):
    groups = group_ids(np.array(hashes, dtype="S64"))
    none = np.zeros(len(groups), bool)
    kinds = ("unreadable", "constant", "not_a_face", "no_face", "conflicting")
    every = dict.fromkeys([*kinds, *(f"copy_in_{s}" for s in ("train", "val", "test"))], none)
    counted = audit(groups, np.array([""] * len(groups)), groups, every)
    assert counted["unique"] == counted["duplicate_groups"] == counted["conflicting_groups"] == 0
