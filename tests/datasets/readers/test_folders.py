import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers.folders import recognise
from mien.errors import SourceError


def write(root, *files):
    for file, face in zip(files, faces(len(files)), strict=True):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(encoded(face))
    return root


def test_splits_and_labels_come_from_the_folders(tmp_path):
    source = recognise(write(tmp_path, "train/happy/a.png", "test/sad/b.png", "train/angry/c.png"))
    pictures = list(source)
    assert [p.where for p in pictures] == [
        "train/angry/c.png",
        "train/happy/a.png",
        "test/sad/b.png",
    ]
    assert [p.id for p in pictures] == ["train-angry-c", "train-happy-a", "test-sad-b"]
    assert [p.label for p in pictures] == ["anger", "happiness", "sadness"]
    assert [p.split for p in pictures] == ["train", "train", "test"]
    assert [p.source_split for p in pictures] == ["train", "train", "test"]
    assert np.array_equal(pictures[0].pixels, faces(3)[2])
    assert not source.keeps_row_order


def test_merged_test_folder_cannot_give_the_official_score(tmp_path):
    source = recognise(write(tmp_path, "train/happy/a.png", "test/sad/b.png"))
    assert "official private-test score cannot be computed" in source.notes[0]


def test_a_val_folder_is_taken_as_it_is(tmp_path):
    source = recognise(
        write(tmp_path, "Train/Happy/a.png", "validation/happy/b.png", "test/happy/c.png")
    )
    assert [p.split for p in source] == ["train", "val", "test"]
    assert source.notes == []


def test_file_names_that_keep_the_split_count(tmp_path):
    files = [
        "train/happy/Training_1.png",
        "test/sad/PublicTest_2.png",
        "test/sad/PrivateTest_3.png",
    ]
    source = recognise(write(tmp_path, *files))
    assert [(p.source_split, p.split) for p in source] == [
        ("Training", "train"),
        ("PrivateTest", "test"),
        ("PublicTest", "val"),
    ]
    assert source.notes == []


def test_names_are_not_used_where_only_some_keep_the_split(tmp_path):
    source = recognise(write(tmp_path, "train/happy/x.png", "test/sad/PublicTest_2.png"))
    assert [p.split for p in source] == ["train", "test"]
    assert "only some file names keep the split" in source.notes[0]


def test_broken_pictures_are_named_with_their_reason(tmp_path):
    write(tmp_path, "train/happy/a.png", "train/happy/cut.png")
    cut = encoded(faces(1)[0], "JPEG")
    (tmp_path / "train/happy/cut.jpg").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "train/happy/cut.png").unlink()
    (tmp_path / "train/happy/empty.png").write_bytes(b"")
    (tmp_path / "train/happy/text.png").write_text("not a picture")
    problems = {p.where: p.problem for p in recognise(tmp_path) if p.problem}
    assert problems.keys() == {f"train/happy/{n}" for n in ("cut.jpg", "empty.png", "text.png")}
    assert "a broken picture (image file is truncated" in problems["train/happy/cut.jpg"]
    assert problems["train/happy/empty.png"] == "an empty file, expected a picture"
    assert problems["train/happy/text.png"] == "no picture in any known format"


def test_unreadable_file_is_a_problem_of_its_own(tmp_path, monkeypatch):
    write(tmp_path, "train/happy/a.png", "train/happy/b.png")
    source = recognise(tmp_path)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    assert [p.problem for p in source] == ["cannot be read (Permission denied)"] * 2


def test_unreadable_folder_is_refused(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("mien.datasets.readers.walk.os.scandir", refuse)
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        recognise(tmp_path)


def test_other_files_are_passed_over_and_counted(tmp_path):
    write(tmp_path, "train/happy/a.png", "test/happy/a.png")
    (tmp_path / "train/happy/Thumbs.db").write_bytes(b"x")
    (tmp_path / "train/happy/.hidden.png").write_bytes(b"x")
    source = recognise(tmp_path)
    assert len(list(source)) == 2
    assert source.notes[-1] == "1 file(s) without the suffix of a picture were passed over"


def test_folders_of_no_emotion_are_refused(tmp_path):
    write(tmp_path, "train/happy/a.png", "train/bored/b.png", "test/contempt/c.png")
    with pytest.raises(SourceError, match="no emotion of FER-2013: test/contempt, train/bored"):
        recognise(tmp_path)


def test_other_folders_are_not_recognised(tmp_path):
    assert recognise(write(tmp_path, "train/1/a.png", "docs/happy/b.png")) is None


def test_same_name_in_two_classes_gives_two_ids(tmp_path):
    files = ["train/happy/1.png", "train/sad/1.png", "test/sad/1.png", "train/sad/a b.png"]
    ids = [p.id for p in recognise(write(tmp_path, *files, "train/sad/a_b.png"))]
    assert len(set(ids)) == 5
    assert all(" " not in name and "/" not in name for name in ids)
