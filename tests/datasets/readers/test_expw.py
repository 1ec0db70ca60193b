import shutil

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers import expw, listed
from mien.datasets.readers.expw import recognise
from mien.datasets.sources import open_source
from mien.datasets.store import prepare
from mien.errors import SourceError, UnreadablePicturesError

IMAGES = "image/origin"


def line(name, face=0, edges="4 6 36 40", label=0, sure="22.9362"):
    return f"{name} {face} {edges} {sure} {label}"


def write(root, *lines, images=IMAGES, label="label/label.lst", newline="\n", mark=""):
    (root / label).parent.mkdir(parents=True, exist_ok=True)
    (root / label).write_bytes((mark + newline.join(lines) + newline).encode())
    (root / images).mkdir(parents=True, exist_ok=True)
    for name, face in zip(("a.jpg", "b.jpg", "c d.jpg"), faces(3), strict=True):
        wide = np.concatenate([face, face[::-1]], 1)
        (root / images / name).write_bytes(encoded(np.stack([wide, wide, 255 - wide], -1), "PNG"))
    return root


def test_each_face_of_a_picture_comes_with_its_box_and_label(tmp_path):
    root = write(tmp_path, line("a.jpg", 0, label=3), line("a.jpg", 2, "0 50 90 40"), line("b.jpg"))
    source = recognise(root)
    pictures = list(source)
    assert [p.id for p in pictures] == ["a-0", "a-2", "b-0"]
    assert [p.label for p in pictures] == ["happiness", "anger", "anger"]
    assert pictures[0].box == (6, 4, 30, 36)
    assert pictures[1].box == (50, 0, 40, 40)
    assert [p.sequence for p in pictures] == ["a.jpg", "a.jpg", "b.jpg"]
    assert {(p.split, p.source_split) for p in pictures} == {("train", "")}
    assert pictures[0].pixels.shape == (48, 96, 3)
    assert pictures[2].where == "row 2 of label.lst"
    assert not source.has_splits


@pytest.mark.parametrize("images", [IMAGES, "image", "images", "origin"])
@pytest.mark.parametrize("label", ["label/label.lst", "label.lst"])
def test_the_pictures_are_found_in_every_published_place(tmp_path, images, label):
    root = write(tmp_path, line("gone.jpg"), line("a.jpg"), images=images, label=label)
    (root / "image").mkdir(exist_ok=True)
    for path in (root, root / label):
        assert [bool(p.problem) for p in recognise(path)] == [True, False]


def test_marks_blank_lines_line_ends_and_names_with_blanks_do_not_matter(tmp_path):
    lines = ["", line("a.jpg"), "  ", "\t" + line("c d.jpg").replace(" 0 4", "\t0  4"), ""]
    pictures = list(recognise(write(tmp_path, *lines, newline="\r\n", mark="\ufeff")))
    assert [(p.sequence, p.problem) for p in pictures] == [("a.jpg", ""), ("c d.jpg", "")]
    assert pictures[1].where == "row 1 of label.lst"
    assert pictures[1].id.startswith("c_d-0-")


def test_lines_of_one_picture_share_one_decoding(tmp_path, monkeypatch):
    names = ["a.jpg", "a.jpg", "b.jpg", "gone.jpg", "gone.jpg", "a.jpg"]
    root = write(tmp_path, *(line(name, n) for n, name in enumerate(names)))
    read = []
    load = listed.load
    monkeypatch.setattr(listed, "load", lambda path: (read.append(path.name), load(path))[1])
    problems = [bool(p.problem) for p in expw.recognise(root)]
    assert read == ["a.jpg", "b.jpg", "gone.jpg", "a.jpg"]
    assert problems == [False, False, False, True, True, False]


BAD = {
    line("../a.jpg"): "path '../a.jpg', expected one inside of the folder",
    line("gone.jpg"): "there is no picture gone.jpg in origin",
    line("text.jpg"): "no picture in any known format",
    line("a.jpg", label=7): "label '7', expected a code from 0 to 6",
    line("a.jpg", label="sad"): "label 'sad', expected a code from 0 to 6",
    line("a.jpg", edges="1 x 5 nan"): "left 'x', bottom 'nan': expected a number",
    line("a.jpg", edges="4 36 36 40"): "box is 0x36 pixels, expected an area",
    line("a.jpg", edges="4 36 6 40"): "box is -30x36 pixels, expected an area",
    line("a.jpg", edges="4 96 99 40"): "lies outside of the picture of 96x48 pixels",
    line("a.jpg", face="first"): "face_id 'first': expected a number",
    line("a.jpg", sure="sure"): "confidence 'sure': expected a number",
    "a.jpg 0 4 6 36 40 0": "7 cell(s), expected 8: name face_id top left right bottom",
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_a_problem_of_its_own(tmp_path, bad):
    root = write(tmp_path, line("a.jpg", 5), bad, line("b.jpg", 6))
    (root / IMAGES / "text.jpg").write_text("text")
    pictures = list(recognise(root))
    assert [bool(p.problem) for p in pictures] == [False, True, False]
    assert BAD[bad] in pictures[1].problem
    assert pictures[1].pixels is None
    assert len({p.id for p in pictures}) == 3


def test_all_that_is_wrong_with_a_line_is_told(tmp_path):
    root = write(tmp_path, line("a.jpg"), line("gone.jpg", label=9, edges="a 1 2 3"))
    problem = list(recognise(root))[1].problem
    assert all(word in problem for word in ("label '9'", "top 'a'", "no picture gone.jpg"))


def test_two_labels_for_one_face_are_refused(tmp_path):
    root = write(tmp_path / "in", line("a.jpg", 0, label=1), line("b.jpg"), line("a.jpg", 0))
    with open_source(root, tmp_path) as opened, pytest.raises(UnreadablePicturesError) as error:
        prepare(opened.source, tmp_path / "out")
    assert "row 2 of label.lst: the same name as row 0 of label.lst" in str(error.value)


def test_lists_without_whole_lines_or_without_pictures_are_refused(tmp_path):
    with pytest.raises(SourceError, match=r"no line of 8 cells: expected name face_id top left"):
        recognise(write(tmp_path / "a", "a.jpg 0", ""))
    root = write(tmp_path / "b", line("a.jpg"))
    shutil.rmtree(root / "image")
    with pytest.raises(SourceError, match=r"not its pictures: expected them in image/origin"):
        recognise(root)


def test_other_folders_and_files_are_not_recognised(tmp_path):
    root = write(tmp_path, line("a.jpg"))
    assert recognise(root / "image") is None
    assert recognise(root / IMAGES / "a.jpg") is None
    assert recognise(root / "gone.lst") is None


def test_the_faces_of_a_picture_stay_in_one_split(tmp_path):
    root = write(tmp_path / "in/expw", "")
    rng = np.random.default_rng(0)
    lines = []
    for n in range(70):
        wide = rng.integers(0, 256, (48, 96, 3), np.uint8)
        (root / IMAGES / f"p{n}.png").write_bytes(encoded(wide))
        lines += [
            line(f"p{n}.png", 0, "4 6 36 34", n % 7),
            line(f"p{n}.png", 1, "4 60 90 34", n % 7),
        ]
    write(root, *lines)
    shutil.make_archive(tmp_path / "expw", "zip", tmp_path / "in")
    manifests = []
    for place, path in (("direct", root), ("zipped", tmp_path / "expw.zip")):
        with open_source(path, tmp_path) as opened:
            assert opened.reader == "expw"
            done = prepare(opened.source, tmp_path / place, files=opened.files)
        assert sum(done.record["splits"].values()) == 140
        assert all(done.record["splits"].values())
        manifests.append((done.root / "manifest.csv").read_bytes())
    assert manifests[0] == manifests[1]
    where = {}
    for file in done.root.glob("*/*/*.png"):
        where.setdefault(file.name.split("-")[0], set()).add(file.parts[-3])
    assert len(where) == 70
    assert all(len(splits) == 1 for splits in where.values())
