"""What does a merge of FER-2013 and facial_expressions hold, and how long does it take?

    MIEN_DATA=DIR python benchmarks/merge_fer2013_expressions.py
    python benchmarks/merge_fer2013_expressions.py DIR

DIR/fer2013 holds the hub Parquet files and fer2013new.csv, DIR/expressions the pictures and the
legend of muxspace/facial_expressions. Both are prepared into a temporary folder, which is not
timed, and merged into eight emotions in four ways. Kept are counts, no names of pictures.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parents[1] / "results" / "merged_fer2013_expressions.json"
SETS = ("fer2013", "expressions")
WAYS = {
    "as_they_are": [],
    "grey_48": ["--size", "48", "--grey"],
    "grey_48_ferplus_labels": ["--size", "48", "--grey", "--labels", "ferplus"],
    "grey_48_new_split": ["--size", "48", "--grey", "--split", "80/10/10"],
}
KEPT = ("label_set", "split", "splits", "unreadable", "framing", "merged")


def run(*words: object) -> dict[str, float]:
    """Run ``mien data`` in a fresh process; return what it took."""
    command = [sys.executable, "-m", "mien", "data", *map(str, words)]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"mien data {words[0]} ended with status {status}")
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1000, 1),
    }


def merged(folder: Path, words: list[str]) -> dict[str, Any]:
    """Merge the two sets in one way; return what is kept of the record."""
    out = folder / "merged"
    sets = [folder / name for name in SETS]
    took = run("merge", *sets, "--out", out, "--overwrite", *words)
    record = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    kept = {key: record[key] for key in KEPT}
    return {"options": words, "n": record["pictures"], **took, **kept}


def main() -> None:
    data = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MIEN_DATA")
    if not data:
        raise SystemExit("set MIEN_DATA to the folder that holds fer2013/ and expressions/")
    with tempfile.TemporaryDirectory(prefix="mien-benchmark-") as name:
        folder = Path(name)
        for one in SETS:
            run("prepare", Path(data) / one, folder / one, "--skip-bad")
        ways = {way: merged(folder, words) for way, words in WAYS.items()}
    from mien import runs

    record = {"ways": ways, "environment": runs.environment("pillow", "opencv-python-headless")}
    record["environment"]["command"] = ["python", "benchmarks/merge_fer2013_expressions.py"]
    runs.write_json(RESULT, record)
    print(json.dumps({way: found["merged"]["by_origin"] for way, found in ways.items()}, indent=2))


if __name__ == "__main__":
    main()
