"""Other recognisers' answers: both forms, any order and spelling, and what is refused."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC
from mien.errors import DataError
from mien.evaluation import imported

LABELS = ("anger", "fear", "sadness", "neutral")
SPELT = ("happy", "sad", "angry", "surprise", "neutral", "disgust", "fear")
"""Seven classes as a peer spells and orders them."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    """Two training pictures, then four of the test split."""
    rows = [picture(f"t{i}", 90 + i) for i in range(2)]
    rows += [picture(f"p{i}", i, label, "test") for i, label in enumerate(LABELS)]
    return make(tmp_path_factory.mktemp("import") / "set", rows)


def sure(*names: str) -> Any:
    values = np.full((len(names), 7), 0.05, np.float32)
    values[np.arange(len(names)), [SPELT.index(name) for name in names]] = 0.7
    return values


ANSWERS = sure("angry", "fear", "sad", "happy")


def npz(path: Path, **changes: Any) -> Path:
    arrays = {"probabilities": ANSWERS, "classes": np.array(SPELT), "csv_row": np.arange(2, 6)}
    arrays |= changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


def test_rows_and_spelling_are_brought_into_order(prepared: PreparedSet, tmp_path: Path) -> None:
    backwards = npz(
        tmp_path / "peer.npz", probabilities=ANSWERS[::-1], csv_row=np.arange(2, 6)[::-1]
    )
    found = imported.read(backwards, prepared, "test")
    assert found.origin.model == "peer"
    assert found.ids.tolist() == ["p0", "p1", "p2", "p3"]
    (head,) = found.heads.values()
    assert list(found.heads) == ["seven"]
    assert head.classes == BASIC
    answered = [BASIC[k] for k in head.probabilities.argmax(1)]
    assert answered == ["anger", "fear", "sadness", "happiness"]


def test_a_csv_with_ids_says_the_same(prepared: PreparedSet, tmp_path: Path) -> None:
    path = tmp_path / "peer.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment", *SPELT])
        for name, row in zip(("p2", "p0", "p3", "p1"), ANSWERS[[2, 0, 3, 1]], strict=True):
            writer.writerow([name, "none", *row.tolist()])
    found = imported.read(path, prepared, "test", name="theirs")
    expected = imported.read(npz(tmp_path / "peer.npz"), prepared, "test")
    assert found.origin.model == "theirs"
    assert found.heads["seven"].probabilities == pytest.approx(
        expected.heads["seven"].probabilities
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"csv_row": np.array([2, 3, 4, 4])}, r"1 of 4 pictures are answered again .*\(4\)"),
        ({"csv_row": np.array([0, 3, 4, 5])}, r"1 of 4 pictures are not in this split"),
        ({"csv_row": np.array([0, 3, 4, 5])}, r"1 of 4 pictures of the split have no answer .*p0"),
        ({"csv_row": None}, "expected a .npz with probabilities"),
        ({"csv_row": np.array([0.5, 1, 2, 3])}, "ids as text or rows as whole numbers"),
        ({"classes": np.array(SPELT[:6])}, r"found probabilities \[4, 7\], classes \[6\]"),
        ({"classes": np.array(["happy", *SPELT[:6]])}, "each emotion once"),
        ({"probabilities": ANSWERS * 2}, r"4 of 4 pictures have a probability below 0 or above 1"),
        ({"classes": np.arange(7)}, "expected classes as text, found int64"),
        ({"classes": np.array(["bored", *SPELT[1:]])}, "expected emotions as classes .* bored"),
        ({"probabilities": ANSWERS.astype(str)}, "expected probabilities as numbers, found <U"),
        ({"probabilities": ANSWERS.astype(float) * 1e300}, "4 of 4 pictures .* not a number"),
        ({"probabilities": ANSWERS[:0], "csv_row": np.arange(0)}, "a line for each picture"),
        ({"probabilities": ANSWERS * np.nan}, "4 of 4 pictures .* not a number"),
    ],
)
def test_what_does_not_belong_to_the_dataset_is_refused(
    prepared: PreparedSet, tmp_path: Path, changes: Any, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        imported.read(npz(tmp_path / "peer.npz", **changes), prepared, "test")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column id or row"),
        ("file,happy\na,1\n", "no column id or row"),
        ("id,happy\np0,much\n", "could not convert"),
        ("id,happy\n\np0,1\np1,\n", "line 4 cannot be read"),
        ("row,happy\n99999999999999999999,1\n", "line 2 cannot be read"),
        ("id,happy\n", "expected a line for each picture, found none"),
        ("id\np0\n", "expected emotions as classes .* found none"),
        ("id,happy,sad\np0,1\n", "line 2 cannot be read .it is too short"),
    ],
)
def test_a_csv_that_cannot_be_read_is_one_line(
    prepared: PreparedSet, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "peer.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        imported.read(path, prepared, "test")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(prepared: PreparedSet, tmp_path: Path) -> None:
    for name in ("none.npz", "none.csv"):
        with pytest.raises(DataError, match=name):
            imported.read(tmp_path / name, prepared, "test")
