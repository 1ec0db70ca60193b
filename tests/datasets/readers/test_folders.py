import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.prepared import PreparedSet
from mien.datasets.readers.folders import recognise
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError


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
    assert (source.has_splits, source.keeps_row_order, source.notes) == (True, False, [])


def test_without_folders_of_splits_there_are_no_splits(tmp_path):
    source = recognise(write(tmp_path / "my set", "Happy/a.png", "SADNESS/b.png"))
    assert not source.has_splits
    assert [(p.id, p.label, p.split, p.source_split) for p in source] == [
        ("Happy-a", "happiness", "train", ""),
        ("SADNESS-b", "sadness", "train", ""),
    ]
    assert (source.name, source.label_set) == ("my_set", "seven")
    assert source.layout == "folders by emotion"


def test_contempt_makes_it_eight(tmp_path):
    source = recognise(write(tmp_path, "train/happy/a.png", "test/Contemptuous/b.png"))
    assert source.label_set == "eight"
    assert [p.label for p in source] == ["happiness", "contempt"]
    assert source.layout == "folders (train, test / emotion / picture)"


@pytest.mark.parametrize(
    ("names", "splits"),
    [
        (("Train", "validation", "TEST"), ["train", "val", "test"]),
        (("training", "valid", "testing"), ["train", "val", "test"]),
        (("test",), ["test"]),
    ],
)
def test_splits_are_known_by_their_usual_names(tmp_path, names, splits):
    source = recognise(write(tmp_path, *(f"{name}/Happy/a.png" for name in names)))
    assert [p.split for p in source] == splits
    assert [p.source_split for p in source] == [*names]


def test_codes_of_two_letters_name_emotions_where_there_are_several(tmp_path):
    assert recognise(write(tmp_path / "one", "an/a.png", "src/b.png")) is None
    assert [p.label for p in recognise(write(tmp_path / "two", "AN/a.png", "HA/b.png"))] == [
        "anger",
        "happiness",
    ]


def test_folders_in_an_emotions_folder_are_taken_with_it(tmp_path):
    files = ["happy/2020/1/a.png", "happy/2020/2/a.png", "happy/a.png", "sad/x/a.png"]
    pictures = list(recognise(write(tmp_path, *files)))
    assert [p.where for p in pictures] == files
    assert [p.label for p in pictures] == ["happiness"] * 3 + ["sadness"]
    assert len({p.id for p in pictures}) == 4


def test_a_folder_of_another_emotion_in_an_emotions_is_a_problem(tmp_path):
    write(tmp_path, "happy/Happy/a.png", "happy/sad/b.png", "happy/an/c.png")
    problems = {p.where: p.problem for p in recognise(tmp_path) if p.problem}
    assert problems == {
        "happy/sad/b.png": "the folder 'sad' in that of happiness is another emotion"
    }


def test_all_folders_that_are_no_emotion_are_listed(tmp_path):
    write(tmp_path, "train/happy/a.png", "train/bored/b.png", "test/0/c.png", "test/sad/d.png")
    told = "folders that are no emotion: train/bored, test/0; expected angry, contempt"
    with pytest.raises(SourceError, match=told):
        recognise(tmp_path)
    write(tmp_path / "flat", "happy/a.png", "bored/b.png", "train/c.png")
    with pytest.raises(SourceError, match="are no emotion: bored, train; expected"):
        recognise(tmp_path / "flat")


def test_folders_with_pictures_beside_the_splits_are_refused(tmp_path):
    write(tmp_path, "train/happy/a.png", "test/happy/b.png", "dev/happy/c.png", "sad/d.png")
    with pytest.raises(SourceError, match="pictures beside those of the splits: dev, sad"):
        recognise(tmp_path)


def test_several_faults_of_a_tree_are_told_together(tmp_path):
    write(tmp_path, "train/happy/a.png", "train/bored/b.png", "dev/happy/c.png")
    with pytest.raises(SourceError, match="2 problems:") as error:
        recognise(tmp_path)
    assert "train/bored" in str(error.value)
    assert "dev; expected train, val, test alone" in str(error.value)


def test_folders_without_pictures_beside_the_splits_are_noted(tmp_path):
    write(tmp_path, "train/happy/a.png", "test/happy/b.png", "docs/readme.txt")
    (tmp_path / "train/sad").mkdir()
    assert recognise(tmp_path).notes == [
        "train/sad holds no pictures",
        "folders without pictures were passed over: docs",
    ]


def test_splits_below_the_emotions_are_refused(tmp_path):
    write(tmp_path, "happy/train/a.png", "happy/test/b.png", "sad/c.png")
    with pytest.raises(SourceError, match="below the emotion's: happy/test, happy/train; expected"):
        recognise(tmp_path)


@pytest.mark.parametrize(
    "files",
    [
        ["train/0/a.png", "train/6/b.png", "test/0/c.png"],
        ["0/a.png", "1/b.png", "2/c.png"],
        ["1/a.png", "2/b.png"],
    ],
)
def test_folders_named_by_numbers_are_refused(tmp_path, files):
    with pytest.raises(SourceError, match="a code means nothing without its source"):
        recognise(write(tmp_path, *files))


@pytest.mark.parametrize(
    "files",
    [
        ["train/cat/a.png", "docs/happy/b.png"],
        ["2019/a.png", "2020/b.png"],
        ["001/a.png", "002/b.png"],
        ["0/a.txt", "1/b.txt"],
        ["1/a.png"],
        [*(f"{n}/a.png" for n in range(13))],
    ],
)
def test_other_folders_are_not_recognised(tmp_path, files):
    assert recognise(write(tmp_path, *files)) is None
    assert recognise(tmp_path / files[0]) is None


def test_one_of_several_trees_is_not_taken_silently(tmp_path):
    write(tmp_path, "first/train/happy/a.png", "second/sad/b.png", "third/c.png")
    with pytest.raises(SourceError, match="by emotion: first, second; name one of them"):
        open_source(tmp_path, tmp_path).__enter__()


def test_a_tree_some_folders_down_is_found(tmp_path):
    write(tmp_path / "in", "outer/set/happy/a.png", "outer/set/sad/b.png")
    with open_source(tmp_path / "in", tmp_path) as opened:
        assert (opened.reader, opened.source.name) == ("folders", "set")


def test_pictures_beside_the_emotions_are_problems_not_passed_over(tmp_path):
    write(tmp_path / "in", "train/happy/a.png", "train/b.png", "c.JPG", "val/sad/d.png")
    (tmp_path / "in/readme.txt").touch()
    with open_source(tmp_path / "in", tmp_path) as opened:
        assert [p.where for p in opened.source] == [
            *("c.JPG", "train/b.png", "train/happy/a.png", "val/sad/d.png")
        ]
        with pytest.raises(UnreadablePicturesError, match="2 of 4 pictures cannot") as error:
            prepare(opened.source, tmp_path / "out")
        assert "train/b.png: it lies beside the folders of emotions" in str(error.value)
        prepare(opened.source, tmp_path / "out", skip_bad=True)
    assert PreparedSet.open(tmp_path / "out").flags["unreadable"].sum() == 2


def test_broken_pictures_are_named_with_their_reason(tmp_path):
    write(tmp_path, "train/happy/a.png")
    cut = encoded(faces(1)[0], "JPEG")
    (tmp_path / "train/happy/cut.jpg").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "train/happy/empty.png").write_bytes(b"")
    (tmp_path / "train/happy/gone.png").symlink_to("nowhere.png")
    (tmp_path / "train/happy/text.png").write_text("not a picture")
    problems = {p.where: p.problem for p in recognise(tmp_path) if p.problem}
    names = ("cut.jpg", "empty.png", "gone.png", "text.png")
    assert problems.keys() == {f"train/happy/{n}" for n in names}
    assert "a broken picture (image file is truncated" in problems["train/happy/cut.jpg"]
    assert problems["train/happy/empty.png"] == "an empty file, expected a picture"
    assert problems["train/happy/gone.png"] == "a link that leads nowhere"
    assert problems["train/happy/text.png"] == "no picture in any known format"


def test_an_emotions_folder_that_is_a_link_to_nowhere_is_a_problem(tmp_path):
    write(tmp_path, "train/happy/a.png", "train/angry/b.png")
    (tmp_path / "train/sad").symlink_to("/no/such/folder")
    problems = {p.where: p.problem for p in recognise(tmp_path) if p.problem}
    assert problems.keys() == {"train/sad"}


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
    assert source.notes == ["1 file(s) without the suffix of a picture were passed over"]


def test_training_alone_is_noted(tmp_path):
    source = recognise(write(tmp_path, "train/happy/a.png"))
    assert source.notes == ["there are no test pictures: no score can be computed on this set"]


def test_names_that_differ_only_in_case_or_suffix_are_all_prepared(tmp_path):
    files = [
        "happy/a.png",
        "happy/A.png",
        "Happy/a.png",
        "happy/a.gif",
        "sad/a b.png",
        "sad/a_b.png",
    ]
    with open_source(write(tmp_path / "in", *files), tmp_path) as opened:
        prepare(opened.source, tmp_path / "out")
    written = [
        p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.png")
    ]
    assert len({name.lower() for name in written}) == 6


def test_odd_names_come_through(tmp_path):
    odd = [b"a\nb.png", b"caf\xe9.png", b"x" * 251 + b".png", "ä.png".encode(), b"-rf.png"]
    folder = write(tmp_path / "in", "sad/a.png", "sad/b.png") / "happy"
    folder.mkdir()
    for name, face in zip(odd, faces(5, seed=1), strict=True):
        with open(bytes(folder) + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(encoded(face))
    with open_source(tmp_path / "in", tmp_path) as opened:
        wheres = [p.where for p in opened.source]
        prepare(opened.source, tmp_path / "out")
    assert r"happy/a\nb.png" in wheres
    assert r"happy/caf\udce9.png" in wheres
    assert len(PreparedSet.open(tmp_path / "out")) == 7


def test_user_data_without_splits_is_dealt_out(tmp_path):
    files = [f"{emotion}/{n}.png" for emotion in ("happy", "sad") for n in range(20)]
    with open_source(write(tmp_path / "faces", *files), tmp_path) as opened:
        summary = prepare(opened.source, tmp_path / "out", reader=opened.reader)
    assert summary.record["splits"] == {"train": 32, "val": 4, "test": 4}
    assert (summary.record["name"], summary.record["reader"]) == ("faces", "folders")


def test_user_data_with_a_test_folder_keeps_it(tmp_path):
    files = [f"train/{emotion}/{n}.png" for emotion in ("happy", "sad") for n in range(20)]
    write(tmp_path / "faces", *files, "test/happy/t.png", "test/sad/t.png")
    with open_source(tmp_path / "faces", tmp_path) as opened:
        summary = prepare(opened.source, tmp_path / "out")
    assert summary.record["splits"] == {"train": 36, "val": 4, "test": 2}


def test_words_of_fer2013_in_few_names_are_noted(tmp_path):
    source = recognise(write(tmp_path, "train/happy/Training_1.png", "test/happy/x.png"))
    assert [p.split for p in source] == ["train", "test"]
    assert "say --as fer2013-folders" in source.notes[0]
