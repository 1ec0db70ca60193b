"""What is measured in pictures: light, and the pose of a face."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sets import make, picture

from mien.datasets.auditing.light import measured
from mien.datasets.drawn import render, sample
from mien.evaluation.groups import looks
from mien.inference.detector import Detection

ANGLES = [(yaw, roll) for yaw in (-50, -20, 0, 5, 35) for roll in (-40, 0, 25)]


def landmarks(yaw: float, roll: float, size: float = 20) -> Any:
    """Five points of a head seen from afar: eyes one unit apart, the nose half a unit before."""
    across, around = math.radians(yaw), math.radians(roll)
    points = np.array([(-0.5, 0, 0), (0.5, 0, 0), (0, 0.6, 0.5), (-0.4, 1.1, 0), (0.4, 1.1, 0)])
    x = points[:, 0] * math.cos(across) + points[:, 2] * math.sin(across)
    y = points[:, 1]
    turned = np.stack(
        [x * math.cos(around) - y * math.sin(around), x * math.sin(around) + y * math.cos(around)]
    )
    return tuple(map(tuple, (size * turned.T + 30).tolist()))


@pytest.mark.parametrize(("yaw", "roll"), ANGLES)
def test_the_yaw_of_a_head_seen_from_afar_is_exact_and_free_of_its_roll(
    yaw: float, roll: float
) -> None:
    assert looks.yaw(landmarks(yaw, roll)) == pytest.approx(yaw)
    assert looks.yaw(landmarks(yaw, roll, size=3)) == pytest.approx(yaw)


def test_eyes_in_one_place_are_a_profile() -> None:
    assert looks.yaw(((3, 3), (3, 3), (5, 4), (3, 6), (3, 6))) == 90
    assert looks.yaw(((3, 3), (3, 3), (1, 4), (3, 6), (3, 6))) == -90


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Drawn heads, turned by known angles, as a prepared set."""
    rng, angles, pictures = np.random.default_rng(0), [], []
    for n in range(60):
        drawn = sample("neutral", np.random.default_rng((5, n)))
        yaw, roll = rng.uniform(-30, 30), rng.uniform(-20, 20)
        pose = replace(drawn.pose, yaw=yaw, roll=roll)
        angles.append((abs(yaw), abs(roll)))
        pictures.append(picture(f"p{n}", 0, pixels=render(replace(drawn, pose=pose), 48)))
    return make(tmp_path_factory.mktemp("heads") / "set", pictures), np.array(angles)


def test_measured_angles_put_drawn_heads_in_order(heads: Any) -> None:
    prepared, angles = heads
    found = looks.face(prepared, np.arange(60))
    there = ~np.isnan(found["yaw"])
    assert there.mean() > 0.95
    for column, name in enumerate(("yaw", "roll")):
        likeness = np.corrcoef(found[name][there], angles[there, column])[0, 1]
        assert likeness > 0.75, name
    assert 25 < np.median(found["face_size"][there]) < 60


def test_a_face_gives_size_and_angles_and_a_picture_without_one_nothing(tmp_path: Path) -> None:
    prepared = make(tmp_path / "set", [picture("a", 1), picture("b", 2), picture("c", 3)])
    faces = [[Detection((0, 0, 4, 9), 0.9, landmarks(-20, 10))], []]
    said: list[tuple[Any, ...]] = []
    found = looks.face(
        prepared, np.array([2, 0]), lambda *told: said.append(told), lambda _: faces.pop(0)
    )
    assert set(found) == set(looks.FACE)
    assert [values[0] for values in found.values()] == pytest.approx([6, 20, 10])
    assert all(np.isnan(values[1]) for values in found.values())
    assert said[-1] == ("looking for landmarks", 2, 2)


def test_light_is_that_of_the_audit(tmp_path: Path) -> None:
    flat = np.full((8, 8), 200, np.uint8)
    prepared = make(tmp_path / "set", [picture("a", 1), picture("b", 0, pixels=flat)])
    found = looks.light(prepared, np.array([1, 0]))
    assert [values[1] for values in found.values()] == list(measured(prepared.pixels(0)))
    assert (found["brightness"][0], found["contrast"][0]) == (200, 0)
    assert np.isnan(found["sharpness"][0])
