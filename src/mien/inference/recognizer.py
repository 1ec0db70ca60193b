"""Recognition: a picture → its faces, each with eight probabilities.

::

    recognizer = mien.load()
    for face in recognizer.recognize("photo.jpg"):
        print(face.emotion, face.confidence, face.box)
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import UsageError
from mien.inference.crop import VIEWS, Box, clip, usable, views
from mien.inference.detector import MIN_SCORE, Detection, Detector, Landmarks
from mien.inference.framed import ALIGN, faces_in
from mien.inference.model import Floats, Model
from mien.inference.sources import ColourOrder, Picture, load_picture
from mien.inference.upright import upright
from mien.preprocess import Pixels

WEIGHTS = Path(__file__).parent.parent / "weights" / "mien.onnx"
"""The weights that ship with mien."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face and the expression seen in it.

    Attributes:
        box: x, y, width, height in pixels of the (upright) picture, clipped to it.
        score: how sure the detector is that this is a face, 0–1; None for a box of your own.
        landmarks: right eye, left eye, tip of the nose, right and left corner of the mouth (the
            person's own right and left), in pixels; empty for a box of your own.
        emotion: the most probable of the eight emotions.
        confidence: its probability.
        probabilities: emotion → probability, in canonical order; they add up to 1.
        uncertain: the confidence is below the model's threshold, which was chosen for a wanted
            share of wrong answers among the others (``Model.head``). It was chosen on single
            crops, while this confidence is a mean over ``crop.VIEWS``, which is a little lower
            where they disagree. Always False for a model that has no threshold.
    """

    box: tuple[int, int, int, int]
    score: float | None
    landmarks: Landmarks
    emotion: str
    confidence: float
    probabilities: dict[str, float]
    uncertain: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the face as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Expression:
    """What is seen in a face crop: see the same names of ``Face``."""

    emotion: str
    confidence: float
    probabilities: dict[str, float]
    uncertain: bool = False

    @classmethod
    def of(cls, probabilities: Floats, below: float = 0.0) -> "Expression":
        """Return the expression of ``float32 [8]``, in the order of ``EMOTIONS``.

        Args:
            probabilities: they add up to 1.
            below: with a lower confidence it is uncertain; at 1 it always is.
        """
        named = dict(zip(EMOTIONS, probabilities.tolist(), strict=True))
        best = max(named, key=named.__getitem__)
        return cls(best, named[best], named, named[best] < below or below >= 1)


def load(
    model: str | Path | None = None,
    *,
    detector: str | Path | None = None,
    min_score: float = MIN_SCORE,
    threads: int | None = None,
) -> "Recognizer":
    """Return a recogniser, ready to use.

    Args:
        model: a file that ``mien export`` wrote; None takes the weights that ship with mien.
        detector: another YuNet file; None takes the one that is installed with mien.
        min_score: faces that the detector scores lower (0–1) are left out.
        threads: cores that the network may use; None takes two, where there are two.

    Raises:
        UsageError: ``min_score`` or ``threads`` is out of range.
        ModelFileError: a file is missing, damaged or of another kind.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"threads is at least 1, not {threads}")
    finder = Detector(detector, min_score=min_score)
    return Recognizer(Model.open(model or WEIGHTS, threads=threads), finder)


class Recognizer:
    """Detector and model together. Safe to share between threads."""

    def __init__(self, model: Model, detector: Detector) -> None:
        self.model = model
        self.detector = detector

    @overload
    def recognize(
        self,
        picture: Picture,
        *,
        colour_order: ColourOrder | None = None,
        boxes: Sequence[Box] | None = None,
    ) -> list[Face]: ...
    @overload
    def recognize(
        self,
        picture: list[Picture],
        *,
        colour_order: ColourOrder | None = None,
    ) -> list[list[Face]]: ...
    def recognize(
        self,
        picture: Picture | list[Picture],
        *,
        colour_order: ColourOrder | None = None,
        boxes: Sequence[Box] | None = None,
    ) -> list[Face] | list[list[Face]]:
        """Return the faces of a picture, the largest first; ``[]`` where there is none.

        Args:
            picture: a path, a Pillow image, or an array ``uint8 [H, W]`` or ``[H, W, 3]``; or a
                list of these, whose faces are classified together: a list of lists comes back.
            colour_order: ``"RGB"`` or ``"BGR"``; needed for arrays of three channels.
            boxes: faces you found yourself (x, y, width, height: forehead to chin, cheek to
                cheek); the detector is not asked, and the answers keep their order. They are
                taken as upright, whatever the model learnt from.

        Raises:
            ImageError: a picture cannot be read.
            UsageError: an array without its colour order, or a box outside the picture.
        """
        if isinstance(picture, list):
            if boxes is not None:
                raise UsageError("boxes go with one picture, not with a list of pictures")
            return self._faces([self._found(p, colour_order, None) for p in picture])
        return self._faces([self._found(picture, colour_order, boxes)])[0]

    def recognize_crops(
        self, crops: Sequence[Picture], *, colour_order: ColourOrder | None = None
    ) -> list[Expression]:
        """Return the expression of each face crop, without looking for faces.

        Args:
            crops: pictures (see ``recognize``), each filled by one face, as in FER-2013: from
                the hair line to the chin, and about as wide.
            colour_order: as in ``recognize``.

        Raises:
            UsageError: one picture instead of a list of them.
        """
        if not isinstance(crops, list | tuple):
            raise UsageError(f"crops: expected a list of pictures, not {type(crops).__name__}")
        ready = [self._small(load_picture(crop, colour_order)) for crop in crops]
        below = self.model.head.uncertain_below
        return [Expression.of(row, below) for row in self.model.emotions(ready)]

    def _found(
        self, picture: Picture, colour_order: ColourOrder | None, boxes: Sequence[Box] | None
    ) -> "_Found":
        pixels = load_picture(picture, colour_order)
        height, width = pixels.shape[:2]
        if boxes is None:
            seen = faces_in(pixels, self.detector)
        else:
            if len(boxes) and np.ndim(boxes[0]) == 0:
                raise UsageError("boxes: expected a list of (x, y, width, height), not one box")
            seen = [Detection(_own_box(b, width, height), np.nan, ()) for b in boxes]
        crops = [self._small(crop) for d in seen for crop in self._views(pixels, d)]
        return _Found([(d, clip(d.box, width, height)) for d in seen], crops)

    def _views(self, pixels: Pixels, found: Detection) -> list[Pixels]:
        """Return the crops of a face, upright where the model learnt from upright faces."""
        if self.model.info.faces != ALIGN or not found.landmarks:
            return views(pixels, found.box)
        return views(pixels, *upright(self.detector, pixels, found))

    def _small(self, crop: Pixels) -> Pixels:
        """Return a crop at the network's size, so that a list of pictures fits in memory."""
        return self.model.preprocessing.resized(crop)

    def _faces(self, pictures: "list[_Found]") -> list[list[Face]]:
        crops = [crop for found in pictures for crop in found.crops]
        each = self.model.emotions(crops).reshape(-1, len(VIEWS), len(EMOTIONS))
        below = self.model.head.uncertain_below
        answers = (Expression.of(row, below) for row in each.mean(1))
        return [
            [_face(detection, box, next(answers)) for detection, box in found.boxes]
            for found in pictures
        ]


@dataclass(frozen=True, slots=True)
class _Found:
    """The faces of one picture: what was detected with the clipped box, and the views of each."""

    boxes: list[tuple[Detection, tuple[int, int, int, int]]]
    crops: list[Pixels]


def _face(detection: Detection, box: tuple[int, int, int, int], seen: Expression) -> Face:
    score = None if np.isnan(detection.score) else detection.score
    return Face(
        box=box,
        score=score,
        landmarks=detection.landmarks,
        emotion=seen.emotion,
        confidence=seen.confidence,
        probabilities=seen.probabilities,
        uncertain=seen.uncertain,
    )


def _own_box(box: Sequence[float], width: int, height: int) -> Box:
    four = tuple(float(v) for v in box)
    if len(four) != 4 or not usable(four, width, height):
        raise UsageError(
            "a box is (x, y, width, height) in pixels, its middle inside the picture "
            f"({width}x{height}), not {four}"
        )
    return four
