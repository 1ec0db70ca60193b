import numpy as np
import pytest
from made_sources import faces, rows_of, text, write_csv

from mien.datasets.readers.csv_rows import parse_pixels, recognise
from mien.datasets.sources import open_source
from mien.errors import SourceError

USAGES = ["Training", "PublicTest", "PrivateTest"]


@pytest.mark.parametrize(
    ("name", "header"),
    [("fer2013.csv", "emotion,pixels,Usage"), ("icml_face_data.csv", "emotion, Usage, pixels")],
)
def test_both_headers_give_the_same_pictures(tmp_path, name, header):
    rows = rows_of(USAGES)
    pictures = list(recognise(write_csv(tmp_path / name, rows, header)))
    assert [p.id for p in pictures] == ["fer2013-00000", "fer2013-00001", "fer2013-00002"]
    assert [p.where for p in pictures] == ["row 0", "row 1", "row 2"]
    assert [p.source_split for p in pictures] == USAGES
    assert [p.split for p in pictures] == ["train", "val", "test"]
    assert [p.label for p in pictures] == ["anger", "disgust", "fear"]
    assert all(np.array_equal(p.pixels, row[1]) for p, row in zip(pictures, rows, strict=True))


def test_code_six_is_neutral_not_surprise(tmp_path):
    path = write_csv(tmp_path / "fer2013.csv", [(6, faces(1)[0], "Training")])
    assert next(iter(recognise(path))).label == "neutral"


def test_a_source_can_be_walked_twice(tmp_path):
    source = recognise(write_csv(tmp_path / "fer2013.csv", rows_of(USAGES)))
    assert [p.id for p in source] == [p.id for p in source]


def test_each_damaged_row_says_what_is_wrong(tmp_path):
    good = text(faces(1)[0])
    words = good.split()
    lines = [
        "emotion,pixels,Usage",
        f"0,{good}",
        f"0,{' '.join(words[:-1])},Training",
        f"0,{' '.join([*words[:-1], '256'])},Training",
        f"0,{' '.join([*words[:-1], '-1'])},Training",
        f"0,{' '.join([*words[:-1], 'x'])},Training",
        f"7,{good},Training",
        f"happy,{good},Training",
        f"0,{good},",
        f"0,{good},Holdout",
        f"0,{good},Training,more",
        f"0,{good},Training",
    ]
    path = tmp_path / "fer2013.csv"
    path.write_text("\n".join(lines))
    pictures = list(recognise(path))
    expected = [
        "2 cell(s), expected 3",
        "2303 pixel values, expected 2304",
        "pixel value '256', expected 0 to 255",
        "pixel value '-1', expected 0 to 255",
        "pixel value 'x', expected 0 to 255",
        "label '7', expected a code from 0 to 6",
        "label 'happy', expected a code from 0 to 6",
        "Usage '', expected Training, PublicTest, PrivateTest",
        "Usage 'Holdout', expected Training, PublicTest, PrivateTest",
        "4 cell(s), expected 3",
        "",
    ]
    assert [p.problem for p in pictures] == expected
    assert [p.pixels is None for p in pictures] == [True] * 10 + [False]
    assert pictures[7].split == ""
    assert pictures[1].split == "train"


def test_lines_without_text_are_no_rows(tmp_path):
    path = write_csv(tmp_path / "fer2013.csv", rows_of(USAGES))
    path.write_text(path.read_text().replace("\n", "\r\n\r\n"))
    assert len(list(recognise(path))) == 3


def test_train_csv_is_all_training_and_says_so(tmp_path):
    path = write_csv(tmp_path / "train.csv", rows_of(["Training"] * 3), "emotion,pixels")
    source = recognise(path)
    assert [p.split for p in source] == ["train"] * 3
    assert "no test pictures" in source.notes[0]


def test_usage_may_be_missing_only_under_the_name_train_csv(tmp_path):
    path = write_csv(tmp_path / "fer2013.csv", rows_of(["Training"]), "emotion,pixels")
    with pytest.raises(SourceError, match=r"has no column Usage .*expected emotion, pixels, Usage"):
        recognise(path)


def test_the_unlabelled_test_csv_is_refused(tmp_path):
    path = write_csv(tmp_path / "test.csv", rows_of(["Training"]), "pixels")
    with pytest.raises(SourceError, match=r"test.csv has no labels .*take fer2013.csv"):
        recognise(path)


def test_other_csv_files_are_not_recognised(tmp_path):
    path = tmp_path / "fer2013new.csv"
    path.write_text("Usage,Image name,neutral\n")
    assert recognise(path) is None


def test_a_quote_that_never_ends_is_named_by_its_line(tmp_path):
    rows = rows_of(["Training"] * 40)
    path = write_csv(tmp_path / "fer2013.csv", rows)
    path.write_text(path.read_text().replace("\n3,", '\n"3,', 1))
    with pytest.raises(SourceError, match=r"fer2013.csv, line \d+: no CSV from here on"):
        list(recognise(path))


def test_pixels_are_read_row_by_row():
    assert parse_pixels(" ".join(str(n % 256) for n in range(2304)))[1, 0] == 48


def test_full_csv_wins_over_the_competitions_training_part(tmp_path):
    write_csv(tmp_path / "train.csv", rows_of(["Training"] * 2), "emotion,pixels")
    write_csv(tmp_path / "icml_face_data.csv", rows_of(USAGES), "emotion, Usage, pixels")
    write_csv(tmp_path / "test.csv", rows_of(USAGES), "pixels")
    with open_source(tmp_path, tmp_path) as opened:
        assert [path.name for path in opened.files] == ["icml_face_data.csv"]
        assert len(list(opened.source)) == 3
