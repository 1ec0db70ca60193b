"""How long does preparing FER-2013 from CSV take, and how much memory?

    MIEN_DATA=DIR python benchmarks/prepare_fer2013.py

DIR/fer2013 holds the hub Parquet files and fer2013new.csv. The CSV is written from them first,
which is not timed. Limits: 60 s and 1 GB for 35,887 rows on two cores; opening under 1 s.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULT = Path(__file__).parents[1] / "results" / "benchmark_prepare.json"
LIMITS = {"seconds": 60.0, "peak_mb": 1000.0, "open_seconds": 1.0}
OPEN = """
import sys, time
from mien.datasets.prepared import PreparedSet
start = time.perf_counter()
opened = PreparedSet.open(sys.argv[1])
opened.images(slice(None))
print(time.perf_counter() - start)
"""


def write_csv(source: Path, target: Path) -> None:
    """Write ``fer2013.csv`` from the Parquet files."""
    from mien.datasets.sources import open_source
    from mien.emotions import CODES

    numbers = [str(value) for value in range(256)]
    codes = {emotion: code for code, emotion in CODES["fer2013"].items()}
    with open_source(source, target.parent) as opened, target.open("w") as file:
        file.write("emotion,pixels,Usage\n")
        for picture in opened.source:
            assert picture.pixels is not None
            assert picture.label is not None
            pixels = " ".join([numbers[value] for value in picture.pixels.tobytes()])
            file.write(f"{codes[picture.label]},{pixels},{picture.source_split}\n")


def measure(folder: Path, votes: Path) -> dict[str, float]:
    """Prepare and open in fresh processes.

    This process stays small: the system counts its memory as the children's at their start.
    """
    mien = [sys.executable, "-m", "mien"]
    out = folder / "prepared"
    command = [*mien, "data", "prepare", folder / "fer2013.csv", out, "--votes", votes]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"mien data prepare ended with status {status}")
    opening = subprocess.run(
        [sys.executable, "-c", OPEN, out], check=True, capture_output=True, text=True
    )
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1000, 1),
        "open_seconds": round(float(opening.stdout), 3),
        "csv_mb": round((folder / "fer2013.csv").stat().st_size / 1e6, 1),
        "n": len((out / "manifest.csv").read_text(encoding="utf-8").splitlines()) - 1,
    }


def main() -> None:
    data = os.environ.get("MIEN_DATA")
    if not data:
        raise SystemExit("set MIEN_DATA to the folder that holds fer2013/")
    source = Path(data) / "fer2013"
    if len(sys.argv) == 2:
        write_csv(source, Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="mien-benchmark-") as folder:
        csv = Path(folder) / "fer2013.csv"
        subprocess.run([sys.executable, __file__, csv], check=True)
        measured = measure(Path(folder), source / "fer2013new.csv")
    from mien import runs

    within = all(measured[name] <= limit for name, limit in LIMITS.items())
    record = {**measured, "limits": LIMITS, "within_limits": within}
    record["environment"] = runs.environment("pillow", "opencv-python-headless") | {
        "command": ["python", "benchmarks/prepare_fer2013.py"]
    }
    runs.write_json(RESULT, record)
    print(json.dumps(record, indent=2))
    raise SystemExit(0 if within else 1)


if __name__ == "__main__":
    main()
