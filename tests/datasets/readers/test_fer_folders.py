import pytest
from made_sources import encoded, faces

from mien.datasets.readers import fer_folders
from mien.datasets.readers.fer_folders import asked, recognise
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError

NAMED = (
    "train/happy/Training_1.png",
    "test/sad/PublicTest_2.png",
    "test/sad/PrivateTest_3.png",
)


def write(root, *files):
    for file, face in zip(files, faces(len(files)), strict=True):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(encoded(face))
    return root


def test_file_names_that_keep_the_split_count(tmp_path):
    source = recognise(write(tmp_path, *NAMED))
    assert [(p.source_split, p.split) for p in source] == [
        ("Training", "train"),
        ("PrivateTest", "test"),
        ("PublicTest", "val"),
    ]
    assert (source.name, source.label_set, source.notes) == ("fer2013", "fer2013", [])
    assert source.has_splits
    assert source.layout == (
        "FER-2013 as folders (train, test / emotion / picture), file names keep the split"
    )


def test_names_are_not_used_where_only_most_keep_the_split(tmp_path):
    source = recognise(write(tmp_path, *NAMED, "train/angry/x.png"))
    assert [p.split for p in source] == ["train", "train", "test", "test"]
    assert "only some file names keep the split" in source.notes[0]
    assert "official private-test score cannot be computed" in source.notes[1]


@pytest.mark.parametrize(
    "files",
    [
        ("train/happy/a.png", "test/sad/b.png"),
        (*NAMED[:2], "train/happy/a.png", "test/sad/b.png"),  # not most of them
        ("train/happy/Trainingday_1.png", "test/sad/PublicTest.png"),
        (*NAMED, "train/contempt/Training_4.png"),
        (*NAMED, "train/bored/Training_4.png"),
        ("happy/Training_1.png", "sad/PrivateTest_2.png"),
        ("test/happy/PrivateTest_1.png",),
    ],
)
def test_other_trees_are_not_taken_for_it(tmp_path, files):
    assert recognise(write(tmp_path, *files)) is None


@pytest.mark.parametrize(
    ("counts", "files"),
    [
        ({"train": 2, "test": 1}, ("train/happy/a.png", "train/sad/b.png", "test/sad/c.png")),
        (
            {"train": 1, "val": 1, "test": 1},
            ("train/happy/a.png", "validation/happy/b.png", "test/sad/c.png"),
        ),
    ],
)
def test_it_is_known_by_its_counts(tmp_path, monkeypatch, counts, files):
    assert fer_folders.COUNTS[0] == {"train": 28_709, "test": 7_178}
    assert fer_folders.COUNTS[1] == {"train": 28_709, "val": 3_589, "test": 3_589}
    monkeypatch.setattr(fer_folders, "COUNTS", (counts,))
    write(tmp_path, *files)
    source = recognise(tmp_path)
    assert source.name == "fer2013"
    assert ["official private-test" in note for note in source.notes] == [True] * (
        "val" not in counts
    )
    write(tmp_path, "test/happy/more.png")
    assert recognise(tmp_path) is None


def test_what_a_person_says_counts(tmp_path):
    source = asked(write(tmp_path, "train/happy/a.png", "test/sad/b.png"))
    assert source.name == "fer2013"
    assert "official private-test score cannot be computed" in source.notes[0]
    assert "test pictures: no score" in asked(write(tmp_path / "2", "train/sad/a.png")).notes[0]
    assert asked(write(tmp_path / "3", "happy/a.png")) is None


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("test/contempt/c.png", "no emotion of FER-2013: test/contempt; expected anger"),
        ("train/bored/c.png", "folders that are no emotion: train/bored"),
    ],
)
def test_what_a_person_says_must_be_possible(tmp_path, file, told):
    with pytest.raises(SourceError, match=told):
        asked(write(tmp_path, "train/happy/a.png", file))


def test_numbers_are_refused_here_too(tmp_path):
    with pytest.raises(SourceError, match="a code means nothing without its source"):
        asked(write(tmp_path, "train/0/a.png", "train/1/b.png"))
    assert recognise(tmp_path) is None


def test_it_is_prepared_with_its_own_splits(tmp_path):
    with open_source(write(tmp_path / "in", *NAMED), tmp_path) as opened:
        assert opened.reader == "fer2013-folders"
        summary = prepare(opened.source, tmp_path / "out", reader=opened.reader)
    assert summary.record["splits"] == {"train": 1, "val": 1, "test": 1}
    assert summary.record["label_set"] == "fer2013"
