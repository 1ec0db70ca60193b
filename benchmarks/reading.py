"""How much faster is a prepared dataset read than its PNG files one by one?

    MIEN_DATA=DIR python benchmarks/reading.py

DIR/fer2013 is prepared first, which is not timed. Then, in turn and five times over: opening the
set and copying all pixels into one array, and opening each PNG with Pillow. Limit: 20 times.
"""

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.datasets.sources import open_source
from mien.datasets.store import prepare

RESULT = Path(__file__).parents[1] / "results" / "benchmark_reading.json"
LIMIT = 20.0
TIMES = 5


def whole(root: Path) -> np.ndarray:
    return np.array(PreparedSet.open(root).images(slice(None)))


def one_by_one(root: Path, files: list[str]) -> np.ndarray:
    pixels = np.empty((len(files), 48, 48), np.uint8)
    for place, file in enumerate(files):
        with Image.open(root / file) as picture:
            pixels[place] = np.asarray(picture)
    return pixels


def main() -> None:
    data = os.environ.get("MIEN_DATA")
    if not data:
        raise SystemExit("set MIEN_DATA to the folder that holds fer2013/")
    with tempfile.TemporaryDirectory(prefix="mien-benchmark-") as folder:
        with open_source(Path(data) / "fer2013", Path(folder)) as opened:
            root = prepare(opened.source, Path(folder) / "set", files=opened.files).root
        prepared = PreparedSet.open(root)
        files = prepared.manifest.files.tolist()
        assert np.array_equal(whole(root), one_by_one(root, files))
        seconds: dict[str, list[float]] = {"opened_and_read": [], "pixels_only": [], "png": []}
        for _ in range(TIMES):
            start = time.perf_counter()
            whole(root)
            seconds["opened_and_read"].append(time.perf_counter() - start)
            start = time.perf_counter()
            np.array(prepared.images(slice(None)))
            seconds["pixels_only"].append(time.perf_counter() - start)
            start = time.perf_counter()
            one_by_one(root, files)
            seconds["png"].append(time.perf_counter() - start)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    record = {
        "n": len(files),
        "median_seconds": {name: round(value, 4) for name, value in median.items()},
        "times_faster_with_opening": round(median["png"] / median["opened_and_read"], 1),
        "times_faster": round(median["png"] / median["pixels_only"], 1),
        "limit": LIMIT,
        "within_limits": median["png"] / median["pixels_only"] >= LIMIT,
        "environment": runs.environment("pillow"),
    }
    runs.write_json(RESULT, record)
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
