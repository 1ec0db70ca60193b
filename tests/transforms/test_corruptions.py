"""Corruptions: shapes, levels, repeatability, and each by hand."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.datasets.drawn import draw_face
from mien.emotions import EMOTIONS
from mien.errors import ImageError, UnknownNameError, UsageError
from mien.preprocess import Pixels
from mien.transforms.corruptions import CORRUPTIONS, LEVELS, corrupt, covers
from mien.transforms.corruptions.blurs import disk, line

NAMES = tuple(CORRUPTIONS)
BY_CHANCE = {"motion_blur", "low_light", "noise", "rotation", "shift", "random_patch"}
FACES = [draw_face(emotion, np.random.default_rng(n), 48) for n, emotion in enumerate(EMOTIONS)]
COLOUR = draw_face("surprise", np.random.default_rng(5), 64, colour=True)


def changed(
    name: str, level: int, face: Pixels = FACES[0], who: str = "a", seed: int = 0
) -> Pixels:
    return corrupt(face, name, level, who, seed)


def flat(value: int, side: int = 48) -> Pixels:
    return np.full((side, side), value, np.uint8)


def far(a: Pixels, b: Pixels) -> float:
    return float(np.abs(a.astype(float) - b).mean())


def test_there_are_sixteen_at_five_levels_each() -> None:
    assert len(CORRUPTIONS) == 16
    assert LEVELS == (1, 2, 3, 4, 5)
    for corruption in CORRUPTIONS.values():
        rising = np.diff(corruption.levels)
        assert len(corruption.levels) == 5
        assert (rising > 0).all() or (rising < 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_shape_and_type_stay_and_the_picture_itself_too(name: str) -> None:
    for face in (FACES[0], COLOUR, COLOUR[:40, :, 1], np.asfortranarray(FACES[1])):
        before = face.copy()
        face.setflags(write=False)
        for level in LEVELS:
            after = changed(name, level, face)
            assert (after.shape, after.dtype) == (face.shape, np.uint8)
            assert not np.shares_memory(after, face)
        assert np.array_equal(face, before)


@given(st.integers(2, 40), st.integers(2, 40), st.booleans(), st.sampled_from(NAMES))
@settings(max_examples=60, deadline=None)
def test_any_size_is_taken(height: int, width: int, colour: bool, name: str) -> None:
    shape = (height, width, 3) if colour else (height, width)
    face = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for level in (1, 5):
        assert changed(name, level, face).shape == shape


@pytest.mark.parametrize("name", NAMES)
def test_level_0_is_the_picture_as_it_is(name: str) -> None:
    after = changed(name, 0)
    assert np.array_equal(after, FACES[0])
    assert not np.shares_memory(after, FACES[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_level_changes_more_than_the_one_below(name: str) -> None:
    means = [
        np.mean([far(changed(name, level, face, str(n)), face) for n, face in enumerate(FACES)])
        for level in (0, *LEVELS)
    ]
    assert (np.diff(means) > 0.3).all(), means


@pytest.mark.parametrize("name", NAMES)
def test_chance_comes_from_seed_and_id_alone(name: str) -> None:
    first = changed(name, 3)
    for other in NAMES:
        changed(other, 5, who="b")
    assert np.array_equal(changed(name, 3), first)
    others = [changed(name, 3, who=who) for who in "bcd"] + [changed(name, 3, seed=1)]
    same = [np.array_equal(other, first) for other in others]
    assert all(same) == (name not in BY_CHANCE)


def digest() -> str:
    found = sha256()
    for name in NAMES:
        for level in LEVELS:
            found.update(changed(name, level, who="a/ü.png").tobytes())
    return found.hexdigest()


def test_another_process_gives_the_same_pictures() -> None:
    code = "from transforms.test_corruptions import digest; print(digest())"
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


RELATIVE = [n for n in NAMES if n not in ("jpeg", "noise", "low_light", "low_contrast")]


@pytest.mark.parametrize("name", RELATIVE)
def test_lengths_are_shares_of_the_side(name: str) -> None:
    for n in range(4):
        large = draw_face(EMOTIONS[n], np.random.default_rng(n), 192)
        small = cv2.resize(large, (48, 48), interpolation=cv2.INTER_AREA)
        for level in (2, 5):
            one = cv2.resize(
                changed(name, level, large, str(n)), (48, 48), interpolation=cv2.INTER_AREA
            )
            other = changed(name, level, small, str(n))
            assert far(one, other) < max(0.25 * far(other, small), 2.5)


def test_noise_has_its_deviation_and_the_grain_of_48_pixels() -> None:
    for side in (24, 48, 96, 144):
        noisy = changed("noise", 3, flat(128, side)).astype(float)
        assert noisy.std() == pytest.approx(255 * 0.09, rel=0.06)
        assert noisy.mean() == pytest.approx(128, abs=2)
    twice = changed("noise", 3, flat(128, 96))
    assert np.array_equal(twice[::2, ::2], twice[1::2, 1::2])
    assert np.array_equal(twice[::2, ::2], changed("noise", 3, flat(128)))


def test_the_same_noise_grows_with_the_level() -> None:
    low, high = (changed("noise", level, flat(128)).astype(float) - 128 for level in (1, 5))
    assert np.corrcoef(low.ravel(), high.ravel())[0, 1] > 0.99


def test_noise_of_colours_is_drawn_for_each_channel() -> None:
    noisy = changed("noise", 3, np.full((48, 48, 3), 128, np.uint8)).reshape(-1, 3).astype(float)
    assert np.abs(np.corrcoef(noisy.T)[0, 1:]).max() < 0.1


def test_low_light_halves_the_light_and_counts_photons() -> None:
    dark = changed("low_light", 5, flat(200, 48)).astype(float)
    light = (dark / 255) ** 2.2 * 1000
    expected = (200 / 255) ** 2.2 * 1000 / 2**4
    assert light.mean() == pytest.approx(expected, rel=0.03)
    assert light.var() == pytest.approx(expected, rel=0.15)  # Poisson: mean and variance are one
    assert (changed("low_light", 3, flat(0)) == 0).all()


def test_over_exposure_by_hand() -> None:
    ramp = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (48, 1))
    stops = CORRUPTIONS["over_exposure"].levels[2]
    expected = np.minimum(np.arange(0, 240, 5) * 2 ** (stops / 2.2), 255)
    assert np.abs(changed("over_exposure", 3, ramp)[0] - expected).max() <= 0.51


@pytest.mark.parametrize("name", ["over_exposure", "low_contrast", "eyes_band", "random_patch"])
def test_grey_in_three_channels_stays_grey(name: str) -> None:
    grey = changed(name, 4)
    colour = changed(name, 4, np.repeat(FACES[0][..., None], 3, axis=2))
    assert (colour == grey[..., None]).all()


def test_low_contrast_by_hand() -> None:
    halves = np.repeat(np.array([[50, 150]], np.uint8), 24, axis=1).repeat(48, axis=0)
    assert np.unique(changed("low_contrast", 3, halves)).tolist() == [90, 110]  # 100 ∓ 0.2 · 50


def test_jpeg_is_the_codec_at_that_quality_with_its_colours_in_order() -> None:
    quality = [cv2.IMWRITE_JPEG_QUALITY, 18]
    coded = cv2.imdecode(cv2.imencode(".jpg", FACES[2], quality)[1], cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(changed("jpeg", 3, FACES[2]), coded)
    encoded = cv2.imencode(".jpg", cv2.cvtColor(COLOUR, cv2.COLOR_RGB2BGR), quality)[1]
    coded = cv2.cvtColor(cv2.imdecode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.array_equal(changed("jpeg", 3, COLOUR), coded)


def test_low_resolution_keeps_so_many_pixels() -> None:
    board = (np.indices((48, 48)).sum(0) % 2 * 255).astype(np.uint8)
    assert np.abs(changed("low_resolution", 5, board).astype(float) - 127.5).max() < 1
    tiny = np.ascontiguousarray(FACES[0][:10, :10])
    assert np.array_equal(changed("low_resolution", 5, tiny), tiny)


def spot(x: int, y: int, side: int = 97) -> Pixels:
    picture = np.zeros((side, side), np.uint8)
    picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    return picture


def middle(picture: Pixels) -> tuple[float, float]:
    """Where the light of a picture is: x and y from its middle."""
    y, x = np.indices(picture.shape) - (picture.shape[0] - 1) / 2
    light = picture / picture.sum()
    return float((x * light).sum()), float((y * light).sum())


def test_rotation_turns_by_its_degrees_to_both_sides() -> None:
    angles = []
    for who in "abcdefgh":
        x, y = middle(changed("rotation", 5, spot(48 + 20, 48), who))
        assert np.hypot(x, y) == pytest.approx(20, abs=0.3)
        angles.append(round(np.degrees(np.arctan2(y, x))))
    assert set(angles) == {-45, 45}


def test_shift_moves_by_its_share_in_all_directions() -> None:
    ways = [middle(changed("shift", 4, spot(48, 48), str(n))) for n in range(12)]
    assert [float(np.hypot(*way)) for way in ways] == pytest.approx([0.2 * 97] * 12, abs=0.3)
    assert len({(x > 0, y > 0) for x, y in ways}) == 4


def test_a_loose_crop_makes_the_face_smaller() -> None:
    x, y = middle(changed("loose_crop", 5, spot(48 + 12, 48 - 6)))
    assert (x, y) == pytest.approx((6, -3), abs=0.3)
    assert far(changed("loose_crop", 5, flat(77)), flat(77)) == 0


@pytest.mark.parametrize("name", ["rotation", "shift", "loose_crop"])
def test_what_a_frame_uncovers_shows_no_second_face(name: str) -> None:
    for who in "abcd":
        after = changed(name, 5, spot(48, 48), who)
        assert cv2.connectedComponents((after > 60).astype(np.uint8))[0] == 2  # ground and spot


def test_kernels_by_hand() -> None:
    across = line(4, 0)
    assert across.sum() == pytest.approx(1)
    assert (across.sum(1) > 0).sum() == 1
    assert (across[across.shape[0] // 2] > 0.02).sum() == 5
    down = line(4, np.pi / 2)
    assert np.allclose(across, down.T, atol=1e-6)
    flat_disk = disk(6.0)
    assert flat_disk.sum() == pytest.approx(1)
    assert 1 / flat_disk.max() == pytest.approx(np.pi * 36, rel=0.02)  # evenly over its area
    assert np.array_equal(flat_disk, flat_disk.T)


def spread(name: str, level: int) -> float:
    """How far a blur spreads a point, both ways together: its variance in pixels squared."""
    point = np.zeros((193, 193), np.uint8)
    point[92:101, 92:101] = 255  # not one pixel: uint8 would lose it
    light = changed(name, level, point).astype(float)
    y, x = np.indices(light.shape)
    total, (across, down) = light.sum(), ((x * light).sum(), (y * light).sum())
    away = (x - across / total) ** 2 + (y - down / total) ** 2
    own = 2 * (9**2 - 1) / 12  # of the point itself
    return float((away * light).sum() / total - own)


def test_blurs_spread_as_far_as_their_lengths_say() -> None:
    for level in (2, 3, 4):
        sigma, length, radius = (
            193 * CORRUPTIONS[name].levels[level - 1]
            for name in ("gaussian_blur", "motion_blur", "defocus_blur")
        )
        assert spread("gaussian_blur", level) == pytest.approx(2 * sigma**2, rel=0.1)
        assert spread("motion_blur", level) == pytest.approx(length**2 / 12, rel=0.1)
        assert spread("defocus_blur", level) == pytest.approx(radius**2 / 2, rel=0.1)


@pytest.mark.parametrize("name", ["gaussian_blur", "motion_blur", "defocus_blur"])
def test_blurs_keep_the_light(name: str) -> None:
    assert np.array_equal(changed(name, 5, flat(90)), flat(90))
    assert abs(changed(name, 5).mean() - FACES[0].mean()) < 3


def test_a_patch_has_one_grey_and_its_side_and_stays_inside() -> None:
    greys, places = set(), set()
    for n in range(20):
        for level, share in zip(LEVELS, CORRUPTIONS["random_patch"].levels, strict=True):
            on = {ground: changed("random_patch", level, flat(ground), str(n)) for ground in (0, 9)}
            patch = (on[0] != 0) | (on[9] != 9)  # its grey may be that of one ground
            side = round(48 * share)
            rows, columns = np.flatnonzero(patch.any(1)), np.flatnonzero(patch.any(0))
            assert len(rows) == len(columns) == np.ptp(rows) + 1 == np.ptp(columns) + 1 == side
            assert patch.sum() == side**2
        greys |= set(on[0][patch].tolist())
        places.add((int(rows[0]), int(columns[0])))
    assert len(greys) > 10
    assert len(places) > 15


@pytest.mark.parametrize(("name", "height"), [("eyes_band", 0.39), ("mouth_band", 0.75)])
def test_bands_are_black_and_lie_where_the_table_says(name: str, height: float) -> None:
    for level, share in zip(LEVELS, CORRUPTIONS[name].levels, strict=True):
        column = changed(name, level, flat(255, 200))[:, 100]
        black = np.flatnonzero(column == 0)
        assert len(black) == pytest.approx(200 * share, abs=2)
        assert black.mean() == pytest.approx(200 * height, abs=1)
    assert (changed(name, 5, flat(255, 200))[:, :20] == 255).all()


def test_the_bands_lie_where_eyes_and_mouths_were_measured() -> None:
    path = Path(__file__).parents[2] / "results" / "face_framing.json"
    measured = json.loads(path.read_text(encoding="utf-8"))["in_grey"]
    assert measured["eyes_height_in_frame"]["p50"] == pytest.approx(covers.EYES, abs=0.01)
    assert measured["mouth_height_in_frame"]["p50"] == pytest.approx(covers.MOUTH, abs=0.01)


def test_a_mask_covers_what_is_below_its_edge_in_the_colour_of_cloth() -> None:
    black = np.zeros((200, 200, 3), np.uint8)
    for level, top in zip(LEVELS, CORRUPTIONS["lower_face_mask"].levels, strict=True):
        worn = changed("lower_face_mask", level, black)
        cloth = np.flatnonzero(worn[:, 100].any(1))
        assert cloth[0] == pytest.approx(200 * top, abs=2)
        assert cloth[-1] == 199
        assert (worn[round(200 * top) + 4, 100] == (182, 205, 216)).all()
    grey = changed("lower_face_mask", 5, black[..., 0])
    assert grey[110, 100] == 199  # the luma of the cloth


def test_what_cannot_be_done_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="unknown corruption 'fog'; known: gaussian_blur"):
        changed("fog", 1)
    for level in (-1, 6):
        with pytest.raises(UsageError, match=f"level {level}: expected 0 .* or 1 to 5"):
            changed("noise", level)
    for bad in (FACES[0] / 255, FACES[0][None], np.zeros((1, 48), np.uint8), COLOUR[..., :2]):
        with pytest.raises(ImageError, match="a face is uint8"):
            changed("noise", 1, bad)  # type: ignore[arg-type]
