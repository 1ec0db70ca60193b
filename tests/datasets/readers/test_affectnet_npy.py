import shutil

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers.affectnet import recognise
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError


def write(root, **labels):
    """Write a set for each name: number → label."""
    for name, of in labels.items():
        images, annotations = root / name / "images", root / name / "annotations"
        for folder in (images, annotations):
            folder.mkdir(parents=True, exist_ok=True)
        for (number, label), face in zip(of.items(), faces(len(of), len(name)), strict=True):
            (images / f"{number}.jpg").write_bytes(encoded(face, "JPEG"))
            np.save(annotations / f"{number}_exp.npy", np.array(label))
            np.save(annotations / f"{number}_aro.npy", np.array("0.25"))
    return root


def problems(root):
    return {p.where: p.problem for p in recognise(root) if p.problem}


def test_pictures_come_in_the_order_of_their_numbers(tmp_path):
    source = recognise(write(tmp_path, train_set={10: "1", 9: "0", 100: "7"}, val_set={3: "6"}))
    pictures = list(source)
    assert [p.where for p in pictures] == [
        *("train_set/images/9.jpg", "train_set/images/10.jpg", "train_set/images/100.jpg"),
        "val_set/images/3.jpg",
    ]
    assert [p.label for p in pictures] == ["neutral", "happiness", "contempt", "anger"]
    assert [p.split for p in pictures] == ["train", "train", "train", "val"]
    assert [p.id for p in pictures][-2:] == ["train_set-100", "val_set-3"]
    assert pictures[0].pixels.shape == (48, 48)
    assert pictures[0].box is None
    assert "published scores are on its validation set" in source.notes[0]
    assert [p.id for p in source] == [p.id for p in pictures]


@pytest.mark.parametrize("label", ["3", 3, 3.0, b"3", np.float32(3), ["3"], " 3 "])
def test_labels_are_read_in_every_form(tmp_path, label):
    assert [p.label for p in recognise(write(tmp_path, train_set={1: label}))] == ["surprise"]


@pytest.mark.parametrize("label", ["8", "11", "-1", "happy", "", 2.5, np.nan, True])
def test_other_codes_are_a_problem_of_their_picture(tmp_path, label):
    root = write(tmp_path, train_set={1: label, 2: "2"})
    assert problems(root).keys() == {"train_set/images/1.jpg"}
    assert "expected a code from 0 to 7" in problems(root)["train_set/images/1.jpg"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-2],
        lambda data: b"3",
        lambda data: b"PK\3\4" + data,
        lambda data: data.replace(b"'shape': ()", b"'shape': (9"),
        lambda data: data.replace(b"'shape': (), ", b"'shape':(9**9,"),
        lambda data: data.replace(b"<U1", b"|O8"),
        lambda data: data[:-4] + b"\xff\xff\xff\xff",
        lambda data: data + bytes(10_000),
    ],
)
def test_damaged_annotations_are_a_problem_of_their_picture(tmp_path, damage):
    root = write(tmp_path, train_set={1: "1", 2: "2"})
    path = root / "train_set/annotations/1_exp.npy"
    path.write_bytes(damage(path.read_bytes()))
    assert problems(root) == {
        "train_set/images/1.jpg": "1_exp.npy is no annotation: expected an .npy file with one code"
    }


def test_annotations_with_pickles_are_not_unpacked(tmp_path):
    root = write(tmp_path, train_set={1: "1", 2: "2"})
    code = np.array([{"code": "1"}], object)
    np.save(root / "train_set/annotations/1_exp.npy", code, allow_pickle=True)
    assert "is no annotation" in problems(root)["train_set/images/1.jpg"]


def test_what_has_no_counterpart_is_listed(tmp_path):
    root = write(tmp_path, train_set={1: "1", 2: "2", 3: "3"}, val_set={2: "1"})
    (root / "train_set/annotations/1_exp.npy").unlink()
    (root / "train_set/images/2.jpg").unlink()
    assert problems(root) == {
        "train_set/images/1.jpg": "a picture without a label, expected annotations/1_exp.npy",
        "train_set/annotations/2_exp.npy": (
            "a label without a picture, expected train_set/images/2.jpg"
        ),
    }


def test_a_closed_annotation_is_a_problem_of_its_picture(tmp_path, monkeypatch):
    root = write(tmp_path, train_set={1: "1"})

    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert problems(root)["train_set/images/1.jpg"].startswith("1_exp.npy cannot be read (Perm")


def test_unreadable_pictures_odd_names_and_folders_are_listed(tmp_path):
    root = write(tmp_path, train_set={1: "x", 2: "2"})
    images = root / "train_set/images"
    (images / "1.jpg").write_text("text")
    (images / "face.jpg").write_bytes(b"")
    (images / "more").mkdir()
    for name in (".DS_Store", "Thumbs.db"):
        (images / name).write_bytes(b"")
    found = problems(root)
    assert found.keys() == {f"train_set/images/{n}" for n in ("1.jpg", "face.jpg", "more")}
    assert "label 'x'" in found["train_set/images/1.jpg"]
    assert "no picture in any known format" in found["train_set/images/1.jpg"]
    assert "a folder, expected pictures with a number" in found["train_set/images/more"]
    assert "1 file(s) without the suffix of a picture" in recognise(root).notes[-1]


def test_two_pictures_of_one_number_are_refused(tmp_path):
    root = write(tmp_path / "in", train_set={1: "1", 2: "2"}, val_set={1: "1"})
    shutil.copy(root / "train_set/images/1.jpg", root / "train_set/images/1.png")
    with open_source(root, tmp_path) as opened, pytest.raises(UnreadablePicturesError) as error:
        prepare(opened.source, tmp_path / "out")
    assert "1.png: the same name as train_set/images/1.jpg" in str(error.value)


def test_a_set_that_lacks_a_folder_is_refused(tmp_path):
    root = write(tmp_path, train_set={1: "1"}, val_set={1: "1"})
    shutil.rmtree(root / "val_set/annotations")
    with pytest.raises(SourceError, match="has no folder val_set/annotations"):
        recognise(root)
    shutil.rmtree(root / "val_set")
    assert "validation set is not here" in recognise(root).notes[0]


def test_other_annotations_are_not_recognised(tmp_path):
    root = write(tmp_path, train_set={1: "1"})
    (root / "train_set/annotations/1_exp.npy").unlink()
    assert recognise(root) is None


def test_folder_and_zip_are_prepared_alike(tmp_path):
    root = write(
        tmp_path / "in/affectnet",
        train_set={n: str(n % 8) for n in range(16)},
        val_set={n: str(n % 8) for n in range(8)},
    )
    shutil.make_archive(tmp_path / "a", "zip", tmp_path / "in")
    manifests = []
    for place, path in (("direct", root), ("zipped", tmp_path / "a.zip")):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "affectnet"
            done = prepare(opened.source, tmp_path / place, files=opened.files)
        assert done.record["splits"] == {"train": 16, "val": 8, "test": 0}
        manifests.append((done.root / "manifest.csv").read_bytes())
    assert manifests[0] == manifests[1]
