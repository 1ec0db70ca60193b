import numpy as np
import pytest
from made_sources import PLUS, rows_of, write_votes

from mien.datasets.votes import VOTES, agreement_of, join_votes, read_votes, unanimous_non_faces
from mien.emotions import CODES, EMOTIONS
from mien.errors import DataError, SourceError

USAGES = ["Training"] * 30 + ["PublicTest"] * 6 + ["PrivateTest"] * 6


def joined(table, rows):
    labels = np.array([EMOTIONS.index(CODES["fer2013"][code]) for code, _, _ in rows])
    usages = np.array([usage for _, _, usage in rows])
    return join_votes(table, usages, labels, np.ones(len(rows), bool))


def test_columns_are_found_by_name_and_put_in_canonical_order(tmp_path):
    path = tmp_path / "fer2013new.csv"
    path.write_text(f"{PLUS}\nTraining,fer0000000.png,1,2,3,4,5,6,7,8,9,10\n")
    table = read_votes(path)
    named = dict(zip(VOTES, table.counts[0].tolist(), strict=True))
    assert VOTES[:8] == EMOTIONS
    assert VOTES[8:] == ("unknown", "not_a_face")
    assert named == {
        **{"neutral": 1, "happiness": 2, "surprise": 3, "sadness": 4, "anger": 5},
        **{"disgust": 6, "fear": 7, "contempt": 8, "unknown": 9, "not_a_face": 10},
    }
    assert table.usages.tolist() == ["Training"]
    assert table.counts.dtype == np.int16


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("Usage,neutral,happiness\n")
    with pytest.raises(SourceError, match=r"votes.csv has no column for anger, .*, not_a_face"):
        read_votes(path)


def test_damaged_rows_are_all_named(tmp_path):
    path = tmp_path / "votes.csv"
    good = "Training,f.png,1,2,3,4,5,6,7,8,9,10"
    path.write_text(f"{PLUS}\n{good}\nTraining,f.png,1\nTraining,f.png,1,2,-3,4,5,6,7,8,9,10\n")
    with pytest.raises(SourceError, match="2 problems") as error:
        read_votes(path)
    assert "votes.csv, row 1: " in str(error.value)
    assert "votes.csv, row 2: '-3' votes, expected a number from 0" in str(error.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_votes(tmp_path / "none.csv")


def test_votes_are_joined_by_row_and_kept_exactly(tmp_path):
    rows = rows_of(USAGES)
    table = read_votes(write_votes(tmp_path / "v.csv", rows))
    counts = joined(table, rows)
    assert np.array_equal(counts, table.counts)
    assert counts.sum(axis=1).tolist() == [10] * len(rows)


def test_a_training_only_source_takes_the_votes_of_training(tmp_path):
    rows = rows_of(USAGES)
    table = read_votes(write_votes(tmp_path / "v.csv", rows))
    assert np.array_equal(joined(table, rows[:30]), table.counts[:30])


def test_other_counts_are_refused(tmp_path):
    rows = rows_of(USAGES)
    table = read_votes(write_votes(tmp_path / "v.csv", rows[:-1]))
    with pytest.raises(DataError, match="has votes for 5 PrivateTest, 6 PublicTest, 30 Training"):
        joined(table, rows)


def test_another_usage_in_one_row_is_refused(tmp_path):
    rows = rows_of(USAGES)
    order = [*USAGES[:28], "PublicTest", "Training", "Training", *USAGES[31:]]
    swapped = [(code, face, word) for (code, face, _), word in zip(rows, order, strict=True)]
    table = read_votes(write_votes(tmp_path / "v.csv", swapped))
    with pytest.raises(DataError, match=r"another Usage .* in 2 row\(s\), first in row 28"):
        joined(table, rows)


def test_a_file_shifted_by_one_row_is_refused(tmp_path):
    rows = rows_of(USAGES)
    shifted = [
        (other[0], face, usage)
        for (_, face, usage), other in zip(rows, rows[1:] + rows[:1], strict=True)
    ]
    table = read_votes(write_votes(tmp_path / "v.csv", shifted))
    with pytest.raises(DataError, match=r"agree with the source's labels in 0.0% of 42 rows"):
        joined(table, rows)


def test_unreadable_rows_do_not_count_in_the_checks(tmp_path):
    rows = rows_of(USAGES)
    table = read_votes(write_votes(tmp_path / "v.csv", rows))
    labels = np.array([EMOTIONS.index(CODES["fer2013"][code]) for code, _, _ in rows])
    usages = np.array([usage for _, _, usage in rows])
    readable = np.ones(len(rows), bool)
    usages[3], labels[3], readable[3] = "", -1, False
    assert len(join_votes(table, usages, labels, readable)) == len(rows)


def test_agreement_is_the_share_of_pluralities():
    counts = np.array([[3, 2] + [0] * 8, [0, 1] + [0] * 6 + [9, 0]], np.int16)
    assert agreement_of(counts, np.array([0, 0])) == 0.5


def test_not_a_face_needs_every_vote():
    counts = np.array([[0] * 9 + [10], [1] + [0] * 8 + [9], [0] * 10, [0] * 9 + [9]], np.int16)
    assert unanimous_non_faces(counts).tolist() == [True, False, False, True]
