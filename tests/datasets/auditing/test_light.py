import cv2
import numpy as np
import pytest
from made_findings import blocks

from mien.datasets.auditing.light import Light, light_kinds, measured, wrong_size


def test_mean_and_deviation_of_half_black_half_white():
    picture = np.zeros((48, 48), np.uint8)
    picture[:24] = 255
    mean, deviation, _ = measured(picture)
    assert mean == pytest.approx(127.5)
    assert deviation == pytest.approx(127.5)


def test_sharpness_of_a_chessboard_by_hand():
    board = (np.indices((48, 48)).sum(0) % 2 * 255).astype(np.uint8)
    # Inside and, by mirroring, at the border: four neighbours of the other colour, so the
    # Laplacian is 4 * 255 everywhere, up or down: its variance is 16 * 255², the board's 255² / 4.
    assert measured(board)[2] == pytest.approx(64)


def test_sharpness_does_not_change_with_brightness_contrast_and_size():
    picture = blocks(0) // 2
    plain = measured(picture)[2]
    assert measured(picture + 90)[2] == pytest.approx(plain, rel=1e-4)
    assert measured(picture * 2)[2] == pytest.approx(plain, rel=1e-4)
    assert measured(np.kron(picture, np.ones((3, 3), np.uint8)))[2] == pytest.approx(
        plain, rel=1e-4
    )
    assert measured(cv2.GaussianBlur(picture, (0, 0), 2))[2] < plain / 20


def test_colour_counts_as_its_grey_and_one_value_has_no_sharpness():
    assert measured(np.full((5, 9, 3), 200, np.uint8))[:2] == pytest.approx((200, 0))
    assert np.isnan(measured(np.full((5, 9), 200, np.uint8))[2])


def test_what_lies_on_the_border_is_no_finding_and_constant_ones_are_none():
    columns = ([10, 25.5, 240, 229.5, 3, np.nan], [50, 12.75, 9, 50, 0, np.nan])
    light = Light(*(np.array(c, np.float32) for c in (*columns, [0.05, 0.1, 1, 1, np.nan, np.nan])))
    constant = np.arange(6) == 4
    kinds = light_kinds(light, constant)
    assert {kind: one.rows.tolist() for kind, one in kinds.items()} == {
        "too_dark": [0],
        "too_bright": [2],
        "low_contrast": [2],
        "blurred": [0],
    }
    assert kinds["too_dark"].values.tolist() == [10]


def sizes(*counted):
    return np.array([shape for shape, count in counted for _ in range(count)], np.int64)


def test_another_shape_than_nearly_all_is_wrong():
    shapes = sizes(((48, 48, 1), 95), ((48, 40, 1), 3), ((48, 48, 3), 2))
    one, told = wrong_size(shapes, np.ones(100, bool))
    assert one.rows.tolist() == [95, 96, 97, 98, 99]
    assert one.values.tolist() == [40, 40, 40, 48, 48]
    assert told == "expected 48x48 px with 1 channel(s), as 95.0% have"


def test_where_shapes_are_mixed_only_small_ones_are_wrong():
    shapes = sizes(((48, 48, 1), 94), ((24, 30, 1), 5), ((90, 23, 1), 1))
    one, told = wrong_size(shapes, np.ones(100, bool))
    assert one.rows.tolist() == [99]
    assert told == "shapes are mixed (the most common has 94.0%): expected sides from 24 px"


def test_unreadable_pictures_have_no_size():
    shapes = sizes(((48, 48, 1), 9), ((0, 0, 0), 1))
    assert len(wrong_size(shapes, np.arange(10) < 9)[0]) == 0
    assert len(wrong_size(shapes, np.zeros(10, bool))[0]) == 0
