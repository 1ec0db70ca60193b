import numpy as np
import pytest
from made_sets import broken, make, picture

from mien.datasets.fold_file import read, write
from mien.datasets.folds import OUTSIDE, folds_of
from mien.errors import DataError

FOLDS = "id,fold\np0,0\np1,1\np2,0\np3,1\n"


@pytest.fixture
def prepared(tmp_path):
    pictures = [picture(f"p{n}", n, ("anger", "fear")[n // 2]) for n in range(4)]
    pictures += [picture("v", 8, split="val"), picture("t", 9, split="test"), broken("bad")]
    return make(tmp_path / "set", pictures)


def file(tmp_path, text):
    path = tmp_path / "folds.csv"
    path.write_text(text)
    return path


def test_what_was_written_is_read_again(tmp_path, prepared):
    folds = folds_of(prepared, 2)[0]
    write(tmp_path / "folds.csv", prepared, folds)
    found = read(tmp_path / "folds.csv", prepared)
    assert found.dtype == np.int64
    assert found.tolist() == folds.tolist()
    assert found[4:].tolist() == [OUTSIDE] * 3
    lines = (tmp_path / "folds.csv").read_text().splitlines()
    assert lines[0] == "id,sha256,fold"
    assert len(lines) == 5


def test_any_order_and_further_columns_are_read_and_hashes_may_lack(tmp_path, prepared):
    text = "\ufefffold,note,id\n1,x,p3\n0,,p0\n1,,p1\n0,,p2\n"
    assert read(file(tmp_path, text), prepared).tolist() == [0, 1, 0, 1, -1, -1, -1]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "expected the columns id, fold, found nothing"),
        ("id,sha256,fold_0\n", "found id, sha256, fold_0"),
        (FOLDS + "p0,1\n", "row 4: p0 is there already, in row 0"),
        (FOLDS + ",1\n", "row 4: no id"),
        (FOLDS.replace("p3,1", "p3,-1"), "row 3: fold '-1', expected a whole number from 0"),
        (FOLDS.replace("p3,1", "p3,1.0"), "row 3: fold '1.0'"),
        (FOLDS.replace("p3,1", "p3"), "row 3: fold ''"),
        (FOLDS.replace("p3,1", f"p3,{10**9}"), "row 3: fold '1000000000'"),
        (FOLDS.replace(",1", ",0"), r"1 fold\(s\), expected two or more"),
        ("id,fold\n", r"0 fold\(s\), expected two or more"),
        (FOLDS.replace(",1", ",3"), "fold 1 has no picture, expected each from 0 to 3"),
    ],
)
def test_what_is_no_fold_file_is_refused(tmp_path, prepared, text, match):
    with pytest.raises(DataError, match=match):
        read(file(tmp_path, text), prepared)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (FOLDS + "q,0\n", r"1 picture\(s\) of the file are not in the dataset, first q"),
        (FOLDS + "v,0\nt,1\n", r"2 picture\(s\) of the file are no readable training.* v, t"),
        (FOLDS + "bad,0\n", r"are no readable training pictures of the dataset, first bad"),
        (FOLDS.replace("p3,1\n", ""), "readable and for training, are in no fold, first p3"),
    ],
)
def test_folds_of_other_pictures_are_refused(tmp_path, prepared, text, match):
    with pytest.raises(DataError, match=match) as error:
        read(file(tmp_path, text), prepared)
    assert "of another dataset" not in str(error.value)


def test_a_dataset_with_the_same_names_and_other_pixels_is_told_apart(tmp_path, prepared):
    other = make(tmp_path / "other", [picture(f"p{n}", 50 + n) for n in range(4)])
    write(tmp_path / "folds.csv", other, folds_of(other, 2)[0])
    with pytest.raises(DataError, match=r"it is of another dataset.*have other pixels") as error:
        read(tmp_path / "folds.csv", prepared)
    assert "in no fold" not in str(error.value)  # one reason a picture


def test_everything_that_is_wrong_is_listed_at_once(tmp_path, prepared):
    with pytest.raises(DataError, match="3 problems") as error:
        read(file(tmp_path, FOLDS.replace("p3", "q") + "v,0\n"), prepared)
    for words in ("not in the dataset, first q", "first v", "in no fold, first p3"):
        assert words in str(error.value)
    with pytest.raises(DataError, match="8 problems") as error:
        read(file(tmp_path, FOLDS + "p0,x\n" * 4), prepared)
    assert "and 3 more" in str(error.value)


def test_files_that_cannot_be_read_are_refused(tmp_path, prepared):
    (tmp_path / "folds.csv").write_bytes(b"id,fold\n\xff\xfe,1\n")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "folds.csv", prepared)
    with pytest.raises(DataError, match="no such file; expected folds"):
        read(tmp_path / "none.csv", prepared)
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path, prepared)
