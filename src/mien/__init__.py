"""mien recognises facial expressions.

::

    import mien

    recognizer = mien.load()
    for face in recognizer.recognize("photo.jpg"):
        print(face.emotion, face.confidence, face.box)
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["EMOTIONS", "Face", "Recognizer", "__version__", "load"]

if TYPE_CHECKING:
    from mien.emotions import EMOTIONS
    from mien.inference.recognizer import Face, Recognizer, load

_HOMES = {
    "EMOTIONS": "mien.emotions",
    "Face": "mien.inference.recognizer",
    "Recognizer": "mien.inference.recognizer",
    "load": "mien.inference.recognizer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mien' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
