"""What a drawn face is made of, and how it is drawn by lot.

Expressions are combinations of action units of the Facial Action Coding System (P. Ekman and
W. V. Friesen, *Facial Action Coding System*, Consulting Psychologists Press, 1978). Lengths are
in face units: half the height of a head; x points to the picture's right, y down, and (0, 0) is
the middle of the head, between the eyes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from mien.emotions import canonical

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ActionUnits:
    """How strongly each FACS action unit acts, 0–1; sided ones as (picture's left, right)."""

    au1: float = 0.0  # inner brow raiser
    au2: float = 0.0  # outer brow raiser
    au4: float = 0.0  # brow lowerer
    au5: float = 0.0  # upper lid raiser
    au6: float = 0.0  # cheek raiser
    au7: float = 0.0  # lid tightener
    au9: float = 0.0  # nose wrinkler
    au10: float = 0.0  # upper lip raiser
    au15: float = 0.0  # lip corner depressor
    au20: float = 0.0  # lip stretcher
    au23: float = 0.0  # lip tightener
    au25: float = 0.0  # lips part
    au26: float = 0.0  # jaw drop
    au12: Range = (0.0, 0.0)  # lip corner puller
    au14: Range = (0.0, 0.0)  # dimpler


EXPRESSIONS: Mapping[str, Mapping[str, Range]] = MappingProxyType(
    {
        "anger": {"au4": (0.8, 1.0), "au5": (0.1, 0.5), "au7": (0.5, 0.9), "au23": (0.6, 1.0)},
        "contempt": {"au12": (0.6, 1.0), "au14": (0.6, 1.0)},  # one side of the face alone
        "disgust": {
            "au9": (0.7, 1.0),
            "au10": (0.7, 1.0),
            "au15": (0.3, 0.7),
            "au25": (0.0, 0.4),
        },
        "fear": {
            "au1": (0.8, 1.0),
            "au2": (0.3, 0.6),
            "au4": (0.4, 0.7),
            "au5": (0.7, 1.0),
            "au20": (0.7, 1.0),
            "au25": (0.6, 1.0),
        },
        "happiness": {"au6": (0.5, 1.0), "au12": (0.7, 1.0), "au25": (0.0, 1.0)},
        "neutral": {},
        "sadness": {"au1": (0.8, 1.0), "au4": (0.3, 0.6), "au15": (0.7, 1.0)},
        "surprise": {
            "au1": (0.7, 1.0),
            "au2": (0.8, 1.0),
            "au5": (0.6, 1.0),
            "au25": (0.8, 1.0),
            "au26": (0.5, 1.0),
        },
    }
)
"""Emotion → its action units and the range that each one's strength is drawn from.

The combinations are Ekman and Friesen's, save that lips may part (AU25) in happiness and
disgust too, and AU17 and AU27, which this drawing cannot tell from AU15 and AU26, are left out.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """The bones: every length in face units."""

    width: float  # half the head's width
    taper: float  # how much narrower the jaw is than the temples
    squareness: float
    chin: float
    eye_gap: float  # from the middle of the face to the middle of an eye
    eye_size: float
    eye_height: float
    eye_slant: float
    brow_height: float
    brow_thickness: float
    brow_arch: float
    nose_length: float
    nose_width: float
    mouth_height: float
    mouth_width: float
    lip: float
    hairline: float
    parting: float
    hair_volume: float


@dataclass(frozen=True, slots=True)
class Looks:
    """Tones (0 dark to 1 light, or positions in a palette) and what is worn."""

    skin: float
    hair: float
    iris: float
    lipstick: float
    age: float
    clothes: tuple[int, int, int]
    hair_style: Literal["bald", "short", "long"]
    beard: float  # 0 none, up to 1 full
    glasses: Literal["none", "round", "square"]


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in degrees; zoom and shift move the head inside the picture."""

    roll: float
    yaw: float
    pitch: float
    zoom: float
    shift_x: float
    shift_y: float
    gaze_x: float
    gaze_y: float


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp beside an even light: direction in degrees, strength 0–1."""

    azimuth: float
    elevation: float
    strength: float
    brightness: float


@dataclass(frozen=True, slots=True)
class Finish:
    """What the camera does, the wall behind, and the seed of the noise."""

    blur: float
    noise: float
    contrast: float
    wall: tuple[int, int, int]
    outline: float
    seed: int


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """All that ``render`` needs: the same parameters give the same bytes."""

    emotion: str
    units: ActionUnits
    shape: Shape
    looks: Looks
    pose: Pose
    light: Light
    finish: Finish


def sample(emotion: str, rng: np.random.Generator) -> FaceParameters:
    """Draw by lot somebody who shows ``emotion`` (a canonical name or an alias).

    Raises:
        UnknownEmotionError: no such emotion.
    """
    name = canonical(emotion)
    return FaceParameters(
        name,
        _units(name, rng),
        _shape(rng),
        _looks(rng),
        _pose(rng),
        _light(rng),
        _finish(rng),
    )


def _units(emotion: str, rng: np.random.Generator) -> ActionUnits:
    """Draw strengths; every face also moves a little in ways that mean nothing."""
    strength = rng.uniform(0.7, 1.0)
    stray = {f"au{n}": rng.uniform(0, 0.12) for n in (1, 2, 4, 5, 6, 7, 10, 15, 20, 23)}
    meant = {unit: strength * rng.uniform(*span) for unit, span in EXPRESSIONS[emotion].items()}
    pull, dimple = meant.pop("au12", 0.0), meant.pop("au14", 0.0)
    left, right = (1.0, 1.0) if emotion != "contempt" else rng.permutation((0.0, 1.0))
    tremble = rng.uniform(0, 0.08, 2)
    return ActionUnits(
        **(stray | meant),
        au12=(pull * left + tremble[0], pull * right + tremble[1]),
        au14=(dimple * left, dimple * right),
    )


def _shape(rng: np.random.Generator) -> Shape:
    return Shape(
        width=rng.uniform(0.7, 0.82),
        taper=rng.uniform(0.12, 0.34),
        squareness=rng.uniform(2.0, 2.5),
        chin=rng.uniform(0.96, 1.06),
        eye_gap=rng.uniform(0.29, 0.34),
        eye_size=rng.uniform(0.88, 1.14),
        eye_height=rng.uniform(-0.05, 0.04),
        eye_slant=rng.uniform(-0.02, 0.02),
        brow_height=rng.uniform(0.19, 0.23),
        brow_thickness=rng.uniform(0.022, 0.05),
        brow_arch=rng.uniform(0.01, 0.05),
        nose_length=rng.uniform(0.33, 0.4),
        nose_width=rng.uniform(0.1, 0.15),
        mouth_height=rng.uniform(0.56, 0.61),
        mouth_width=rng.uniform(0.24, 0.3),
        lip=rng.uniform(0.045, 0.08),
        hairline=rng.uniform(-0.72, -0.52),
        parting=rng.uniform(-0.6, 0.6),
        hair_volume=rng.uniform(1.04, 1.16),
    )


def _looks(rng: np.random.Generator) -> Looks:
    return Looks(
        skin=rng.uniform(),
        hair=rng.uniform(),
        iris=rng.uniform(),
        lipstick=rng.uniform(),
        age=rng.uniform(),
        clothes=_colour(rng, 30, 220),
        hair_style=("bald", "short", "long")[rng.choice(3, p=(0.1, 0.5, 0.4))],
        beard=rng.uniform(0.3, 1.0) if rng.uniform() < 0.2 else 0.0,
        glasses=("none", "round", "square")[rng.choice(3, p=(0.84, 0.08, 0.08))],
    )


def _pose(rng: np.random.Generator) -> Pose:
    return Pose(
        roll=float(np.clip(rng.normal(0, 6), -15, 15)),
        yaw=float(np.clip(rng.normal(0, 10), -22, 22)),
        pitch=float(np.clip(rng.normal(0, 5), -10, 10)),
        zoom=rng.uniform(0.92, 1.08),
        shift_x=rng.uniform(-0.06, 0.06),
        shift_y=rng.uniform(-0.06, 0.06),
        gaze_x=rng.uniform(-0.025, 0.025),
        gaze_y=rng.uniform(-0.01, 0.015),
    )


def _light(rng: np.random.Generator) -> Light:
    return Light(
        azimuth=rng.uniform(-65, 65),
        elevation=rng.uniform(-10, 60),
        strength=rng.uniform(0.15, 0.75),
        brightness=rng.uniform(0.75, 1.2),
    )


def _finish(rng: np.random.Generator) -> Finish:
    return Finish(
        blur=rng.uniform(0, 0.8),
        noise=rng.uniform(0, 9),
        contrast=rng.uniform(0.75, 1.15),
        wall=_colour(rng, 20, 235),
        outline=rng.uniform(0, 1),
        seed=int(rng.integers(2**32)),
    )


def _colour(rng: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    """Return a muted RGB colour: a grey with a tint."""
    red, green, blue = np.clip(rng.uniform(low, high) + rng.uniform(-25, 25, 3), 0, 255)
    return int(red), int(green), int(blue)
