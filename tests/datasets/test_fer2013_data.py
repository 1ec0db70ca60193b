"""The real FER-2013, against counts that were found without this code."""

import numpy as np
import pytest

from mien.datasets.prepared import PreparedSet
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.emotions import CODES, EMOTIONS

pytestmark = pytest.mark.data

CLASSES = {  # angry disgust fear happy sad surprise neutral
    "train": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "val": (467, 56, 496, 895, 653, 415, 607),
    "test": (491, 55, 528, 879, 594, 416, 626),
}
COUNTS = {
    "pictures": 35_887,
    "unreadable": 0,
    "unique": 34_034,
    "duplicate_groups": 1_516,
    "conflicting_groups": 57,
    "constant": 12,
    "not_a_face": 176,
    "test_in_train": 288,
    "val_in_train": 280,
    "test_in_train_or_val": 314,
    "train_copies_of_test": 387,
    "train_copies_of_val": 351,
    "train_copies_of_val_or_test": 703,
    "test_without_copy_in_train": 3_301,
    "test_without_copy_elsewhere": 3_275,
}


@pytest.fixture(scope="module")
def summary(real, tmp_path_factory):
    out = tmp_path_factory.mktemp("prepared") / "fer2013"
    with open_source(real, out.parent) as opened:
        return prepare(opened.source, out, votes=opened.votes, files=opened.files)


@pytest.fixture(scope="module")
def opened(summary):
    return PreparedSet.open(summary.root)


def test_the_audit_finds_every_published_count(summary):
    assert {name: summary.audit[name] for name in COUNTS} == COUNTS
    codes = CODES["fer2013"]
    for split, counts in CLASSES.items():
        assert summary.audit["classes"][split] == {
            codes[code]: count for code, count in enumerate(counts)
        }


def test_rows_and_votes_are_those_of_the_originals(opened):
    assert opened.pixels(0)[0, :8].tolist() == [70, 80, 82, 72, 58, 58, 60, 63]
    assert np.flatnonzero(opened.votes.sum(axis=1) != 10).tolist() == [10_435]
    assert opened.votes[10_435].sum() == 9
    test = opened.where("test")
    order = [EMOTIONS.index(name) for name in CODES["ferplus"].values()]  # first of a tie wins
    plurality = np.array(order)[opened.votes[test][:, order].argmax(axis=1)]
    assert round(float((plurality == opened.labels[test]).mean()), 3) == 0.625
    assert len(opened.where("train", ["copies"])) == 28_006
    assert opened.uniform


def test_the_csv_gives_the_identical_manifest(real, summary, opened, tmp_path):
    numbers = [str(value) for value in range(256)]
    codes = {EMOTIONS.index(emotion): code for code, emotion in CODES["fer2013"].items()}
    usages = {"train": "Training", "val": "PublicTest", "test": "PrivateTest"}
    with (tmp_path / "fer2013.csv").open("w") as file:
        file.write("emotion,pixels,Usage\n")
        for row, (label, split) in enumerate(zip(opened.labels, opened.split, strict=True)):
            pixels = " ".join([numbers[value] for value in opened.pixels(row).tobytes()])
            file.write(f"{codes[int(label)]},{pixels},{usages[split]}\n")
    with open_source(tmp_path / "fer2013.csv", tmp_path) as source:
        assert source.votes is None
        out = prepare(source.source, tmp_path / "out", votes=real / "fer2013new.csv").root
    original = (summary.root / "manifest.csv").read_bytes()
    assert (out / "manifest.csv").read_bytes() == original
