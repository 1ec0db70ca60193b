import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_sources import encoded, faces

from mien.datasets.readers.parquet import recognise, split_of
from mien.errors import MissingExtraError, SourceError

FER = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


def write(path, codes, names=None, *, pictures=None, columns=("image", "label"), struct=True):
    data = pictures or [encoded(face, "WEBP", lossless=True) for face in faces(len(codes))]
    cells = [{"bytes": d, "path": f"{n}.webp"} for n, d in enumerate(data)] if struct else data
    table = pa.table({columns[0]: cells, columns[1]: codes})
    if names is not None:
        label = {"_type": "ClassLabel", "names": names}
        info = {"info": {"features": {columns[1]: label}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
    pq.write_table(table, path, row_group_size=2)
    return path


def write_all(folder, codes, **options):
    for split in ("train", "valid", "test"):
        write(folder / f"{split}-00000-of-00001.parquet", codes, **options)
    return folder


def test_three_files_are_the_competitions_rows_in_order(tmp_path):
    source = recognise(write_all(tmp_path, [3, 0, 6], names=FER))
    pictures = list(source)
    assert source.keeps_row_order
    assert [p.id for p in pictures] == [f"fer2013-{n:05d}" for n in range(9)]
    assert [p.where for p in pictures] == [f"row {n}" for n in range(9)]
    assert [p.source_split for p in pictures[::3]] == ["Training", "PublicTest", "PrivateTest"]
    assert [p.split for p in pictures[::3]] == ["train", "val", "test"]
    assert [p.label for p in pictures[:3]] == ["happiness", "anger", "neutral"]
    assert all(np.array_equal(p.pixels, f) for p, f in zip(pictures[:3], faces(3), strict=True))


def test_three_equal_channels_become_one(tmp_path):
    face = faces(1)[0]
    colour = encoded(np.repeat(face[..., None], 3, axis=2))
    picture = next(iter(recognise(write(tmp_path / "train.parquet", [0], pictures=[colour]))))
    assert np.array_equal(picture.pixels, face)


@pytest.mark.parametrize("older", [False, True])
def test_codes_mean_what_the_metadata_names(tmp_path, older):
    names = sorted(FER)
    names = {str(n): name for n, name in enumerate(names)} if older else names
    path = write(tmp_path / "train.parquet", [4, 5, 6], names=names)
    assert [p.label for p in recognise(path)] == ["neutral", "sadness", "surprise"]


def test_codes_without_metadata_are_those_of_fer2013(tmp_path):
    path = write(tmp_path / "train.parquet", [4, 5, 6])
    assert [p.label for p in recognise(path)] == ["sadness", "surprise", "neutral"]


def test_bare_bytes_and_other_column_names(tmp_path):
    path = write(
        tmp_path / "train.parquet", [4], sorted(FER), columns=("img_bytes", "labels"), struct=False
    )
    assert [p.label for p in recognise(path)] == ["neutral"]


def test_labels_may_be_names(tmp_path):
    pictures = list(recognise(write(tmp_path / "train.parquet", ["Happy", "bored"])))
    assert pictures[0].label == "happiness"
    assert pictures[1].problem == (
        "label 'bored', expected the name of an emotion (row 1 of train.parquet)"
    )


def test_bad_rows_name_file_row_and_reason(tmp_path):
    good = encoded(faces(1)[0])
    path = write(
        tmp_path / "train.parquet", [0, 9, 0, 0], pictures=[good, good, b"no picture", b""]
    )
    problems = [p.problem for p in recognise(path)]
    assert problems == [
        "",
        "label 9, expected a code from 0 to 6 (row 1 of train.parquet)",
        "no picture in any known format (row 2 of train.parquet)",
        "an empty file, expected a picture (row 3 of train.parquet)",
    ]


def test_rows_in_class_order_have_lost_the_csv_order(tmp_path):
    source = recognise(write_all(tmp_path, [0, 0, 0, 1, 1, 1, 2, 2, 2]))
    assert not source.keeps_row_order
    assert "class after class" in source.notes[0]


def test_two_splits_cannot_give_the_official_score(tmp_path):
    write(tmp_path / "train.parquet", [0, 1])
    write(tmp_path / "test.parquet", [1, 0])
    source = recognise(tmp_path)
    assert not source.keeps_row_order
    assert [p.source_split for p in source] == ["train", "train", "test", "test"]
    assert "official private-test score cannot be computed" in source.notes[0]


def test_shards_come_in_order(tmp_path):
    for shard, code in enumerate([0, 1, 2]):
        write(tmp_path / f"train-0000{shard}-of-00003.parquet", [code])
    assert [p.label for p in recognise(tmp_path)] == ["anger", "disgust", "fear"]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train-00000-of-00001.parquet", "train"),
        ("validation.parquet", "val"),
        ("fer_valid.parquet", "val"),
        ("test-0.parquet", "test"),
        ("faces.parquet", None),
    ],
)
def test_split_is_told_by_the_name(name, split):
    assert split_of(name) == split


def test_a_file_without_a_split_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"split of faces.parquet is unknown"):
        recognise(write(tmp_path / "faces.parquet", [0]))


def test_unknown_columns_and_names_are_refused(tmp_path):
    with pytest.raises(SourceError, match="has the columns image, y: expected a label column"):
        recognise(write(tmp_path / "train.parquet", [0], columns=("image", "y")))
    with pytest.raises(SourceError, match="class names of its metadata: unknown emotion 'bored'"):
        recognise(write(tmp_path / "test.parquet", [0], names=["bored"]))


def test_a_cut_file_is_refused(tmp_path):
    path = write(tmp_path / "train.parquet", [0, 1])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"train.parquet is no whole Parquet file"):
        recognise(path)


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    path = write(tmp_path / "train.parquet", [0])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r'Parquet needs .* pip install -e "\.\[train\]"'):
        recognise(path)
