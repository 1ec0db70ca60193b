"""What a drawn face is made of.

Expressions are combinations of action units of the Facial Action Coding System (P. Ekman and
W. V. Friesen, *Facial Action Coding System*, Consulting Psychologists Press, 1978). Lengths are
in face units: half the height of a head; x points to the picture's right, y down, and (0, 0) is
the middle of the head, between the eyes.
"""

from dataclasses import dataclass
from typing import Literal

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
