"""Models that answer without a network, and small sets that they learnt from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from made_runs import write
from made_sets import make, picture

from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels
from mien.emotions import BASIC, EMOTIONS
from mien.evaluation.answering import Answering


def textured(number: int, side: int = 48) -> Pixels:
    """Return a picture of its own, with coarse and fine parts."""
    rough = np.random.default_rng(number).integers(0, 256, (9, 9), dtype=np.uint8)
    return np.asarray(cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def darker(pixels: Pixels) -> Pixels:
    """Return a near copy."""
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=0.5), np.uint8)


def learnt_set(root: Path, count: int = 8, **more: Any) -> PreparedSet:
    """Prepare ``count`` pictures for training, and half as many for val and for test."""
    pictures = []
    for split, first, n in (("train", 0, count), ("val", 100, count // 2), ("test", 200, count)):
        pictures += [
            picture(f"{split}{k}", 0, BASIC[k % 7], split, pixels=textured(first + k))
            for k in range(n)
        ]
    return make(root, pictures, **more)


def run_of(root: Path, learnt: PreparedSet | None, **data: Any) -> Path:
    """Write the ``data.json`` of a run on a dataset; None: it records nothing."""
    record: dict[str, Any] = {}
    if learnt is not None:
        record = {
            "name": learnt.name,
            "sha256": learnt.sha256,
            "left_out": [],
            "rows": {"train": len(learnt.where("train"))},
            "fold": None,
        }
    write(root / "data.json", record | data)
    return root


def answering(
    root: Path,
    learnt: Path | None = None,
    heads: dict[str, tuple[str, ...]] | None = None,
    name: str = "",
) -> Answering:
    """Return a model whose answer is the class of the brightest of as many strips of a picture."""
    classes = heads or {"fer2013": BASIC}

    def logits(faces: Sequence[Pixels]) -> dict[str, Any]:
        found = {}
        for head, names in classes.items():
            parts = [np.array_split(face.mean(0), len(names)) for face in faces]
            found[head] = np.array([[p.mean() / 16 for p in row] for row in parts], np.float32)
        return found

    return Answering(
        path=root,
        name=name or root.name,
        sha256="f" * 64,
        faces="",
        classes=classes,
        fitted={},
        learnt=learnt,
        logits=logits,
    )


EIGHT = {"eight": EMOTIONS}
