"""What two expressions have in common: the movements of the face that both are shown with.

The movements are the action units of the prototypes, and their usual variants, of the Facial
Action Coding System (Ekman, Friesen & Hager 2002, *FACS Investigator's Guide*; first
Ekman & Friesen 1978); contempt is from Ekman & Friesen 1986, *Motivation and Emotion*
10:159–168. They describe posed faces. People show much else (Barrett et al. 2019,
doi:10.1177/1529100619832930), so a sentence made from them is a hint, no finding.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

UNITS: Mapping[int, str] = MappingProxyType(
    {
        1: "raised inner brows",
        2: "raised outer brows",
        4: "lowered brows",
        5: "raised upper eyelids",
        6: "raised cheeks",
        7: "tightened eyelids",
        9: "a wrinkled nose",
        10: "a raised upper lip",
        11: "deeper folds beside the nose",
        12: "raised corners of the mouth",
        14: "a dimple at a corner of the mouth",
        15: "lowered corners of the mouth",
        16: "a lowered lower lip",
        17: "a raised chin",
        20: "stretched lips",
        23: "tightened lips",
        24: "pressed lips",
        25: "parted lips",
        26: "a dropped jaw",
    }
)
"""Action unit → how it looks."""

PROTOTYPES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "anger": frozenset({4, 5, 7, 10, 17, 23, 24}),
        "contempt": frozenset({14}),
        "disgust": frozenset({9, 10, 16, 17}),
        "fear": frozenset({1, 2, 4, 5, 20, 25, 26}),
        "happiness": frozenset({6, 12}),
        "neutral": frozenset(),
        "sadness": frozenset({1, 4, 6, 11, 15, 17}),
        "surprise": frozenset({1, 2, 5, 25, 26}),
    }
)
"""Emotion → its action units."""


def shared(first: str, second: str) -> list[str]:
    """Return the movements that two emotions are both shown with, from brow to jaw."""
    return [UNITS[unit] for unit in sorted(PROTOTYPES[first] & PROTOTYPES[second])]


def likeness(first: str, second: str) -> str:
    """Say in one sentence what two expressions have in common."""
    if "neutral" in (first, second):
        other = second if first == "neutral" else first
        return f"A neutral face is one without movement, and faint {other} comes close to it."
    common = shared(first, second)
    if not common:
        return "The textbook faces of the two have no movement in common."
    return f"The textbook faces of both can have {listed(common)}."


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
