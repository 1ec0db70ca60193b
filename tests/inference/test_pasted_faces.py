"""A face pasted into a scene, on real faces (FER-2013 PublicTest)."""

import sys
from pathlib import Path

import numpy as np
import pytest

import mien

BENCHMARKS = str(Path(__file__).parents[2] / "benchmarks")
CLEAR = 0.8  # this share of the ten FER+ taggers agrees
PASTED = 320


@pytest.fixture(scope="module")
def bench():
    """The module benchmarks/pasted_faces.py."""
    pytest.importorskip("pyarrow")
    sys.path.insert(0, BENCHMARKS)
    try:
        import pasted_faces
    finally:
        sys.path.remove(BENCHMARKS)
    return pasted_faces


@pytest.fixture(scope="module")
def clear_faces(bench, real_data):
    faces, agreed = bench.public_test(real_data)
    return faces[agreed >= CLEAR][:PASTED]


def test_paste_puts_the_face_where_it_says(bench):
    face = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    scene, (x, y, side, _) = bench.paste(face, np.random.default_rng(3))
    assert scene.shape == (480, 640)
    assert 60 <= side <= 200
    middle = slice(side // 4, 3 * side // 4)
    inside = scene[y : y + side, x : x + side][middle, middle]
    enlarged = np.asarray(bench.Image.fromarray(face).resize((side, side), bench.Image.BICUBIC))
    np.testing.assert_allclose(inside, enlarged[middle, middle], atol=1)


@pytest.mark.data
def test_the_crop_found_in_a_scene_is_the_frame_of_fer2013(bench, clear_faces, recognizer):
    rows, overlaps, *_ = bench.measure(recognizer, clear_faces[:240])
    assert len(rows) >= 210
    assert np.median(overlaps) >= 0.78
    assert np.percentile(overlaps, 5) >= 0.45


@pytest.mark.data
def test_a_pasted_face_gets_the_answer_of_its_own_crop(bench, real_data):
    """Every photograph counts whose face is found, however unsure the answer is."""
    alone, pasted = bench.twice(mien.load(), bench.photographs(real_data, 400))
    assert len(alone) >= 300
    assert (alone == pasted).mean() >= 0.95


@pytest.mark.data
def test_a_clear_face_of_fer2013_gets_the_answer_of_its_own_picture(bench, clear_faces):
    rows, _, own, seen, _ = bench.measure(mien.load(), clear_faces)
    assert len(rows) >= 200
    assert (own == seen).mean() >= 0.95
