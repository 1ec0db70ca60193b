"""How long does the audit of FER-2013 take, near copies included, and how much memory?

    MIEN_DATA=DIR python benchmarks/audit_fer2013.py [--faces]

DIR/fer2013 is prepared first, which is not timed. Limits: 60 s and 2 GB on two cores, for
`mien data audit --out`, with the page to look at. `--faces` adds the pass of the face detector,
which has no limit; the audit writes down how long each pass took.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULT = Path(__file__).parents[1] / "results" / "benchmark_audit.json"
LIMITS = {"seconds": 60.0, "peak_mb": 2000.0}


def measure(folder: Path, source: Path, words: list[str]) -> dict[str, object]:
    """Prepare and audit in processes of their own; this one stays small."""
    mien = [sys.executable, "-m", "mien", "data"]
    prepared, out = folder / "fer2013", folder / "audit"
    subprocess.run([*mien, "prepare", source, prepared], check=True, capture_output=True)
    start = time.perf_counter()
    child = subprocess.Popen(
        [*mien, "audit", prepared, "--out", out, *words], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"mien data audit ended with status {status}")
    audit = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": round(usage.ru_maxrss / 1000, 1),
        "page_mb": round((out / "gallery.html").stat().st_size / 1e6, 1),
        "audit": audit,
    }


def main() -> None:
    data = os.environ.get("MIEN_DATA")
    if not data:
        raise SystemExit("set MIEN_DATA to the folder that holds fer2013/")
    words = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="mien-benchmark-") as folder:
        measured = measure(Path(folder), Path(data) / "fer2013", words)
    from mien import runs

    within = measured["peak_mb"] <= LIMITS["peak_mb"] and (  # type: ignore[operator]
        bool(words) or measured["seconds"] <= LIMITS["seconds"]  # type: ignore[operator]
    )
    record = {"faces": bool(words), **measured, "limits": LIMITS, "within_limits": within}
    record["environment"] = runs.environment("opencv-python-headless")
    runs.write_json(RESULT, record)
    print(json.dumps({k: v for k, v in record.items() if k != "audit"}, indent=2))
    raise SystemExit(0 if within else 1)


if __name__ == "__main__":
    main()
