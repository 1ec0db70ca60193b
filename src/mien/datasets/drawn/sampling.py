"""Drawing by lot who is drawn, and what their face does."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from mien.datasets.drawn.parameters import (
    ActionUnits,
    FaceParameters,
    Finish,
    Light,
    Looks,
    Pose,
    Range,
    Shape,
)
from mien.emotions import canonical

EXPRESSIONS: Mapping[str, Mapping[str, Range]] = MappingProxyType(
    {
        "anger": {"au4": (0.8, 1.0), "au5": (0.1, 0.5), "au7": (0.5, 0.9), "au23": (0.6, 1.0)},
        "contempt": {"au12": (0.75, 1.0), "au14": (0.7, 1.0)},  # one side of the face alone
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
        "happiness": {"au6": (0.5, 1.0), "au12": (0.75, 1.0), "au25": (0.0, 1.0)},
        "neutral": {},
        "sadness": {"au1": (0.8, 1.0), "au4": (0.3, 0.6), "au15": (0.7, 1.0)},
        "surprise": {
            "au1": (0.7, 1.0),
            "au2": (0.8, 1.0),
            "au5": (0.6, 1.0),
            "au25": (0.8, 1.0),
            "au26": (0.65, 1.0),
        },
    }
)
"""Emotion → its action units and the range that each one's strength is drawn from.

The combinations follow the prototypes that go with the Facial Action Coding System, reduced to
what 48 pixels can show. Deviations: lips may part (AU25) in happiness and disgust; fear has no
lid tightener (AU7); chin raiser (AU17), lower lip depressor (AU16) and mouth stretch (AU27) are
left out, since this drawing could not tell them from AU15 and AU26.
"""


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
    stray = {f"au{n}": rng.uniform(0, 0.1) for n in (1, 2, 4, 5, 6, 7, 10, 15, 20, 23)}
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
        strength=rng.uniform(0.15, 0.65),
        brightness=rng.uniform(0.8, 1.12),
    )


def _finish(rng: np.random.Generator) -> Finish:
    return Finish(
        blur=rng.uniform(0, 0.65),
        noise=rng.uniform(0, 8),
        contrast=rng.uniform(0.75, 1.15),
        wall=_colour(rng, 20, 235),
        outline=rng.uniform(0, 1),
        seed=int(rng.integers(2**32)),
    )


def _colour(rng: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    """Return a muted RGB colour: a grey with a tint."""
    red, green, blue = np.clip(rng.uniform(low, high) + rng.uniform(-25, 25, 3), 0, 255)
    return int(red), int(green), int(blue)
