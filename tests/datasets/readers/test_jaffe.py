import shutil

import pytest
from made_sources import encoded, faces

from mien.datasets.readers.jaffe import parse, recognise
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import UnreadablePicturesError

PEOPLE = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
LABELS = ("AN", "DI", "FE", "HA", "NE", "SA", "SU")


def write(root, *names):
    root.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        (root / name).parent.mkdir(exist_ok=True)
        form = "PNG" if name.endswith(".png") else "TIFF"
        (root / name).write_bytes(encoded(faces(1, number)[0], form))
    return root


def whole(root):
    names = [f"{p}.{w}{t}.{t}.tiff" for p in PEOPLE for w in LABELS for t in (1, 2)]
    return write(root, *names)


@pytest.mark.parametrize(
    ("name", "person", "label"),
    [
        ("KA.AN1.39.tiff", "KA", "anger"),
        ("KM.NE1.17.tif", "KM", "neutral"),
        ("UY.HA3.139.png", "UY", "happiness"),
        ("KR.SU3..tiff", "KR", "surprise"),
        ("KR..SA1.77.tiff", "KR", "sadness"),
        ("NA.DI214.tiff", "NA", "disgust"),
        ("ym.fe2.68.PNG", "YM", "fear"),
        ("TM.HA.180.tiff", "TM", "happiness"),
    ],
)
def test_a_name_tells_person_and_emotion(name, person, label):
    assert parse(name) == (person, label)


@pytest.mark.parametrize(
    "name", ["KA.XX1.39.tiff", "KA.CO1.39.tiff", "face.tiff", "KA.AN1.39 (1).tiff", "KAAN1.39.tiff"]
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="expected"):
        parse(name)


def test_pictures_come_with_their_person_and_without_a_split(tmp_path):
    source = recognise(write(tmp_path, "YM.SU1.58.tiff", "KA.AN1.39.tiff", "KR.NE1..tiff"))
    pictures = list(source)
    assert [(p.where, p.id) for p in pictures[:2]] == [
        ("KA.AN1.39.tiff", "KA.AN1.39"),
        ("KR.NE1..tiff", "KR.NE1."),
    ]
    assert [p.subject for p in pictures] == ["KA", "KR", "YM"]
    assert [p.label for p in pictures] == ["anger", "neutral", "surprise"]
    assert {(p.split, p.source_split) for p in pictures} == {("train", "")}
    assert pictures[0].pixels.shape == (48, 48)
    assert not source.has_splits
    assert source.label_set == "jaffe"
    assert source.notes == ["3 pictures are here, and JAFFE was published with 213"]


def test_other_files_are_passed_over_and_other_names_are_listed(tmp_path):
    write(tmp_path, "KA.AN1.39.tiff", "KA.AN2.40.tiff", "KA.ZZ1.41.tiff", "group.png")
    for name in (".DS_Store", "._KA.AN1.39.tiff", "README", "README.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "KA.AN2.40.tiff").write_bytes(b"")
    source = recognise(tmp_path)
    problems = {p.where: p.problem for p in source if p.problem}
    assert problems == {
        "KA.AN2.40.tiff": "an empty file, expected a picture",
        "KA.ZZ1.41.tiff": "expression 'ZZ', expected AN, DI, FE, HA, NE, SA or SU",
        "group.png": "name 'group.png', expected person.expression.number: KA.AN1.39.tiff",
    }
    assert "2 file(s) without the suffix of a picture were passed over" in source.notes


def test_a_link_that_leads_nowhere_is_listed(tmp_path):
    write(tmp_path, "KA.AN1.39.tiff")
    (tmp_path / "KA.AN2.40.tiff").symlink_to(tmp_path / "gone.tiff")
    assert [bool(p.problem) for p in recognise(tmp_path)] == [False, True]


def test_folders_with_other_pictures_are_not_recognised(tmp_path):
    assert recognise(write(tmp_path / "a", "KA.AN1.39.tiff", "b.png", "c.png")) is None
    assert recognise(write(tmp_path / "b")) is None
    assert recognise(tmp_path / "a/KA.AN1.39.tiff") is None


def test_copies_sorted_into_folders_are_taken_whole(tmp_path):
    root = write(tmp_path, "AN/KA.AN1.39.tiff", "HA/KA.HA1.29.tiff", "HA/KL.HA1.158.tiff")
    assert [p.where for p in recognise(root)] == [
        *("AN/KA.AN1.39.tiff", "HA/KA.HA1.29.tiff", "HA/KL.HA1.158.tiff")
    ]
    shutil.rmtree(root / "AN")
    assert recognise(root) is None
    assert recognise(root / "HA") is not None


def test_a_picture_and_its_converted_copy_are_refused(tmp_path):
    root = write(tmp_path / "in", "KA.AN1.39.png", "KA.AN1.39.tiff", "KL.HA1.1.tiff")
    with open_source(root, tmp_path) as opened, pytest.raises(UnreadablePicturesError) as error:
        prepare(opened.source, tmp_path / "out")
    assert "KA.AN1.39.tiff: the same name as KA.AN1.39.png" in str(error.value)


def test_no_person_is_in_two_splits(tmp_path):
    root = whole(tmp_path / "in/jaffe")
    assert len(list(recognise(root))) == 140
    shutil.make_archive(tmp_path / "jaffe", "zip", tmp_path / "in")
    manifests = []
    for place, path in (("direct", root), ("zipped", tmp_path / "jaffe.zip")):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "jaffe"
            done = prepare(opened.source, tmp_path / place, files=opened.files)
        assert sum(done.record["splits"].values()) == 140
        assert all(done.record["splits"].values())
        assert "by subject" in done.record["split"]
        manifests.append((done.root / "manifest.csv").read_bytes())
    assert manifests[0] == manifests[1]
    where = {person: set() for person in PEOPLE}
    for file in done.root.glob("*/*/*.png"):
        where[file.name[:2]].add(file.parts[-3])
    assert all(len(splits) == 1 for splits in where.values())
    assert {p.name for p in done.root.glob("train/*")} == {
        *("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    }
