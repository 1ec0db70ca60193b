from pathlib import PurePosixPath

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers.listed import (
    Findings,
    check_area,
    check_inside,
    code_in,
    inner_path,
    label_of,
    numbers,
    pictures_folder,
    read,
)


def test_findings_keep_every_message_and_give_the_values():
    found = Findings()
    assert found(int, "7") == 7
    assert found.text == ""
    assert found(label_of, "x", {0: "anger"}) is None
    assert found(inner_path, "/a") is None
    assert found.text.count("; ") == 1
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    "path",
    [
        *("../../etc/passwd", "/etc/passwd", "C:/a.jpg", "c:a.jpg", "1\\a.jpg", "", ".", ".."),
        *("1/../../a.jpg", "1//a.jpg", "./a.jpg", "a\0.jpg", "1/"),
    ],
)
def test_a_path_that_leaves_the_folder_is_refused(path):
    with pytest.raises(ValueError, match="expected one inside of the folder"):
        inner_path(path)


def test_a_path_inside_is_taken():
    assert inner_path("12/a b…c.JPG") == PurePosixPath("12/a b…c.JPG")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("3", 3), (" 3 ", 3), ("3.0", 3), ("007", 7), ("", None), ("3.5", None), ("-1", None)),
        *(("٣", None), ("1e1", None), ("9" * 5000, None), ("True", None)),
    ],
)
def test_codes_are_whole_numbers(text, code):
    assert code_in(text) == code


def test_unknown_codes_name_the_known_ones():
    with pytest.raises(ValueError, match=r"label '5', expected a code from 0 to 1"):
        label_of("5", {0: "anger", 1: "fear"})
    assert label_of("1", {0: "anger", 1: "fear"}) == "fear"


def test_all_cells_that_are_no_number_are_named():
    assert numbers({"x": "1", "y": "-2.5"}) == [1, -2.5]
    with pytest.raises(ValueError, match=r"x 'NULL', y 'nan', z 'inf', w '1_0': expected a number"):
        numbers({"x": "NULL", "y": "nan", "z": "inf", "w": "1_0", "v": "1"})


@pytest.mark.parametrize("box", [(0, 0, 0, 5), (0, 0, 5, -1)])
def test_a_box_without_area_is_refused(box):
    with pytest.raises(ValueError, match="expected an area"):
        check_area(box)


@pytest.mark.parametrize("box", [(48, 0, 5, 5), (0, 48, 5, 5), (-5, 0, 5, 5), (0, -5, 5, 5)])
def test_a_box_outside_of_the_picture_is_refused(box):
    with pytest.raises(ValueError, match="outside of the picture of 48x48 pixels"):
        check_inside(box, faces(1)[0])


def test_a_box_that_is_partly_inside_is_taken():
    check_inside((-4, -4, 5, 5), faces(1)[0])
    check_inside((47, 47, 500, 500), faces(1)[0])


def test_the_folder_that_holds_a_listed_picture_is_found(tmp_path):
    for folder in ("a", "b/1"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "b/1/x.png").write_bytes(encoded(faces(1)[0]))
    listed = ["../up.png", "y" * 5000, "1/gone.png", "1/x.png"]
    assert pictures_folder([tmp_path], ("a", "b", "."), listed) == tmp_path / "b"
    assert pictures_folder([tmp_path / "b"], ("a", "."), listed) == tmp_path / "b"


def test_without_a_listed_picture_the_first_named_folder_is_taken(tmp_path):
    (tmp_path / "b").mkdir()
    assert pictures_folder([tmp_path], (".", "a", "b"), ["x.png"]) == tmp_path / "b"
    assert pictures_folder([tmp_path], (".", "a"), ["x.png"]) is None


def test_what_is_wrong_with_a_picture_is_told(tmp_path):
    (tmp_path / "x.png").write_text("text")
    (tmp_path / "y.png").write_bytes(encoded(faces(1)[0]))
    assert np.array_equal(read(tmp_path, PurePosixPath("y.png")), faces(1)[0])
    with pytest.raises(ValueError, match="no picture in any known format"):
        read(tmp_path, PurePosixPath("x.png"))
    with pytest.raises(ValueError, match=f"there is no picture 1/z.png in {tmp_path.name}"):
        read(tmp_path, PurePosixPath("1/z.png"))
