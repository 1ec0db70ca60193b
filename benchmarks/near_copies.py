"""What the search for near copies finds, and what it takes.

    python benchmarks/near_copies.py DATA [--part NAME …]     (DATA holds fer2013/, expressions/)

1. Known copies: pictures of FER-2013's validation split are changed in a known way and hidden
   among the whole set; how many are found.
2. Different people: pairs of ``expressions`` whose file names say that they show two people.
3. Growth: made-up pictures, 35 thousand to a million, one in twenty a changed copy of another;
   time and memory of the search, each count in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien import runs
from mien.datasets import near
from mien.datasets.audit import group_ids
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Pixels
from mien.datasets.sources import open_source
from mien.datasets.store import prepare

OUT = Path(__file__).parent.parent / "results" / "near_copies.json"
COPIES = 1000
COUNTS = (35_000, 100_000, 300_000, 1_000_000)


def moved(picture: Pixels, dx: float = 0, dy: float = 0, scale: float = 1) -> Pixels:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 0, scale)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def jpeg(picture: Pixels, quality: int) -> Pixels:
    data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def smaller(picture: Pixels, side: int) -> Pixels:
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC)


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG quality 75": lambda p: jpeg(p, 75),
    "JPEG quality 30": lambda p: jpeg(p, 30),
    "moved 1 px": lambda p: moved(p, 1, 1),
    "moved 2 px": lambda p: moved(p, -2, 2),
    "moved 3 px": lambda p: moved(p, 3, -3),
    "moved 4 px": lambda p: moved(p, 4, 4),
    "scaled 0.95": lambda p: moved(p, scale=0.95),
    "scaled 1.05": lambda p: moved(p, scale=1.05),
    "scaled 1.1": lambda p: moved(p, scale=1.1),
    "brighter by 30 %": lambda p: cv2.convertScaleAbs(p, alpha=1.3),
    "half as bright": lambda p: cv2.convertScaleAbs(p, alpha=0.5),
    "contrast halved": lambda p: cv2.convertScaleAbs(p, alpha=0.5, beta=64),
    "gamma 0.6": lambda p: (255 * (p / 255.0) ** 0.6).astype(np.uint8),
    "shrunk to 24 px": lambda p: smaller(p, 24),
    "moved 2 px, scaled 1.05, JPEG 50": lambda p: jpeg(moved(p, 2, -1, 1.05), 50),
    "turned by 5 degrees (not claimed)": lambda p: cv2.warpAffine(
        p, cv2.getRotationMatrix2D((23.5, 23.5), 5, 1), (48, 48), borderMode=cv2.BORDER_REPLICATE
    ),
    "mirrored (not claimed)": lambda p: np.ascontiguousarray(p[:, ::-1]),
}


def known_copies(prepared: PreparedSet) -> dict[str, Any]:
    """Hide changed copies among all pictures and count those that are found."""
    groups = group_ids(prepared.manifest.hashes)
    single = np.flatnonzero(groups == np.arange(len(groups)))
    pool = [prepared.pixels(int(n)) for n in single]
    rng = np.random.default_rng(0)
    chosen = rng.choice(np.flatnonzero(prepared.split[single] == "val"), COPIES, replace=False)
    hidden = [change(pool[n]) for change in CHANGES.values() for n in chosen]
    every = [*pool, *hidden]
    pairs = near.near_pairs(len(every), every.__getitem__)
    of = np.tile(chosen, len(CHANGES)) * len(every) + np.arange(len(pool), len(every))
    hits = np.isin(of, pairs.first * len(every) + pairs.second).reshape(len(CHANGES), COPIES)
    return {
        "hidden_of_each": COPIES,
        "among": len(pool),
        "found": dict(zip(CHANGES, hits.mean(1).round(4).tolist(), strict=True)),
    }


def among_themselves(prepared: PreparedSet) -> dict[str, Any]:
    """Search the set as it is; time, memory and counts."""
    groups = group_ids(prepared.manifest.hashes)
    single = np.flatnonzero(groups == np.arange(len(groups)))
    start = time.perf_counter()
    pairs = near.near_pairs(len(single), lambda n: prepared.pixels(int(single[n])))
    seconds = time.perf_counter() - start
    ends = prepared.split[single][np.stack([pairs.first, pairs.second])]
    held = leaked(prepared, single, pairs)
    return {
        "unique_pictures": len(single),
        "pairs": len(pairs.first),
        "pairs_across_splits": int((ends[0] != ends[1]).sum()),
        "seconds": round(seconds, 1),
        "test_with_copy_or_near_copy_in_train": held,
    }


def leaked(prepared: PreparedSet, single: Any, pairs: near.Pairs) -> int:
    """Count PrivateTest pictures with an exact or a near copy in Training."""
    groups = group_ids(prepared.manifest.hashes)
    place = np.searchsorted(single, groups)
    adjacent = {n: {n} for n in range(len(single))}
    for a, b in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True):
        adjacent[a].add(b)
        adjacent[b].add(a)
    train = set(place[prepared.split == "train"].tolist())
    test = place[prepared.split == "test"].tolist()
    return sum(bool(adjacent[n] & train) for n in test)


def different_people(folder: Path) -> dict[str, Any]:
    """Count near pairs of two people among all pairs of two people."""
    with tempfile.TemporaryDirectory() as work, open_source(folder, Path(work)) as opened:
        prepared = PreparedSet.open(
            prepare(opened.source, Path(work) / "set", files=opened.files).root
        )
        groups = group_ids(prepared.manifest.hashes)
        who = prepared.manifest.subjects
        rows = np.flatnonzero((who != "") & (groups == np.arange(len(groups))))
        pixels = [np.array(prepared.pixels(int(n))) for n in rows]
        pairs = near.near_pairs(len(rows), pixels.__getitem__)
        names, counts = np.unique(who[rows], return_counts=True)
        same = who[rows][pairs.first] == who[rows][pairs.second]
        every = len(rows) * (len(rows) - 1) // 2 - int((counts * (counts - 1) // 2).sum())
    return {
        "pictures": len(rows),
        "people": len(names),
        "pairs_of_two_people": every,
        "near_pairs_of_one_person": int(same.sum()),
        "near_pairs_of_two_people": int((~same).sum()),
    }


def made_up(number: int, count: int) -> Pixels:
    """Return a picture of random low frequencies; one in twenty is a copy of an earlier one."""
    copy = number % 20 == 19
    rng = np.random.default_rng(number - 19 + number // 20 % 19 if copy else number)
    rough = rng.integers(0, 256, (12, 12), dtype=np.uint8)
    picture = cv2.resize(rough, (48, 48), interpolation=cv2.INTER_CUBIC)
    return jpeg(moved(picture, 1, -1), 60) if copy else picture


def growth(count: int) -> dict[str, Any]:
    """Search ``count`` made-up pictures in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    for number in range(count):
        made_up(number, count)
    making = time.perf_counter() - start
    start = time.perf_counter()
    asked = [0]

    def pixels(number: int) -> Pixels:
        asked[0] += 1
        return made_up(number, count)

    pairs = near.near_pairs(count, pixels)
    seconds = time.perf_counter() - start
    copies = np.arange(19, count, 20)
    own = copies - 19 + copies // 20 % 19
    hits = np.isin(own * count + copies, pairs.first * count + pairs.second).mean()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "pictures": count,
        "seconds_searching": round(seconds - making * asked[0] / count, 1),
        "seconds_making_pictures": round(making * asked[0] / count, 1),
        "pairs": len(pairs.first),
        "found_of_the_hidden": round(float(hits), 4),
        "peak_mb_above_start": round((after - before) / 1024, 1),
    }


def growths(data: Path) -> list[dict[str, Any]]:
    """Search made-up pictures, each count in a process of its own.

    This process must be small: the system counts its memory as theirs at their start.
    """
    command = [sys.executable, __file__, "--growth"]
    return [
        json.loads(subprocess.run([*command, str(n)], check=True, capture_output=True).stdout)
        for n in COUNTS
    ]


def on_fer2013(measure: Callable[[PreparedSet], dict[str, Any]], data: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as work, open_source(data / "fer2013", Path(work)) as opened:
        root = prepare(opened.source, Path(work) / "fer2013", files=opened.files).root
        return measure(PreparedSet.open(root))


PARTS: dict[str, Callable[[Path], Any]] = {
    "growth": growths,
    "fer2013": lambda data: on_fer2013(among_themselves, data),
    "known_copies": lambda data: on_fer2013(known_copies, data),
    "different_people": lambda data: different_people(data / "expressions"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: all of them")
    parser.add_argument("--growth", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if given.growth:
        print(json.dumps(growth(given.growth)))
        return
    result = runs.read_json(OUT) if OUT.is_file() else {}
    for name in given.part or PARTS:
        result[name] = {
            "result": PARTS[name](given.data),
            "threshold": near.THRESHOLD,
            "environment": runs.environment("opencv-python-headless"),
        }
        runs.write_json(OUT, result)
        print(name, json.dumps(result[name]["result"], indent=2), flush=True)


if __name__ == "__main__":
    main()
