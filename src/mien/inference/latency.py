"""How fast a model file answers on this machine."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np

from mien.inference.model import Model
from mien.preprocess import Pixels

WARM_UP = 20
SINGLE, BATCH, FACES = 200, 30, 64
"""How many calls are measured with one face, with many, and how many those are."""


def measure(
    model: Model, *, single: int = SINGLE, batch: int = BATCH, warm_up: int = WARM_UP
) -> dict[str, Any]:
    """Return how long a model takes from crops to probabilities, preprocessing included.

    The pictures are noise of the size that the network takes: its time does not depend on what
    they show.

    Args:
        model: an open model file; its threads are those it was opened with.
        single: calls with one face.
        batch: calls with ``FACES`` faces.
        warm_up: calls of each kind before, which are not counted.

    Returns:
        ``warm_up``, ``single`` and ``batch``: ``faces`` a call, ``runs``, ``median_ms`` and
        ``p95_ms`` of a call, and ``faces_per_second``, from the median.
    """
    spec = model.preprocessing
    shape = (spec.size, spec.size) if spec.channels == 1 else (spec.size, spec.size, 3)
    rng = np.random.default_rng(0)
    faces = [rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(FACES)]
    return {
        "warm_up": warm_up,
        "single": _timed(model, faces[:1], single, warm_up),
        "batch": _timed(model, faces, batch, warm_up),
    }


def _timed(model: Model, faces: Sequence[Pixels], runs: int, warm_up: int) -> dict[str, Any]:
    for _ in range(warm_up):
        model.probabilities(faces)
    seconds = np.empty(runs)
    for run in range(runs):
        start = perf_counter()
        model.probabilities(faces)
        seconds[run] = perf_counter() - start
    median = float(np.median(seconds))
    return {
        "faces": len(faces),
        "runs": runs,
        "median_ms": 1000 * median,
        "p95_ms": 1000 * float(np.percentile(seconds, 95)),
        "faces_per_second": len(faces) / median,
    }
