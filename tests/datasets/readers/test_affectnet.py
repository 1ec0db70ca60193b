import shutil
import tracemalloc

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers.affectnet import recognise
from mien.datasets.readers.affectnet_csv import open_list
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError

HEADER = (
    "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,"
    "valence,arousal"
)
LANDMARKS = ";".join(["12.5;30.25"] * 68)
IMAGES = "Manually_Annotated_Images"


def row(path, code, box="4,6,30,32"):
    return f"{path},{box},{LANDMARKS},{code},-0.1,0.2"


def write_list(path, *rows, header=HEADER, newline="\n", mark=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header, *rows] if header else rows
    path.write_bytes((mark + newline.join(lines) + newline).encode())
    return path


def write_pictures(folder, *names):
    for name, face in zip(names, faces(len(names)), strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        colour = np.stack([face, face.T, face], -1)
        (folder / name).write_bytes(encoded(colour, "PNG"))
    return folder


def write_release(root, images=IMAGES, lists="."):
    """Eight emotions in training, and two pictures of validation."""
    names = [f"{n % 3 + 1}/p{n}.jpg" for n in range(10)]
    write_pictures(root / images, *names)
    training = [row(name, n) for n, name in enumerate(names[:8])]
    left_out = [row("9/none.jpg", 8), row("9/gone.jpg", 10, "NULL,NULL,NULL,NULL")]
    write_list(root / lists / "training.csv", *training, *left_out, row("9/b.jpg", 8))
    write_list(root / lists / "validation.csv", *(row(n, 3) for n in names[8:]))
    return root


def test_splits_labels_boxes_and_whole_pictures_are_read(tmp_path):
    pictures = list(recognise(write_release(tmp_path)))
    assert [p.label for p in pictures[:8]] == [
        *("neutral", "happiness", "sadness", "surprise"),
        *("fear", "disgust", "anger", "contempt"),
    ]
    assert [p.split for p in pictures] == ["train"] * 8 + ["val"] * 2
    assert {p.source_split for p in pictures} == {"training", "validation"}
    assert pictures[1].id == "2-p1"
    assert pictures[1].where == "row 1 of training.csv"
    assert pictures[9].where == "row 1 of validation.csv"
    assert all(p.box == (4, 6, 30, 32) and p.pixels.shape == (48, 48, 3) for p in pictures)
    assert not any(p.problem for p in pictures)


@pytest.mark.parametrize("lists", [".", "Manually_Annotated_file_lists"])
@pytest.mark.parametrize(
    "images",
    [IMAGES, f"Manually_Annotated/{IMAGES}", "Manually_Annotated_compressed", "."],
)
def test_the_pictures_are_found_in_every_published_place(tmp_path, images, lists):
    root = write_release(tmp_path / "affectnet", images, lists)
    if images == "." and lists != ".":
        shutil.move(root / lists / "training.csv", root / "1")  # beside the list only
        assert recognise(root) is not None
        return
    assert [p.problem for p in recognise(root)] == [""] * 10
    assert [p.problem for p in recognise(root / lists / "validation.csv")] == ["", ""]


def test_rows_without_an_emotion_are_left_out_and_counted(tmp_path):
    source = recognise(write_release(tmp_path))
    assert len(list(source)) == 10
    told = [note for note in source.notes if "left out" in note]
    expected = "rows of training.csv without an emotion were left out: 1 no face, 2 none"
    assert told == [expected]


def test_the_notes_say_that_val_is_what_is_published(tmp_path):
    root = write_release(tmp_path)
    assert "published scores are on its validation set" in recognise(root).notes[0]
    (root / "validation.csv").unlink()
    assert "validation set is not here" in recognise(root).notes[0]


def test_a_list_without_a_line_of_names_is_known_by_its_order(tmp_path):
    root = write_release(tmp_path)
    write_list(
        root / "validation.csv", row("3/p8.jpg", 1), row("1/p9.jpg", 2), header="", mark="\ufeff"
    )
    pictures = [p for p in recognise(root) if p.split == "val"]
    assert [(p.label, p.where) for p in pictures] == [
        ("happiness", "row 0 of validation.csv"),
        ("sadness", "row 1 of validation.csv"),
    ]


def test_marks_blank_lines_and_line_ends_do_not_matter(tmp_path):
    root = write_release(tmp_path)
    rows = ["", row("1/p0.jpg", " 3 "), "   ", row("2/p1.jpg", "4.0"), ""]
    write_list(root / "training.csv", *rows, newline="\r\n", mark="\ufeff")
    pictures = [p for p in recognise(root) if p.split == "train"]
    assert [(p.label, p.problem) for p in pictures] == [("surprise", ""), ("fear", "")]
    assert pictures[1].where == "row 1 of training.csv"


def test_columns_are_known_by_name_where_copies_have_more_of_them(tmp_path):
    root = write_release(tmp_path)
    write_list(root / "training.csv", "7," + row("1/p0.jpg", 5), header="," + HEADER)
    first = next(iter(recognise(root)))
    assert (first.label, first.box, first.problem) == ("disgust", (4, 6, 30, 32), "")


BAD = {
    row("../../etc/passwd", 1): "path '../../etc/passwd', expected one inside of the folder",
    row("/etc/passwd", 1): "path '/etc/passwd', expected one inside",
    row("C:/a.jpg", 1): "path 'C:/a.jpg', expected one inside",
    row("1\\p0.jpg", 1): "expected one inside",
    row("1/gone.jpg", 1): f"there is no picture 1/gone.jpg in {IMAGES}",
    row("1/text.jpg", 1): "no picture in any known format",
    row("1/p0.jpg", 11): "label '11', expected a code from 0 to 7",
    row("1/p0.jpg", "happy"): "label 'happy', expected a code from 0 to 7",
    row("1/p0.jpg", ""): "label '', expected a code from 0 to 7",
    row("1/p0.jpg", 1, "NULL,4,x,5"): "face_x 'NULL', face_width 'x': expected a number",
    row("1/p0.jpg", 1, "1,4,0,5"): "box is 0x5 pixels, expected an area",
    row("1/p0.jpg", 1, "90,4,5,5"): "lies outside of the picture of 48x48 pixels",
    "1/p0.jpg,1": "2 cell(s), expected 9",
}


@pytest.mark.parametrize("line", BAD)
def test_a_bad_row_is_a_problem_of_its_own(tmp_path, line):
    root = write_release(tmp_path)
    (root / IMAGES / "1/text.jpg").write_text("text")
    write_list(root / "training.csv", row("1/p3.jpg", 1), line, row("1/p6.jpg", 2))
    pictures = [p for p in recognise(root) if p.split == "train"]
    assert [bool(p.problem) for p in pictures] == [False, True, False]
    assert BAD[line] in pictures[1].problem
    assert pictures[1].pixels is None


def test_all_that_is_wrong_with_a_row_is_told(tmp_path):
    root = write_release(tmp_path)
    write_list(root / "training.csv", row("1/gone.jpg", 77, "a,2,3,4"))
    problem = next(iter(recognise(root))).problem
    assert all(word in problem for word in ("label '77'", "face_x 'a'", "no picture 1/gone.jpg"))


def test_prepared_pictures_are_the_squares_around_the_faces(tmp_path):
    root = write_release(tmp_path / "in/affectnet")
    packed = shutil.make_archive(tmp_path / "affectnet", "zip", tmp_path / "in")
    manifests = []
    for place, path in (("direct", root), ("zipped", tmp_path / "affectnet.zip")):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "affectnet"
            done = prepare(opened.source, tmp_path / place, files=opened.files)
        assert done.record["splits"] == {"train": 8, "val": 2, "test": 0}
        assert done.record["label_set"] == "affectnet"
        manifests.append((done.root / "manifest.csv").read_bytes())
    assert manifests[0] == manifests[1]
    assert [f["name"] for f in done.record["files"]] == [packed.rpartition("/")[2]]
    assert b"32,32" in manifests[0]


def test_two_labels_for_one_picture_are_refused_together_with_all_else(tmp_path):
    root = write_release(tmp_path / "in")
    rows = [row("1/p0.jpg", 1), row("2/p1.jpg", 2), row("1/p0.jpg", 3), row("3/p8.jpg", 3)]
    write_list(root / "training.csv", *rows, row("../x.jpg", 3))
    with open_source(root, tmp_path) as opened, pytest.raises(UnreadablePicturesError) as error:
        prepare(opened.source, tmp_path / "out")
    assert len(error.value.problems) == 3
    assert "row 2 of training.csv: the same name as row 0 of training.csv" in str(error.value)
    assert "row 0 of validation.csv: the same name as row 3 of training.csv" in str(error.value)
    with open_source(root, tmp_path) as opened:
        assert prepare(opened.source, tmp_path / "out", skip_bad=True).record["unreadable"] == 3


def test_labels_of_a_program_are_taken_only_where_there_are_no_others(tmp_path):
    root = write_release(tmp_path)
    write_pictures(root / "Automatically_Annotated_Images", "5/a.jpg")
    automatic = write_list(root / "automatically_annotated.csv", row("5/a.jpg", 1))
    source = recognise(root)
    assert len(list(source)) == 10
    assert "automatically_annotated.csv was not used" in source.notes[-1]
    source = recognise(automatic)
    assert [(p.split, p.problem) for p in source] == [("train", "")]
    assert "given by a program" in source.notes[-1]
    for name in ("training.csv", "validation.csv"):
        (root / name).unlink()
    assert len(list(recognise(root))) == 1


def test_lists_without_pictures_and_pictures_without_lists_are_refused(tmp_path):
    root = write_release(tmp_path / "a")
    shutil.move(root / IMAGES, tmp_path / "b" / IMAGES)
    with pytest.raises(SourceError, match=r"training.csv is there but not its pictures"):
        recognise(root)
    with pytest.raises(SourceError, match=r"none of its lists: expected training.csv"):
        recognise(tmp_path / "b")


def test_a_list_that_misses_columns_or_has_another_name_is_refused(tmp_path):
    root = write_release(tmp_path)
    other = write_list(root / "some.csv", row("1/p0.jpg", 1))
    with pytest.raises(SourceError, match=r"the split of some.csv is unknown"):
        recognise(other)
    write_list(root / "training.csv", "1/p0.jpg,1", header="subDirectory_filePath,expression")
    with pytest.raises(SourceError, match=r"no column face_x, face_y, face_width, face_height"):
        recognise(root)


def test_a_list_that_is_no_csv_any_more_is_refused(tmp_path):
    root = write_release(tmp_path)
    with (root / "training.csv").open("a") as file:
        file.write('"' + "x" * 200_000)
    with pytest.raises(SourceError, match=r"training.csv, line 13: no CSV from here on"):
        list(recognise(root))


def test_other_tables_are_not_recognised(tmp_path):
    assert open_list(write_list(tmp_path / "training.csv", "1,2", header="emotion,pixels")) is None
    assert open_list(write_list(tmp_path / "validation.csv", "1,2,3,4,5,6,7,8,9")) is not None
    nine = write_list(tmp_path / "validation.csv", "1,2,3,4,5,6,7,8,9", header="")
    assert open_list(nine) is None
    assert recognise(tmp_path) is None
    assert recognise(tmp_path / "gone.csv") is None


def test_a_long_list_is_streamed(tmp_path):
    root = write_release(tmp_path)
    missing = (f"7/gone{n}.jpg,1,2,3,4,5;6,{n % 9},0,0" for n in range(20_000))
    write_list(root / "training.csv", row("1/p0.jpg", 1), *missing)
    tracemalloc.start()
    try:
        bad = 0
        for picture in recognise(root):
            bad += bool(picture.problem)
            if bad == 17_000:
                held = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    assert bad == 20_000 - 20_000 // 9
    names = tracemalloc.Filter(False, "*pathlib.py")  # the interpreter's table of all names
    assert sum(trace.size for trace in held.filter_traces([names]).traces) < 200_000
