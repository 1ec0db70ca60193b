import importlib.util

import cv2
import numpy as np
import pytest
from made_scenes import scene, turned_scene

from mien.errors import ModelFileError
from mien.inference import framed
from mien.inference.crop import cut, frame, views
from mien.inference.detector import Detection, Detector
from mien.inference.framed import FaceFinder, faces_in, shared
from mien.inference.upright import upright
from mien.preprocess import Preprocessing, to_grey


@pytest.fixture(scope="module")
def yunet():
    return Detector()


@pytest.fixture(scope="module")
def two():
    """A scene with two people beside each other."""
    return scene(seed=5, faces=2, size=(300, 600))


def likeness(one, other):
    """The correlation of two crops."""
    small = [Preprocessing(24).fit(face)[0].ravel() for face in (one, other)]
    return float(np.corrcoef(small)[0, 1])


# --- the faces of a picture ---------------------------------------------------------------------


def test_faces_come_largest_first_with_the_installed_detector(two, yunet):
    found = faces_in(two)
    assert len(found) == 2
    areas = [d.box[2] * d.box[3] for d in found]
    assert areas == sorted(areas, reverse=True)
    assert found == faces_in(two, yunet)
    assert framed._shipped() is framed._shipped()


def test_boxes_that_no_face_can_have_are_passed_over():
    class Odd:
        def detect(self, picture):
            boxes = [(0, 0, 9, 9), (-30, 0, 9, 9), (0, 0, 99, 5), (3, 3, 0.5, 9), (1, 1, 10, 10)]
            return [Detection(box, 0.9, ()) for box in boxes]

    found = faces_in(np.zeros((20, 20), np.uint8), Odd())
    assert [d.box for d in found] == [(1, 1, 10, 10), (0, 0, 9, 9)]


@pytest.mark.parametrize("shape", [(1, 1), (2, 3, 3), (48, 48), (300, 20, 3)])
def test_no_face_is_an_empty_list(shape):
    assert faces_in(np.zeros(shape, np.uint8)) == []


# --- cutting one face out -----------------------------------------------------------------------


@pytest.mark.parametrize("grey", [False, True])
def test_crop_is_the_middle_view_of_recognition_to_the_bit(grey, yunet):
    for seed in range(3):
        picture = turned_scene(scene(seed), 15)
        picture = to_grey(picture) if grey else picture
        (found, *_) = yunet.detect(picture)
        face = FaceFinder("crop", yunet)(picture, None)
        np.testing.assert_array_equal(face, views(picture, found.box)[1])
        np.testing.assert_array_equal(face, cut(picture, frame(found.box)))


@pytest.mark.parametrize("grey", [False, True])
def test_align_is_the_middle_view_of_recognition_to_the_bit(grey, yunet):
    picture = turned_scene(scene(2), 20)
    picture = to_grey(picture) if grey else picture
    (found, *_) = yunet.detect(picture)
    face = FaceFinder("align", yunet)(picture, None)
    np.testing.assert_array_equal(face, views(picture, *upright(yunet, picture, found))[1])
    assert face.ndim == picture.ndim
    assert not np.array_equal(face, FaceFinder("crop", yunet)(picture, None))


def test_without_a_box_the_largest_face_is_taken(two, yunet):
    small = np.ascontiguousarray(two[::2, ::2])
    both = np.full((300, 1000, 3), 90, np.uint8)
    both[:, 400:] = two
    both[:150, :300] = small
    finder = FaceFinder("crop", yunet)
    largest = max(faces_in(both, yunet), key=lambda d: d.box[2] * d.box[3])
    np.testing.assert_array_equal(finder(both, None), cut(both, frame(largest.box)))
    assert largest.box[0] > 400


@pytest.mark.parametrize("faces", ["crop", "align"])
def test_a_box_picks_its_face_of_two(faces, two, yunet):
    finder, found = FaceFinder(faces, yunet), faces_in(two, yunet)
    crops = [finder(two, d.box) for d in found]
    for crop, other, (x, y, wide, high) in zip(
        crops, crops[::-1], (d.box for d in found), strict=True
    ):
        for loose in ((x - 9, y - 9, wide + 18, high + 18), (x + 5, y + 12, wide, high - 10)):
            seen = finder.find(two, loose)
            assert seen is not None
            assert shared(seen.box, (x, y, wide, high)) > 0.8
            assert likeness(finder(two, loose), crop) > likeness(crop, other) + 0.1


def test_of_several_faces_near_a_box_the_one_that_shares_most_is_taken():
    class Several:
        def detect(self, picture):
            assert picture.shape == (40, 40)
            corners = [(6, 12), (13, 12), (0, 0), (18, 0)]
            return [Detection((x, y, 20, 20), 0.9, ((x, y),)) for x, y in corners]

    picture = np.zeros((200, 200), np.uint8)
    seen = FaceFinder("crop", Several()).find(picture, (100, 100, 20, 20))
    assert seen is not None
    assert (seen.box, seen.landmarks) == ((103, 102, 20, 20), ((103, 102),))


def test_a_face_at_the_border_is_found_in_the_right_place(two, yunet):
    (x, *_), *_ = (d.box for d in sorted(faces_in(two, yunet), key=lambda d: d.box[0]))
    beside = np.ascontiguousarray(two[:, round(x) - 3 :])
    left = min(faces_in(beside, yunet), key=lambda d: d.box[0])
    seen = FaceFinder("crop", yunet).find(beside, left.box)
    assert seen is not None
    assert shared(seen.box, left.box) > 0.8
    np.testing.assert_allclose(seen.landmarks, left.landmarks, atol=12)


def test_a_box_beside_every_face_finds_none(two, yunet):
    finder = FaceFinder("crop", yunet)
    x, y, wide, high = faces_in(two, yunet)[0].box
    assert finder.find(two, (x + wide * 0.75, y, wide, high)) is None
    assert finder.find(two, (x, y, wide / 3, high / 3)) is None


@pytest.mark.parametrize("box", [(-90, -90, 20, 20), (900, 10, 30, 30), (10, 900, 30, 30)])
def test_a_box_outside_the_picture_finds_none(box, two, yunet):
    assert FaceFinder("align", yunet)(two, box) is None


def test_a_picture_larger_than_the_detectors_look(yunet):
    large = np.full((1500, 2400, 3), 90, np.uint8)
    large[200:500, 1900:2200] = scene(2)
    for faces in ("crop", "align"):
        finder = FaceFinder(faces, yunet)
        seen = finder.find(large, None)
        assert seen is not None
        assert 1900 < seen.box[0] < 2200
        own = finder(scene(2), None)
        assert likeness(finder(large, None), own) > 0.7
        assert likeness(finder(large, (1950, 230, 200, 220)), own) > 0.7


@pytest.mark.parametrize("shape", [(1, 1), (2, 2, 3), (8, 30), (48, 48)])
@pytest.mark.parametrize("box", [None, (0, 0, 1, 1)])
def test_tiny_and_empty_pictures_have_no_face(shape, box, yunet):
    for faces in ("crop", "align"):
        assert FaceFinder(faces, yunet)(np.full(shape, 7, np.uint8), box) is None


def test_a_small_ready_crop_is_found_and_cut(yunet):
    small = FaceFinder("crop", yunet)(scene(2), None)
    ready = np.asarray(cv2.resize(to_grey(small), (48, 48), interpolation=cv2.INTER_AREA))
    face = FaceFinder("align", yunet)(ready, None)
    assert 36 <= len(face) <= 60


def test_the_finder_counts_and_times(yunet):
    finder = FaceFinder("crop", yunet)
    assert str(finder) == "found in 0 of 0 pictures, 0.0 ms a picture"
    for picture in (scene(2), np.zeros((40, 40), np.uint8)):
        finder(picture, None)
    assert (finder.pictures, finder.found) == (2, 1)
    assert finder.seconds > 0
    finder.pictures, finder.found, finder.seconds = 2000, 1500, 25.0
    assert str(finder) == "found in 1,500 of 2,000 pictures, 12.5 ms a picture"


def test_a_missing_detector_is_said_at_once(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelFileError, match=r"face detector .* is not installed.*pip install"):
        FaceFinder("crop")


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ((0, 0, 10, 10), (0, 0, 10, 10), 1),
        ((0, 0, 10, 10), (5, 0, 10, 10), 1 / 3),
        ((0, 0, 10, 10), (0, 0, 5, 5), 0.25),
        ((0, 0, 10, 10), (10, 0, 10, 10), 0),
        ((0, 0, 10, 10), (50, 50, 1, 1), 0),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0),
    ],
)
def test_shared_is_intersection_by_union(a, b, share):
    assert shared(a, b) == shared(b, a) == pytest.approx(share)
