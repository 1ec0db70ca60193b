"""The label space: eight emotions, the names that sources give them, and each source's codes.

Everything maps by name. Integer codes mean something only together with the source that
uses them (``CODES``), because the orders differ between all of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mien.errors import UnknownEmotionError

EMOTIONS: tuple[str, ...] = (
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "neutral",
    "sadness",
    "surprise",
)
"""The eight canonical emotions, in the order of every array and table of mien."""

BASIC: tuple[str, ...] = tuple(e for e in EMOTIONS if e != "contempt")
"""The seven that FER-2013 and RAF-DB label: all but contempt."""

FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "anger": "angry",
        "contempt": "contempt",
        "disgust": "disgust",
        "fear": "fear",
        "happiness": "happy",
        "neutral": "neutral",
        "sadness": "sad",
        "surprise": "surprise",
    }
)
"""Canonical emotion → name of its folder in a prepared dataset."""

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "anger": ("angry", "ang", "an"),
    "contempt": ("contemptuous", "con", "co"),
    "disgust": ("disgusted", "dis", "di"),
    "fear": ("fearful", "scared", "afraid", "fea", "fe"),
    "happiness": ("happy", "joy", "joyful", "hap", "ha"),
    "neutral": ("neutrality", "normal", "neu", "ne"),
    "sadness": ("sad", "sa"),
    "surprise": ("surprised", "surprising", "sur", "su"),
}
_BY_NAME: Mapping[str, str] = {e: e for e in EMOTIONS} | {
    alias: emotion for emotion, aliases in _ALIASES.items() for alias in aliases
}


def _codes(*names: str, start: int = 0) -> Mapping[int, str]:
    return MappingProxyType({code: canonical(name) for code, name in enumerate(names, start)})


def canonical(name: str) -> str:
    """Return the canonical emotion that ``name`` stands for.

    Case and surrounding blanks do not matter: ``" Happy"`` is ``"happiness"``.

    Raises:
        UnknownEmotionError: no source uses this name; the message lists the known ones.
    """
    found = _BY_NAME.get(name.strip().lower()) if isinstance(name, str) else None
    if found is None:
        raise UnknownEmotionError(name, aliases())
    return found


def index(name: str) -> int:
    """Return the position of an emotion (or an alias of it) in ``EMOTIONS``."""
    return EMOTIONS.index(canonical(name))


def aliases() -> Mapping[str, tuple[str, ...]]:
    """Return every accepted spelling: canonical emotion → its aliases."""
    return MappingProxyType(dict(_ALIASES))


CODES: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        # Goodfellow et al. 2013, arXiv:1307.0414; the ``emotion`` column of fer2013.csv
        "fer2013": _codes("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
        # ``label`` of hub copies whose class names stand in alphabetical order
        "alphabetical": _codes("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"),
        # Li, Deng and Du 2017, doi:10.1109/CVPR.2017.277; list_patition_label.txt counts from 1
        "rafdb": _codes(
            "surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral", start=1
        ),
        # Lucey et al. 2010, doi:10.1109/CVPRW.2010.5543262; Emotion/*_emotion.txt
        "ckplus": _codes(
            "neutral", "anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise"
        ),
        # ckextended.csv, CK+ in the columns of fer2013.csv: FER-2013's codes and contempt
        "ckextended": _codes(
            "anger", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt"
        ),
        # Mollahosseini et al. 2017, arXiv:1708.03985; 8 to 10 are no emotion
        "affectnet": _codes(
            "neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt"
        ),
        # Zhang et al. 2015, arXiv:1609.06426; label.lst
        "expw": _codes("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
        # Barsoum et al. 2016, arXiv:1608.01041; order of the vote columns of fer2013new.csv
        "ferplus": _codes(
            "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"
        ),
    }
)
"""Label set → its integer codes. A code is never read without naming its source."""

LABEL_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fer2013": BASIC,
        "ferplus": EMOTIONS,
        "rafdb": BASIC,
        "ckplus": EMOTIONS,
        "affectnet": EMOTIONS,
        "jaffe": BASIC,
        "expw": BASIC,
        "seven": BASIC,
        "eight": EMOTIONS,
    }
)
"""Label set → the classes a model head for it answers with, in canonical order.

A label set says whose judgement the labels are. ``seven`` and ``eight`` are anybody's: of folders
and tables that a user brings, and of merged datasets.
"""
