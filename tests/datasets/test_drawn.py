"""Made-up faces: what they are, that they repeat, and that they show their emotions."""

from collections import Counter
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mien.datasets.drawn import Drawn, FaceParameters, draw_face, draw_scene, paint, render, sample
from mien.datasets.drawn.brush import Brush, tones
from mien.datasets.drawn.geometry import (
    View,
    brow,
    curve,
    ellipse,
    eye,
    face_box,
    head,
    mouth,
    points,
)
from mien.datasets.drawn.light import lamp
from mien.datasets.drawn.parameters import ActionUnits, Pose
from mien.datasets.drawn.sampling import EXPRESSIONS
from mien.datasets.source import Picture, pixel_hash
from mien.emotions import EMOTIONS
from mien.errors import UnknownEmotionError, UsageError

UPRIGHT = Pose(0, 0, 0, 1, 0, 0, 0, 0)


def chance(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def person(emotion: str = "neutral", seed: int = 0) -> FaceParameters:
    return sample(emotion, chance(seed))


def quiet(seed: int = 0, **units: Any) -> FaceParameters:
    """Somebody upright and evenly seen, with only the given action units."""
    someone = person(seed=seed)
    finish = replace(someone.finish, noise=0.0, blur=0.0)
    looks = replace(someone.looks, glasses="none", beard=0.0, hair_style="bald")
    acting = ActionUnits(**units)
    return replace(someone, units=acting, pose=UPRIGHT, finish=finish, looks=looks)


# --- one face ---------------------------------------------------------------------------------


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize(("size", "colour"), [(48, False), (48, True), (24, False), (101, True)])
def test_a_face_is_a_square_of_bytes(emotion: str, size: int, colour: bool) -> None:
    face = draw_face(emotion, chance(1), size, colour)
    assert face.dtype == np.uint8
    assert face.shape == ((size, size, 3) if colour else (size, size))
    assert np.ptp(face) > 40


def test_same_chance_same_face_and_other_chance_another() -> None:
    first, again, other = (draw_face("fear", chance(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_rendering_leaves_nothing_to_chance() -> None:
    someone = person("anger", 5)
    assert np.array_equal(render(someone), render(someone))
    assert np.array_equal(render(someone), draw_face("anger", chance(5)))


def test_aliases_are_accepted() -> None:
    assert np.array_equal(draw_face(" Happy", chance(2)), draw_face("happiness", chance(2)))


def test_unknown_emotion_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownEmotionError, match="unknown emotion 'bored'; known: anger"):
        draw_face("bored", chance(0))


def test_faces_of_one_emotion_differ_in_light_and_in_every_region() -> None:
    faces = np.stack([draw_face("neutral", chance(9, n)) for n in range(40)]).astype(float)
    assert faces.mean((1, 2)).std() > 15
    assert faces.std(0).min() > 10


def test_colour_and_grey_are_the_same_person() -> None:
    someone = quiet(seed=11)
    colour, grey = render(someone, colour=True), render(someone)
    assert np.ptp(colour.astype(int), axis=2).max() > 10
    assert np.abs(colour.mean(2) - grey).max() < 25


def test_face_fills_the_frame_as_in_fer2013() -> None:
    bare, wall = quiet(seed=1), (0, 255, 0)
    bare = replace(bare, finish=replace(bare.finish, wall=wall))
    picture = render(bare, colour=True).astype(int)
    green = picture[..., 1] - picture[..., [0, 2]].max(2) > 60
    assert green[:, [0, -1]].mean() > 0.4  # the wall shows at both sides
    assert not green[8:40, 12:36].any()  # and nowhere in the middle
    assert 0.02 < green.mean() < 0.3


@pytest.mark.parametrize("looks", [{"glasses": "round"}, {"beard": 1.0}, {"hair_style": "long"}])
def test_what_is_worn_is_seen(looks: dict[str, Any]) -> None:
    plain = quiet(seed=6)
    worn = replace(plain, looks=replace(plain.looks, **looks))
    change = np.abs(render(worn).astype(int) - render(plain))
    assert (change > 12).mean() > 0.02


# --- paint and camera -------------------------------------------------------------------------


def still(**units: Any) -> npt.NDArray[np.int64]:
    return render(quiet(seed=4, **units)).astype(np.int64)


def test_what_is_painted_inside_a_window_stays_inside() -> None:
    view = View((24, 24), 10, UPRIGHT, 0.75)
    brush = Brush(np.zeros((48, 48), np.uint8), view)
    brush.inside(points((-1, -1), (1, -1), (-1, 1)), [(ellipse(0, 0, 3, 3), (200,))])
    rows, columns = np.nonzero(brush.canvas)
    assert rows.size > 150
    assert min(rows.min(), columns.min()) >= 13
    assert (rows + columns).max() <= 50  # nothing beyond the slanting side


def test_a_window_outside_the_canvas_paints_nothing() -> None:
    brush = Brush(np.zeros((20, 20), np.uint8), View((90, 90), 5, UPRIGHT, 0.75))
    window = ellipse(0, 0, 0.5, 0.5)
    brush.inside(window, [(window, (200,))])
    assert not brush.canvas.any()


def test_only_the_person_is_marked_as_lit() -> None:
    brush = Brush(np.zeros((40, 40, 3), np.uint8), View((20, 20), 10, UPRIGHT, 0.75))
    brush.fill(ellipse(-1, 0, 0.4, 0.4), (9, 9, 9))
    brush.body(ellipse(1, 0, 0.4, 0.4), (9, 9, 9))
    assert brush.canvas[20, 10].tolist() == brush.canvas[20, 30].tolist() == [9, 9, 9]
    assert (brush.lit[20, 10], brush.lit[20, 30]) == (0, 255)


def test_curve_leaves_the_straight_line_by_its_bow_at_the_middle() -> None:
    line = curve(points((0, 0), (2, 0)), 0.3)
    assert np.allclose(line[[0, 4, 8]], [[0, 0], [1, 0.3], [2, 0]])


def test_tones_run_from_dark_to_light_and_lips_stand_out() -> None:
    looks = person().looks
    shades = [tones(replace(looks, skin=share)) for share in (0.0, 0.3, 0.6, 1.0)]
    assert all(np.diff([sum(t.skin) for t in shades]) > 60)
    assert all(np.abs(np.subtract(t.skin, t.lips)).max() > 12 for t in shades)


def test_noise_contrast_and_blur_are_the_cameras() -> None:
    someone = replace(quiet(seed=4), finish=replace(quiet(seed=4).finish, contrast=1.0))

    def shot(**finish: float) -> npt.NDArray[np.float64]:
        return render(replace(someone, finish=replace(someone.finish, **finish))).astype(float)

    clean = shot()
    assert 3 < np.std(shot(noise=6.0) - clean) < 7
    assert np.std(shot(contrast=0.5)) == pytest.approx(0.5 * np.std(clean), rel=0.05)
    sharpness = [np.abs(np.diff(picture)).mean() for picture in (clean, shot(blur=1.5))]
    assert sharpness[1] < 0.8 * sharpness[0]


def test_an_open_mouth_shows_teeth_and_darkness() -> None:
    someone = quiet(seed=4, au25=1.0, au26=1.0)
    looks = replace(someone.looks, skin=0.5)
    picture = render(replace(someone, looks=looks), 96, colour=True).astype(int)
    inside = picture[66:92, 36:60].sum(2)
    shut = render(replace(quiet(seed=4), looks=looks), 96, colour=True).astype(int)
    assert inside.max() > shut[66:92, 36:60].sum(2).max() + 60  # teeth
    assert (inside < 200).sum() > (shut[66:92, 36:60].sum(2) < 200).sum() + 15


# --- expressions ------------------------------------------------------------------------------


def test_every_emotion_has_its_own_action_units() -> None:
    assert set(EXPRESSIONS) == set(EMOTIONS)
    assert len({tuple(sorted(units)) for units in EXPRESSIONS.values()}) == len(EMOTIONS)


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_strengths_stay_between_0_and_1_and_vary(emotion: str) -> None:
    people = [person(emotion, seed).units for seed in range(60)]
    for name, (low, high) in EXPRESSIONS[emotion].items():
        drawn = np.array([np.max(getattr(units, name)) for units in people])
        assert drawn.min() >= 0.7 * low
        assert drawn.max() <= high + 0.1
        assert drawn.std() > 0.03


def test_contempt_is_one_sided_on_either_side_and_happiness_is_not() -> None:
    slant = {
        emotion: [np.subtract(*person(emotion, seed).units.au12) for seed in range(40)]
        for emotion in ("contempt", "happiness")
    }
    assert np.abs(slant["contempt"]).min() > 0.4
    assert np.unique(np.sign(slant["contempt"])).tolist() == [-1, 1]
    assert np.abs(slant["happiness"]).max() < 0.1


def test_smile_lifts_the_corners_and_sadness_lowers_them() -> None:
    shape = person().shape
    corner, middle = 0, 8
    for units, sign in ((ActionUnits(au12=(1, 1)), 1), (ActionUnits(au15=1), -1)):
        line = mouth(shape, units).upper[:, 1]
        assert sign * (line[middle] - line[corner]) > 0.08


def test_one_sided_pull_moves_one_corner() -> None:
    line = mouth(person().shape, ActionUnits(au12=(0, 1))).upper
    assert line[0, 1] - line[-1, 1] > 0.1
    assert line[-1, 0] > -line[0, 0] + 0.05


def test_jaw_drop_opens_the_mouth_round_and_lowers_the_chin() -> None:
    shape, open_ = person().shape, ActionUnits(au25=1, au26=1)
    still, dropped = mouth(shape, ActionUnits()), mouth(shape, open_)
    assert np.max(still.lower - still.upper) == 0
    assert np.max(dropped.lower - dropped.upper) > 0.2
    assert np.ptp(dropped.upper[:, 0]) < np.ptp(still.upper[:, 0])
    assert head(shape, open_)[:, 1].max() > head(shape, ActionUnits())[:, 1].max() + 0.1


def test_lips_and_lids_never_cross() -> None:
    for emotion in EMOTIONS:
        for seed in range(40):
            someone = person(emotion, seed)
            lips = mouth(someone.shape, someone.units)
            rows = [lips.upper_lip, lips.upper, lips.lower, lips.lower_lip]
            assert (np.diff([row[:, 1] for row in rows], axis=0) >= -1e-9).all()
            for side in (-1, 1):
                top, bottom = eye(someone.shape, someone.units, side)
                assert (bottom[:, 1] >= top[:, 1] - 1e-9).all()


def test_brows_rise_slant_and_frown() -> None:
    shape, inner, outer = person().shape, 0, 8

    def height(place: int, **units: float) -> float:
        acting = brow(shape, ActionUnits(**units), 1)[place, 1]
        return float(brow(shape, ActionUnits(), 1)[place, 1] - acting)

    assert height(inner, au1=1) > 0.1 > abs(height(outer, au1=1))
    assert height(4, au2=1) > 0.1
    assert height(inner, au4=1) < -0.1 < height(outer, au4=1) < 0
    frown, rest = (brow(shape, ActionUnits(au4=f), -1)[inner, 0] for f in (1, 0))
    assert rest < frown < 0  # drawn together


def test_eyes_widen_and_narrow() -> None:
    def opening(**units: float) -> float:
        top, bottom = eye(person().shape, ActionUnits(**units), 1)
        return float(np.max(bottom[:, 1] - top[:, 1]))

    assert opening(au5=1) > 1.3 * opening()
    assert opening(au6=1, au7=0.5) < 0.7 * opening()


@pytest.mark.parametrize(
    ("units", "rows"),
    [
        ({"au9": 1.0}, slice(12, 34)),
        ({"au14": (1.0, 0.0)}, slice(28, 42)),
        ({"au6": 1.0}, slice(14, 30)),
    ],
)
def test_wrinkles_show_where_they_belong(units: dict[str, Any], rows: slice) -> None:
    change = np.abs(still(**units) - still())
    assert change[rows].max() > 12
    assert change[rows].sum() > 0.8 * change.sum()


# --- pose and light ---------------------------------------------------------------------------


def test_view_turns_nods_rolls_and_moves() -> None:
    def seen(**angles: float) -> npt.NDArray[np.float64]:
        view = View((100, 50), 10, replace(UPRIGHT, **angles), 0.75)
        return view(np.array([[0, 0], [0.5, 0]], np.float64))

    assert np.allclose(seen(), [[100, 50], [105, 50]])
    assert np.allclose(seen(yaw=30)[0], [100 + 7.5 * 0.5, 50])  # the nose stands 0.75 forward
    assert np.allclose(seen(pitch=30)[0], [100, 50 + 7.5 * 0.5])
    assert np.allclose(seen(roll=90), [[100, 50], [100, 55]])


def test_lamp_lights_its_own_side() -> None:
    light = replace(person().light, azimuth=60, elevation=0, strength=0.7)
    view = View((24, 24), 20, UPRIGHT, 0.75)
    right = lamp((48, 48), light, view)
    left = lamp((48, 48), replace(light, azimuth=-60), view)
    assert right[24, 36] > 1.5 * right[24, 12]
    assert left[24, 12] > 1.5 * left[24, 36]


# --- the source -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return Drawn(count=400, seed=7)


@pytest.fixture(scope="module")
def pictures(drawn: Drawn) -> list[Picture]:
    return list(drawn)


def test_classes_and_splits_are_balanced(drawn: Drawn, pictures: list[Picture]) -> None:
    seen = Counter((p.label, p.split) for p in pictures)
    assert len(drawn) == len(pictures) == 400
    for emotion in EMOTIONS:
        assert [seen[emotion, s] for s in ("train", "val", "test")] == [40, 5, 5]
        splits = [p.split for p in pictures if p.label == emotion]
        assert splits == (["train"] * 8 + ["val", "test"]) * 5


def test_pictures_say_who_they_are(drawn: Drawn, pictures: list[Picture]) -> None:
    picture = pictures[17]
    assert (picture.id, picture.where) == ("drawn-00017", "drawn with seed 7, number 17")
    assert (picture.source_split, picture.split, picture.label) == ("train", "train", "contempt")
    assert picture.problem == ""
    assert (drawn.name, drawn.label_set, drawn.layout) == ("drawn", "ferplus", "drawn faces")
    assert drawn.notes == []


def test_votes_cannot_be_joined_to_made_up_faces(drawn: Drawn) -> None:
    assert not drawn.keeps_row_order


def test_no_two_pictures_are_the_same(pictures: list[Picture]) -> None:
    assert len({pixel_hash(p.pixels) for p in pictures if p.pixels is not None}) == 400


def test_a_picture_depends_on_its_seed_and_number_alone(pictures: list[Picture]) -> None:
    short = list(Drawn(count=24, seed=7))
    for one, other in zip(short, pictures, strict=False):
        assert one.id == other.id
        assert np.array_equal(one.pixels, other.pixels)
    other_seed = next(iter(Drawn(count=1, seed=8)))
    assert not np.array_equal(short[0].pixels, other_seed.pixels)


def test_size_is_respected() -> None:
    assert next(iter(Drawn(count=1, size=32))).pixels.shape == (32, 32)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"count": 0}, "count is 1 or more, not 0"),
        ({"seed": -1}, "seed is 0 or more, not -1"),
        ({"size": 4}, "size is 8 or more, not 4"),
    ],
)
def test_numbers_too_small_are_refused(numbers: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=f"drawn faces: {said}"):
        Drawn(**numbers)


# --- what can be learnt from them ---------------------------------------------------------------


def _inputs(pictures: list[Picture]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.intp]]:
    labels = np.array([EMOTIONS.index(p.label or "") for p in pictures])
    return np.stack([p.pixels for p in pictures if p.pixels is not None]), labels


def _edges(faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    hog = cv2.HOGDescriptor((48, 48), (12, 12), (6, 6), (6, 6), 9)
    rows = np.stack([hog.compute(face) for face in faces]).astype(np.float64)
    return np.concatenate((rows, np.ones((len(rows), 1))), 1)


def test_edges_tell_the_emotion_of_strangers_and_raw_pixels_do_not(pictures: list[Picture]) -> None:
    (faces, labels), (strangers, truth) = _inputs(pictures), _inputs([*Drawn(160, seed=8)])
    edges = _edges(faces)
    ridge = np.linalg.solve(edges @ edges.T + 30 * np.eye(len(edges)), np.eye(8)[labels])
    told = (_edges(strangers) @ edges.T @ ridge).argmax(1)
    assert np.mean(told == truth) > 0.6

    rows, others = (f.reshape(len(f), -1).astype(np.float64) for f in (faces, strangers))
    distance = (rows**2).sum(1) - 2 * others @ rows.T
    nearest = labels[distance.argmin(1)]
    assert np.mean(nearest == truth) < 0.35


# --- scenes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faces", "size"), [(1, (480, 640)), (5, (480, 640)), (12, (301, 403)), (3, (400, 90))]
)
def test_scene_has_its_faces_apart_and_inside(faces: int, size: tuple[int, int]) -> None:
    picture, boxes = draw_scene(chance(faces), faces, size)
    assert picture.dtype == np.uint8
    assert picture.shape == (*size, 3)
    assert len(boxes) == faces
    covered = np.zeros(size, int)
    for x, y, wide, high, emotion in boxes:
        assert emotion in EMOTIONS
        assert x >= 0 <= y
        assert x + wide <= size[1]
        assert y + high <= size[0]
        covered[y : y + high, x : x + wide] += 1
    assert covered.max() == 1


def test_a_face_detector_finds_the_people_of_a_scene() -> None:
    from mien.inference.detector import Detector

    detector, found, faces = Detector(), 0, 0
    for seed in range(4):
        picture, boxes = draw_scene(chance(40, seed), 6)
        corners = np.array([d.box for d in detector.detect(picture)]).reshape(-1, 4)
        middles = corners[:, :2] + corners[:, 2:] / 2
        for x, y, wide, high, _ in boxes:
            found += any(x < at[0] < x + wide and y < at[1] < y + high for at in middles)
        faces += len(boxes)
    assert found >= 0.8 * faces


def test_the_people_of_a_scene_stand_in_one_light(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[FaceParameters] = []
    monkeypatch.setattr(paint, "person", lambda _, someone, __: painted.append(someone))
    draw_scene(chance(1), 4, (120, 200))
    assert len({someone.light for someone in painted}) == 1
    assert len({someone.shape for someone in painted}) == 4


def test_scene_is_the_same_for_the_same_chance() -> None:
    (first, boxes), (again, same) = (draw_scene(chance(2), 3, (120, 200)) for _ in range(2))
    assert np.array_equal(first, again)
    assert boxes == same


def test_the_box_of_a_scene_holds_the_face() -> None:
    someone = quiet(seed=2)
    x, y, wide, high = face_box(someone, View((200, 200), 100, UPRIGHT, someone.shape.width))
    assert x < 200 - 60 < 200 + 60 < x + wide
    assert y == pytest.approx(200 + 100 * someone.shape.hairline, abs=3)
    assert y + high == pytest.approx(200 + 100 * someone.shape.chin, abs=3)


def test_scene_without_faces_or_without_room_is_refused() -> None:
    with pytest.raises(UsageError, match="a scene has 1 face or more, not 0"):
        draw_scene(chance(0), 0)
    with pytest.raises(UsageError, match="50 faces need 32 pixels each way apiece"):
        draw_scene(chance(0), 50, (100, 100))
