import cv2
import numpy as np
import pytest
from made_scenes import scene, turned_scene

from mien.inference import crop, upright
from mien.inference.crop import cut_face, middle, unit
from mien.inference.detector import Detection, Detector
from mien.inference.framed import faces_in
from mien.preprocess import Preprocessing

ANGLES = (-30, -20, -10, 0, 10, 20, 30)
SEEDS = (0, 2, 3, 5, 9, 10)


@pytest.fixture(scope="module")
def yunet():
    return Detector()


@pytest.fixture(scope="module")
def found(yunet):
    """(seed, angle) → a turned scene and its face."""
    scenes = {(s, a): turned_scene(scene(s), a) for s in SEEDS for a in ANGLES}
    return {key: (picture, faces_in(picture, yunet)[0]) for key, picture in scenes.items()}


@pytest.fixture(scope="module")
def aligned(yunet, found):
    return {key: cut_face(p, *upright.upright(yunet, p, d)) for key, (p, d) in found.items()}


def rolls(faces, yunet):
    return np.array([upright.roll(yunet.detect(face)[0].landmarks) for face in faces])


def likeness(faces):
    """The smallest correlation of the first of some crops with the others."""
    small = [Preprocessing(48).fit(face)[0].ravel() for face in faces]
    return np.corrcoef(small)[0].min()


# --- the turn of a face -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eyes", "degrees"),
    [
        (((0, 0), (10, 0)), 0),
        (((0, 0), (10, 10)), 45),
        (((0, 0), (10, -10)), -45),
        (((5, 3), (5, 8)), 90),
        (((0, 0), (-10, 0)), 180),
        (((4, 4), (4, 4)), 0),
    ],
)
def test_roll_is_the_clockwise_turn_of_the_line_of_the_eyes(eyes, degrees):
    assert upright.roll((*eyes, (1, 2), (3, 4), (5, 6))) == pytest.approx(degrees)


@pytest.mark.parametrize("angle", ANGLES)
def test_the_eyes_of_an_aligned_face_are_level(angle, aligned, yunet):
    seen = np.abs(rolls([aligned[seed, angle] for seed in SEEDS], yunet))
    assert np.median(seen) < 3
    assert seen.max() < 5  # two looks of the detector differ by up to three degrees themselves


@pytest.mark.parametrize("angle", [-30, 30])
def test_one_look_would_leave_them_askew(angle, found, yunet):
    once = [
        cut_face(picture, face.box, upright.roll(face.landmarks))
        for picture, face in (found[seed, angle] for seed in SEEDS)
    ]
    assert np.median(np.abs(rolls(once, yunet))) > 5


def test_a_face_is_cut_alike_however_the_scene_is_turned(aligned, found):
    for seed in SEEDS:
        as_it_stands = [cut_face(p, d.box) for p, d in (found[seed, a] for a in ANGLES)]
        assert likeness([aligned[seed, angle] for angle in ANGLES]) > 0.8
        assert likeness(as_it_stands) < 0.6


def test_the_turn_of_the_scene_is_found(found, yunet):
    turns = {key: upright.upright(yunet, p, d)[1] for key, (p, d) in found.items()}
    errors = [turns[seed, a] - turns[seed, 0] - a for seed in SEEDS for a in ANGLES if a]
    assert np.median(np.abs(errors)) < 2
    assert np.abs(errors).max() < 6


def test_the_box_of_the_last_look_lies_where_the_face_does(found, yunet):
    for picture, face in found.values():
        box, _ = upright.upright(yunet, picture, face)
        assert np.hypot(*np.subtract(middle(box), middle(face.box))) < 0.15 * unit(face.box)
        assert unit(box) == pytest.approx(unit(face.box), rel=0.15)


def test_grey_pictures_are_turned_as_coloured_ones(found, yunet):
    picture, face = found[0, 20]
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    box, turn = upright.upright(yunet, grey, face)
    colour_box, colour_turn = upright.upright(yunet, picture, face)
    assert turn == pytest.approx(colour_turn, abs=4)
    assert cut_face(grey, box, turn).ndim == 2
    np.testing.assert_allclose(middle(box), middle(colour_box), atol=5)


@pytest.mark.parametrize("times", [0.25, 4])
def test_small_and_large_faces_are_turned_alike(times, found, yunet):
    picture, face = found[3, -20]
    resized = np.asarray(cv2.resize(picture, None, fx=times, fy=times, interpolation=3))
    (same, *_) = faces_in(resized, yunet)
    _, turn = upright.upright(yunet, resized, same)
    assert turn == pytest.approx(upright.upright(yunet, picture, face)[1], abs=5)


class Blind:
    """A detector that finds nothing, or only what lies at the side."""

    def __init__(self, found=()):
        self.found, self.looks = list(found), 0

    def detect(self, picture):
        self.looks += 1
        return self.found


def face(box, eyes):
    return Detection(box, 0.9, (*eyes, (0, 0), (0, 0), (0, 0)))


def test_a_face_that_is_lost_keeps_its_box_and_what_its_eyes_showed():
    beside = face((0, 0, 60, 60), ((0, 0), (1, 1)))
    for detector in (Blind(), Blind([beside])):
        seen = face((20, 20, 40, 40), ((0, 0), (10, 10)))
        box, turn = upright.upright(detector, np.zeros((80, 80), np.uint8), seen)
        assert (box, turn) == (seen.box, pytest.approx(45))
        assert detector.looks == 1


def test_looking_ends_when_the_eyes_are_level_or_after_three_times():
    picture = np.zeros((80, 80), np.uint8)
    seen = face((20, 20, 40, 40), ((0, 0), (10, 0)))
    askew, level = (face((78, 78, 100, 100), ((0, 0), (10, y))) for y in (1.0, 0.1))
    never, once = Blind([askew]), Blind([level])
    _, turn = upright.upright(never, picture, seen)
    assert never.looks == upright.LOOKS
    assert turn == pytest.approx(upright.LOOKS * upright.roll(askew.landmarks))
    upright.upright(once, picture, seen)
    assert once.looks == 1


def test_the_box_is_brought_back_into_the_picture():
    """A face 32 pixels right of the middle of what is looked at, in a picture turned by 90."""
    seen = face((40, 20, 40, 40), ((0, 0), (0, 10)))  # the middle lies at 60, 40
    scale = upright.SMALL / (upright.ROOM * 40)
    beside = face((128 + 32 - 64, 64, 128, 128), ((0, 0), (10, 0)))
    box, turn = upright.upright(Blind([beside]), np.zeros((80, 120), np.uint8), seen)
    assert turn == 90
    np.testing.assert_allclose(middle(box), (60, 40 + 32 / scale), rtol=0.01)
    assert box[2] == box[3] == pytest.approx(128 / scale, rel=0.01)


# --- cutting turned squares ---------------------------------------------------------------------


def numbered(height=40, width=50, channels=0):
    shape = (height, width, channels) if channels else (height, width)
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("channels", [0, 3])
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_exact(quarters, channels):
    picture = numbered(channels=channels)
    square = (12, 9, 15, 15)
    got = crop.cut_turned(picture, square, (19.5, 16.5), 90 * quarters)
    np.testing.assert_array_equal(got, np.rot90(crop.cut(picture, square), quarters))


def test_no_turn_is_the_plain_cut_to_the_bit():
    picture, box = numbered(), (11.3, 8.2, 14.6, 17.1)
    plain = crop.cut(picture, crop.frame(box))
    np.testing.assert_array_equal(crop.cut_face(picture, box), plain)
    np.testing.assert_array_equal(crop.cut_face(picture, box, 0.0), plain)
    np.testing.assert_array_equal(crop.views(picture, box)[1], plain)


def test_the_frame_turns_about_the_middle_of_the_box(monkeypatch):
    monkeypatch.setattr(crop, "DOWN", 0.5)
    picture = np.zeros((200, 200), np.uint8)
    picture[98:103, 78:83] = 255  # what lies below the middle of a face turned by 90
    seen = crop.cut_face(picture, (80, 80, 40, 40), 90)
    rows, columns = np.nonzero(seen)
    np.testing.assert_allclose((rows.mean(), columns.mean()), (20, 20), atol=1)


@pytest.mark.parametrize("box", [(-8, -8, 20, 20), (35, 28, 20, 20), (-60, -60, 160, 160)])
def test_the_border_is_reflected_and_never_black(box):
    picture = np.full((40, 50), 200, np.uint8)
    for seen in crop.views(picture, box, 33.0):
        assert (seen == 200).all()


def test_views_are_turned_about_the_same_middle():
    picture = cv2.GaussianBlur(numbered(120, 120), (0, 0), 4)
    small, _, large = crop.views(picture, (40, 40, 40, 40), 25.0)
    assert (len(small), len(large)) == (35, 48)
    inside = cv2.getRectSubPix(large, small.shape, (23.5, 23.5)).astype(int)
    assert np.abs(inside - small).max() <= 6


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 30)])
def test_tiny_pictures_can_be_turned(shape):
    picture = np.full(shape, 9, np.uint8)
    assert (crop.cut_face(picture, (0, 0, 1, 1), 10.0) == 9).all()


def test_turned_by_hand():
    np.testing.assert_allclose(crop.turned(np.array((1.0, 0.0)), 90), (0, 1), atol=1e-12)
    np.testing.assert_allclose(crop.turned(np.eye(2), 180), -np.eye(2), atol=1e-12)


def test_a_neighbourhood_tells_where_its_point_lies():
    picture = numbered()
    seen, (x, y) = crop.neighbourhood(picture, (20.4, 15.6), 3)
    assert seen.shape == (7, 7)
    assert seen[int(y), int(x)] == picture[15, 20]
    assert min(x, y) >= 3
