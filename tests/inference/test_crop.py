import json
import math
from pathlib import Path

import numpy as np
import pytest

from mien.inference import crop

RESULTS = Path(__file__).parents[2] / "results"


def numbered(height=10, width=12):
    return np.arange(height * width, dtype=np.uint8).reshape(height, width)


def _measured(name):
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def test_constants_are_the_measured_ones():
    measured = _measured("face_framing")["in_grey"]
    assert measured["found"] >= 3000
    assert measured["side"]["p25"] <= crop.SIDE <= measured["side"]["p75"]
    sides = _measured("pasted_faces")["same_answer_by_side"]
    assert max(sides, key=sides.get) == str(crop.SIDE)
    assert pytest.approx(measured["down"]["p50"], abs=5e-4) == crop.DOWN
    assert abs(measured["right"]["p50"]) < 0.01
    assert crop.RIGHT == 0


def test_views_are_frames_around_the_same_middle():
    picture = numbered(90, 90)
    small, middle, large = crop.views(picture, (30, 30, 30, 30))
    assert [len(v) for v in (small, middle, large)] == [26, 31, 36]
    np.testing.assert_array_equal(small, large[5:-5, 5:-5])
    np.testing.assert_array_equal(middle, crop.cut(picture, crop.frame((30, 30, 30, 30))))


def test_frame_by_hand():
    left, top, width, height = crop.frame((10, 20, 40, 90))  # unit 60, middle (30, 65)
    assert width == height == pytest.approx(60 * crop.SIDE)
    assert left + width / 2 == pytest.approx(30 + 60 * crop.RIGHT)
    assert top + height / 2 == pytest.approx(65 + 60 * crop.DOWN)


def test_frame_moves_and_grows_with_the_box():
    once = crop.frame((10, 20, 40, 50))
    twice = crop.frame((20, 40, 80, 100))
    np.testing.assert_allclose(twice, np.multiply(once, 2))


def test_cut_inside_is_the_picture_itself():
    picture = numbered()
    np.testing.assert_array_equal(crop.cut(picture, (3, 2, 5, 5)), picture[2:7, 3:8])


def test_cut_rounds_about_the_middle():
    picture = numbered()
    np.testing.assert_array_equal(crop.cut(picture, (2.6, 2.4, 5.2, 5.2)), picture[2:7, 3:8])
    assert crop.cut(picture, (3, 3, 0.2, 0.2)).shape == (1, 1)


def test_cut_reflects_as_numpy_does():
    picture = numbered()
    padded = np.pad(picture, 4, "reflect")
    np.testing.assert_array_equal(crop.cut(picture, (-4, -3, 9, 9)), padded[1:10, 0:9])
    np.testing.assert_array_equal(crop.cut(picture, (6, 4, 9, 9)), padded[8:17, 10:19])


def test_cut_reflects_more_than_once_and_in_colour():
    picture = np.stack([numbered(3, 4)] * 3, axis=2)
    expected = np.pad(picture, ((8, 8), (8, 8), (0, 0)), "reflect")[:19, :19]
    np.testing.assert_array_equal(crop.cut(picture, (-8, -8, 19, 19)), expected)


def test_cut_of_a_single_pixel():
    assert crop.cut(np.full((1, 1), 7, np.uint8), (-3, -3, 6, 6)).tolist() == [[7] * 6] * 6


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((1.4, 2.6, 5, 5), (1, 3, 5, 5)),
        ((-3, -4, 10, 10), (0, 0, 7, 6)),
        ((15, 25, 10, 10), (15, 25, 5, 5)),
        ((19.9, 29.9, 5, 5), (19, 29, 1, 1)),
        ((-5, -5, 5.2, 5.2), (0, 0, 1, 1)),
    ],
)
def test_clip(box, expected):
    assert crop.clip(box, 20, 30) == expected


def test_clip_never_leaves_the_picture():
    rng = np.random.default_rng(0)
    for box in rng.uniform(-30, 60, (500, 4)):
        x, y, w, h = crop.clip(tuple(box), 20, 30)
        assert 0 <= x < x + w <= 20
        assert 0 <= y < y + h <= 30
        assert all(isinstance(v, int) and math.isfinite(v) for v in (x, y, w, h))
