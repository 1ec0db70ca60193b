"""How do time and memory of `prepare` grow with the number of pictures?

    python benchmarks/scale.py [COUNT …]

Made-up pictures of 48x48, as many as are named (35 thousand to a million), each count in a
process of its own: prepared, then opened. Memory is the peak above what the process held when
mien had been imported. Takes about 7 GB of disk for a million.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Picture
from mien.datasets.store import prepare
from mien.emotions import EMOTIONS

RESULT = Path(__file__).parents[1] / "results" / "benchmark_scale.json"
COUNTS = (35_000, 100_000, 300_000, 1_000_000)
SPLITS = ("train",) * 8 + ("val", "test")


class MadeUp:
    """Pictures of random rough patches; one in fifty is an exact copy of an earlier one."""

    name, label_set, layout = "made-up", "eight", "made-up pictures"
    keeps_row_order, has_splits = False, True

    def __init__(self, count: int) -> None:
        self.count = count
        self.notes: list[str] = []

    def __iter__(self) -> Iterator[Picture]:
        import cv2
        import numpy as np

        for number in range(self.count):
            seed = number // 2 if number % 50 == 49 else number
            rough = np.random.default_rng(seed).integers(0, 256, (12, 12), np.uint8)
            yield Picture(
                id=f"p{number:07d}",
                where=f"row {number}",
                source_split="",
                split=SPLITS[number % 10],
                label=EMOTIONS[number // 10 % 8],
                pixels=cv2.resize(rough, (48, 48), interpolation=cv2.INTER_LINEAR),
                subject=f"person {number // 20}" if number % 2 else "",
            )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(count: int) -> dict[str, float]:
    """Prepare and open ``count`` pictures in this process."""
    with tempfile.TemporaryDirectory(prefix="mien-benchmark-") as folder:
        next(iter(MadeUp(1)))
        held = peak()
        start = time.perf_counter()
        root = prepare(MadeUp(count), Path(folder) / "out").root
        seconds, prepared = time.perf_counter() - start, peak()
        probe = [sys.executable, __file__, "--open", str(root)]
        opened = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)
    return {
        "pictures": count,
        "prepare_seconds": round(seconds, 1),
        "pictures_a_second": round(count / seconds),
        "prepare_mb_above_start": round(prepared - held, 1),
        **opened,
    }


def opening(root: str) -> dict[str, float]:
    held, start = peak(), time.perf_counter()
    PreparedSet.open(root)
    seconds = time.perf_counter() - start
    return {
        "open_seconds": round(seconds, 2),
        "open_mb_above_start": round(peak() - held, 1),
    }


def main() -> None:
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(measure(int(words[1]))))
        return
    if words[:1] == ["--open"]:
        print(json.dumps(opening(words[1])))
        return
    rows = []
    for count in [int(word) for word in words] or COUNTS:
        command = [sys.executable, __file__, "--one", str(count)]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
        print(rows[-1], flush=True)
    runs.write_json(RESULT, {"counts": rows, "environment": runs.environment()})


if __name__ == "__main__":
    main()
