import csv
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_layouts import prepared, problems, write_pictures, zipped
from PIL import Image

from mien.datasets.readers.rafdb import named, recognise
from mien.datasets.sources import open_source
from mien.errors import SourceError, UnreadablePicturesError

LIST = "EmoLabel/list_patition_label.txt"
NAMES = [*(f"train_{n:05d}" for n in range(1, 8)), "test_0001", "test_0002"]
LABELS = {name: n % 7 + 1 for n, name in enumerate(NAMES)}
EMOTIONS = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"]


def release(root, text=None, names=NAMES):
    """The release's folder ``basic``."""
    write_pictures(root, (f"Image/aligned/{name}_aligned.jpg" for name in names))
    (root / LIST).parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{name}.jpg {label}" for name, label in LABELS.items())
    (root / LIST).write_bytes(("\n".join(lines) if text is None else text).encode())
    return root


def mirror(root, lists=("train", "test"), near="."):
    """The copy in folders."""
    for number, (name, label) in enumerate(LABELS.items()):
        split = name.partition("_")[0]
        write_pictures(root, [f"DATASET/{split}/{label}/{name}_aligned.jpg"], number)
    for split in lists:
        lines = [f"{n}_aligned.jpg,{label}" for n, label in LABELS.items() if n.startswith(split)]
        text = "\n".join(["image,label", *lines]) + "\n"
        (root / near / f"{split}_labels.csv").write_text(text)
    return root


def test_codes_count_from_one_and_names_tell_the_split(tmp_path):
    source = recognise(release(tmp_path / "basic"))
    pictures = list(source)
    assert [p.id for p in pictures] == [f"{name}_aligned" for name in NAMES]
    assert [p.label for p in pictures[:7]] == EMOTIONS
    assert [p.split for p in pictures] == ["train"] * 7 + ["test"] * 2
    assert [p.source_split for p in pictures] == ["train"] * 7 + ["test"] * 2
    assert pictures[0].where == "Image/aligned/train_00001_aligned.jpg"
    file = tmp_path / "basic" / pictures[0].where
    assert np.array_equal(pictures[0].pixels, np.asarray(Image.open(file)))
    assert (source.name, source.label_set, source.has_splits) == ("rafdb", "rafdb", True)
    assert [file.name for file in source.files] == ["list_patition_label.txt"]
    assert problems(source) == {}


@pytest.mark.parametrize("folder", ["basic", "anything"])
def test_the_parent_or_the_folder_itself_may_be_named(tmp_path, folder):
    release(tmp_path / folder)
    for path in (tmp_path, tmp_path / folder):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "rafdb"
            assert len(list(opened.source)) == 9


@pytest.mark.parametrize("near", [".", "DATASET"])
def test_the_copy_in_folders_gives_the_same_pictures(tmp_path, near):
    released = list(recognise(release(tmp_path / "basic")))
    source = recognise(mirror(tmp_path / "copy", near=near))
    for one, other in zip(released, source, strict=True):
        assert (one.id, one.label, one.split) == (other.id, other.label, other.split)
        assert np.array_equal(one.pixels, other.pixels)
    assert next(iter(source)).where == "train/1/train_00001_aligned.jpg"
    assert source.notes == []
    assert [f.name for f in source.files] == ["train_labels.csv", "test_labels.csv"]


def test_lists_lie_beside_the_folder_that_is_named(tmp_path):
    mirror(tmp_path)
    assert len(recognise(tmp_path / "DATASET").files) == 2


def test_without_lists_the_folders_tell_and_a_note_says_so(tmp_path):
    source = recognise(mirror(tmp_path, lists=["train"]))
    assert source.notes == ["test_labels.csv is missing: labels are told by the folders alone"]
    assert problems(source) == {}
    assert [p.label for p in source][:7] == EMOTIONS


def test_folders_may_be_named_after_emotions(tmp_path):
    write_pictures(tmp_path, ["train/happy/train_00001_aligned.jpg", "test/Sad/test_0001.JPG"])
    with open_source(tmp_path, tmp_path) as opened:
        assert opened.reader == "rafdb"
        assert [p.label for p in opened.source] == ["happiness", "sadness"]


def test_folder_and_list_must_agree(tmp_path):
    mirror(tmp_path)
    path = tmp_path / "train_labels.csv"
    path.write_text(path.read_text().replace("train_00003_aligned.jpg,3", "train_00003.jpg,5"))
    assert problems(recognise(tmp_path)) == {
        "train/3/train_00003_aligned.jpg": "two labels for one picture (5, 3), expected one"
    }


def test_everything_wrong_with_a_copy_in_folders_is_told_at_once(tmp_path):
    mirror(tmp_path)
    root = tmp_path / "DATASET"
    (root / "train/1/train_00001_aligned.jpg").unlink()
    (root / "train/2/train_00002_aligned.jpg").rename(root / "train/train_00002_aligned.jpg")
    write_pictures(
        root,
        [
            "train/9/train_00009_aligned.jpg",
            "train/4/test_0009_aligned.jpg",
            "train/5/train_00004_aligned.jpg",
            "train/6/deep/train_00010_aligned.jpg",
            "test/6/face.jpg",
        ],
    )
    (root / "test/1/test_0001_aligned.jpg").write_bytes(b"")
    found = problems(recognise(tmp_path))
    unlisted = "picture without label in train_labels.csv"
    assert found == {
        "'train_00001' in train_labels.csv or test_labels.csv": "label without picture",
        "train/train_00002_aligned.jpg": "expected in a folder train/1 to 7",
        "train/4/train_00004_aligned.jpg": (
            "two labels for one picture (4, 5), expected one; 2 pictures of one name "
            "(train/4/train_00004_aligned.jpg, train/5/train_00004_aligned.jpg), expected one"
        ),
        "train/9/train_00009_aligned.jpg": f"{unlisted}; label '9', expected a code from 1 to 7",
        "train/6/deep/train_00010_aligned.jpg": (
            f"expected in a folder train/1 to 7; {unlisted}; picture without label"
        ),
        "train/4/test_0009_aligned.jpg": f"the name tells another split than train/; {unlisted}",
        "test/1/test_0001_aligned.jpg": found["test/1/test_0001_aligned.jpg"],
        "test/6/face.jpg": (
            "name 'face', expected train_ or test_ and a number; the name tells another split "
            "than test/; picture without label in test_labels.csv"
        ),
    }
    assert "an empty file" in found["test/1/test_0001_aligned.jpg"]


def test_everything_wrong_with_a_release_is_told_at_once(tmp_path):
    text = (
        "train_00001.jpg 5\ntrain_00001.jpg 3\ntrain_00002.jpg 0\ntrain_00003.jpg x\n"
        "train_00004.jpg\ntrain_00005.jpg 1 2\ntrain_00006.jpg 4\ntrain_00006.jpg 4\n"
        "../../secret.jpg 3\ntrain_09999.jpg 8\n"
    )
    release(tmp_path, text, NAMES[:7])
    aligned = tmp_path / "Image/aligned"
    write_pictures(aligned, ["train_00006_aligned.JPEG"])
    (tmp_path / "secret.jpg").write_bytes((aligned / "train_00001_aligned.jpg").read_bytes())
    found = problems(recognise(tmp_path))
    where = "{!r} in list_patition_label.txt".format
    place = "Image/aligned/train_{:05d}_aligned.jpg".format
    expected = "expected a code from 1 to 7"
    two = f"{place(6)[:-3]}JPEG, {place(6)}"
    assert found == {
        place(1): "two labels for one picture (5, 3), expected one",
        place(2): f"label '0', {expected}",
        place(3): f"label 'x', {expected}",
        place(4): f"label '', {expected}",
        place(5): f"label '1 2', {expected}",
        f"{place(6)[:-3]}JPEG": f"2 pictures of one name ({two}), expected one",
        place(7): "picture without label",
        where("train_09999"): f"label '8', {expected}; label without picture",
        where("../../secret"): (
            "name '../../secret', expected train_ or test_ and a number; label without picture"
        ),
    }


def test_odd_line_ends_blanks_and_a_mark_at_the_beginning_do_not_matter(tmp_path):
    lines = "".join(f"\r\n  {name}.jpg \t {label}  \r\n" for name, label in LABELS.items())
    source = recognise(release(tmp_path, "\ufeff" + lines))
    assert problems(source) == {}
    assert [p.label for p in source][:7] == EMOTIONS


def test_upper_case_endings_and_a_folder_too_many_are_found(tmp_path):
    release(tmp_path)
    (tmp_path / "Image/aligned/deep").mkdir()
    (tmp_path / "Image/aligned/.hidden.jpg").write_bytes(b"x")
    for file in list((tmp_path / "Image/aligned").glob("train*.jpg")):
        file.rename(file.parent / "deep" / file.name.upper())
    assert problems(recognise(tmp_path)) == {}


@pytest.mark.parametrize(
    ("there", "message"),
    [
        ("Image/aligned.zip", r"still packed: unpack Image/aligned.zip first"),
        ("Image/original/train_00001.jpg", r"not cut to the face: expected Image/aligned, unpack"),
        ("Image/aligned/notes.txt", r"Image/aligned holds no picture: unpack"),
    ],
)
def test_a_release_that_is_not_unpacked_says_what_to_do(tmp_path, there, message):
    release(tmp_path, names=[])
    (tmp_path / there).parent.mkdir(parents=True)
    (tmp_path / there).touch()
    with pytest.raises(SourceError, match=message):
        recognise(tmp_path)


def test_a_release_without_labels_is_refused_and_all_that_is_missing_is_told(tmp_path):
    (release(tmp_path) / LIST).unlink()
    with pytest.raises(SourceError, match=r"but EmoLabel/list_patition_label.txt is missing"):
        recognise(tmp_path)
    (tmp_path / "EmoLabel").rmdir()
    with pytest.raises(SourceError, match=r"but EmoLabel/list_patition_label.txt is missing"):
        recognise(tmp_path)
    for file in (tmp_path / "Image/aligned").iterdir():
        file.unlink()
    (tmp_path / "Image/aligned.zip").touch()
    with pytest.raises(SourceError, match=r"2 problems:\n.*is missing.*\n.*still packed"):
        recognise(tmp_path)


@pytest.mark.parametrize("folder", ["compound", "unnamed"])
def test_the_compound_emotions_are_refused(tmp_path, folder):
    text = "\n".join(f"train_{n:05d}.jpg {n}" for n in range(1, 12))
    release(tmp_path / folder, text)
    message = r"is RAF-DB compound, whose 11 labels are pairs of emotions: expected RAF-DB basic"
    for path in (tmp_path, tmp_path / folder):
        with pytest.raises(SourceError, match=message), open_source(path, tmp_path):
            pass


def test_the_compound_emotions_in_folders_are_refused(tmp_path):
    write_pictures(tmp_path, (f"train/{n}/train_{n:05d}_aligned.jpg" for n in range(1, 12)))
    with pytest.raises(SourceError, match="is RAF-DB compound"):
        recognise(tmp_path)


def test_basic_is_taken_where_compound_lies_beside_it(tmp_path):
    release(tmp_path / "basic")
    release(tmp_path / "compound")
    assert len(list(recognise(tmp_path))) == 9


@pytest.mark.parametrize(
    "files",
    [
        ["train/1/a.jpg", "train/2/b.jpg"],
        ["train/happy/Training_1.jpg"],
        ["1/train_00001_aligned.jpg"],
        ["Image/aligned/a.jpg"],
    ],
)
def test_other_folders_are_not_recognised(tmp_path, files):
    assert recognise(write_pictures(tmp_path, files)) is None
    assert recognise(tmp_path / files[0]) is None


def test_lists_with_other_columns_or_no_csv_are_refused(tmp_path):
    mirror(tmp_path)
    path = tmp_path / "test_labels.csv"
    path.write_text("name,label\n")
    with pytest.raises(SourceError, match=r"test_labels.csv has the columns name, label: expected"):
        recognise(tmp_path)
    path.write_text('image,label\n"' + "x" * 200_000)
    with pytest.raises(SourceError, match=r"test_labels.csv, line 2: no CSV from here on"):
        recognise(tmp_path)


def test_lists_may_have_a_mark_blanks_and_short_rows(tmp_path):
    mirror(tmp_path)
    path = tmp_path / "test_labels.csv"
    body = path.read_text().replace("image,label", "\ufeff Label , image")
    rows = [line.split(",") for line in body.splitlines()[1:]]
    swapped = [f" {label} , {name} " for name, label in rows]
    path.write_text("\r\n\r\n".join([body.splitlines()[0], *swapped, "  ,", "3"]), "utf-8")
    assert problems(recognise(tmp_path)) == {
        "'' in train_labels.csv or test_labels.csv": (
            "name '', expected train_ or test_ and a number; label without picture"
        )
    }


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize("make", [release, mirror])
def test_both_forms_can_be_prepared_as_folder_and_as_zip(tmp_path, make, pack):
    path = make(tmp_path / "basic")
    path = zipped(tmp_path / "raf.zip", path) if pack else path
    rows = prepared(path, tmp_path / "out")
    assert [row["id"] for row in rows] == [f"{name}_aligned" for name in NAMES]
    assert [row["split"] for row in rows].count("test") == 2
    assert {row["source_split"] for row in rows} == {"train", "test"}
    record = json.loads((tmp_path / "out/dataset.json").read_text())
    assert (record["name"], record["reader"]) == ("rafdb", "rafdb")
    names = {"raf.zip"} if pack else {file.name for file in recognise(path).files}
    assert {file["name"] for file in record["files"]} == names


def test_preparing_refuses_bad_pictures_with_the_whole_list_or_flags_them(tmp_path):
    release(tmp_path / "basic", "train_00001.jpg 9\n", NAMES[:2])
    write_pictures(tmp_path / "basic", ["Image/aligned/train_00003.jpg"])
    with pytest.raises(UnreadablePicturesError) as error:
        prepared(tmp_path / "basic", tmp_path / "out")
    assert len(error.value.problems) == 3
    with (tmp_path / "basic" / LIST).open("a") as file:
        file.write("train_00002.jpg 3\ntrain_00003.jpg 3\ntrain_00004.jpg 3\n")
    rows = prepared(tmp_path / "basic", tmp_path / "out", skip_bad=True)
    assert [row["unreadable"] for row in rows] == ["1", "0", "0", "1"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_whatever_a_list_holds_nothing_but_findings_comes_of_it(tmp_path, text):
    (tmp_path / "Image").mkdir(exist_ok=True)
    release(tmp_path, text.encode("utf-8", "replace").decode(), NAMES[:1])
    try:
        found = list(recognise(tmp_path))
    except SourceError:
        return
    assert len({p.id for p in found}) == len(found)
    assert any(p.where.endswith("train_00001_aligned.jpg") for p in found)


def test_labels_are_codes_or_names():
    assert named("4") == named(" Happy ") == "happiness"
    for text in ("", "8", "0", "-1", "4.5", "contempt", "٣"):
        with pytest.raises(ValueError, match="label"):
            named(text)


def test_the_manifest_is_the_same_for_folder_and_zip(tmp_path):
    path = release(tmp_path / "basic")
    assert prepared(path, tmp_path / "a") == prepared(
        zipped(tmp_path / "raf.zip", path), tmp_path / "b"
    )
    with (tmp_path / "a/manifest.csv").open(newline="") as file:
        assert len(list(csv.reader(file))) == 10
