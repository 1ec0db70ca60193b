"""The grid of validation faces: which faces, and what can be seen in it."""

import numpy as np
import pytest
from PIL import ImageFont

from mien.emotions import EMOTIONS

pytest.importorskip("torch")

from mien.training.watching import faces
from mien.training.watching.faces import FACE, FRAME, GAP, HIGH, WIDE, grid, spread

INSIDE = FRAME + GAP


def _drawn(count: int, channels: int = 1, size: int = FACE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, channels, size, size), np.uint8)


def _cell(picture: np.ndarray, number: int) -> np.ndarray:
    left, top = number % 8 * WIDE, number // 8 * HIGH
    return picture[top : top + HIGH, left : left + WIDE]


def test_classes_get_equally_many_faces_as_far_as_they_have_them() -> None:
    classes = np.array([0] * 50 + [-1] * 9 + [1] * 2 + [3] * 30)
    rows = spread(classes, 12)
    assert np.bincount(classes[rows]).tolist() == [5, 2, 0, 5]
    assert len(set(rows.tolist())) == 12
    assert (np.diff(classes[rows]) >= 0).all()


def test_faces_of_a_class_lie_far_apart_and_are_always_the_same() -> None:
    rows = spread(np.zeros(100, np.int64), 4)
    assert rows.tolist() == [12, 37, 62, 87]
    assert spread(np.zeros(100, np.int64), 4).tolist() == rows.tolist()


@pytest.mark.parametrize(("classes", "shown"), [([], 0), ([-1, -1], 0), ([2, -1, 0], 2)])
def test_there_may_be_fewer_rows_than_wanted(classes: list[int], shown: int) -> None:
    assert len(spread(np.array(classes, np.int64), 16)) == shown


def test_fewer_faces_than_classes_show_the_first_classes() -> None:
    assert spread(np.array([2, 1, 0, 2, 1, 0]), 2).tolist() == [5, 4]


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (8, (1, 8)), (9, (2, 8)), (64, (8, 8))])
def test_eight_faces_stand_in_a_line(count: int, shape: tuple[int, int]) -> None:
    names = ["fear"] * count
    picture = grid(_drawn(count), names, names)
    assert picture.shape == (shape[0] * HIGH, shape[1] * WIDE, 3)
    assert picture.dtype == np.uint8


def test_frames_are_green_where_right_and_red_where_wrong() -> None:
    picture = grid(_drawn(2), ["fear", "fear"], ["fear", "anger"])
    for number, (colour, other) in enumerate([(faces.RIGHT, 1), (faces.WRONG, 0)]):
        frame = _cell(picture, number)[GAP : GAP + FRAME, GAP : WIDE - GAP]
        assert (frame == colour).all()
        assert colour[other] > 3 * colour[1 - other]
    assert (picture[:GAP] == 255).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_faces_are_shown_as_they_are(channels: int) -> None:
    drawn = _drawn(2, channels)
    cell = _cell(grid(drawn, ["fear"] * 2, ["fear"] * 2), 1)
    shown = cell[INSIDE : INSIDE + FACE, INSIDE : INSIDE + FACE]
    assert (shown == drawn[1].transpose(1, 2, 0)).all()


def test_small_faces_are_enlarged() -> None:
    small = np.zeros((1, 1, 24, 24), np.uint8)
    small[:, :, :, 12:] = 200
    cell = _cell(grid(small, ["fear"], ["fear"]), 0)[INSIDE : INSIDE + FACE, INSIDE:]
    assert (cell[:, 10], cell[:, FACE - 10]) == (pytest.approx(0), pytest.approx(200))


def test_right_and_wrong_are_told_apart_without_colour() -> None:
    """The same answer twice: a cross and a second line of text tell the wrong one."""
    picture = grid(_drawn(2), ["fear", "anger"], ["fear", "fear"])
    ink = [_cell(picture, n)[WIDE - GAP + 2 :].min(2) < 128 for n in range(2)]
    sign, second = np.s_[: faces.LINE - 2, : GAP + faces.SIGN], np.s_[faces.LINE :]
    assert (ink[0][sign] != ink[1][sign]).mean() > 0.1
    assert not ink[0][second].any()
    assert ink[1][second].any()


@pytest.mark.parametrize("name", EMOTIONS)
def test_every_name_fits_below_its_face(name: str) -> None:
    room = WIDE - 2 * GAP - faces.SIGN - 6
    assert ImageFont.load_default(faces.LETTERS).getlength(f"is {name}") <= room
    picture = grid(_drawn(2), [name] * 2, ["fear" if name != "fear" else "anger"] * 2)
    assert (picture[-GAP // 2 :] == 255).all()
    assert (picture[WIDE:, WIDE - 2 : WIDE + 2] == 255).all()  # nothing runs into the neighbour


@pytest.mark.parametrize("colour", [faces.RIGHT, faces.WRONG, faces.INK])
def test_letters_stand_out_from_the_ground(colour: tuple[int, int, int]) -> None:
    shares = np.array(colour) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5  # WCAG 2.1, level AA


def test_names_and_faces_must_be_equally_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        grid(_drawn(2), ["fear"], ["fear"])
