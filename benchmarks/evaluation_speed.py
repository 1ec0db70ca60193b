"""How long a full evaluation takes, and how much memory, against their limits.

    python benchmarks/evaluation_speed.py DATA [--model mien.onnx] [--robustness] [--out FILE]

DATA is the prepared FER-2013; its test split is answered and scored by ``mien evaluate`` with
every interval, calibration and picture (limit 30 s on two cores), and with ``--robustness`` by
``mien robustness``, the whole grid (limit 10 minutes); 1 GB each. Each is a process of its own:
its time by the clock, its processor time and its peak memory. On a machine with other work the
clock says little; processor time over two cores is printed beside it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mien.inference.recognizer import WEIGHTS
from mien.runs import environment, write_json

LIMITS = {"evaluate": 30.0, "robustness": 600.0}
MEMORY = 1000.0
CORES = 2


def measured(command, limit):
    """Run a command; return seconds, processor seconds and peak memory of it alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    load, start = os.getloadavg()[0], time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = {
        "seconds": round(seconds, 1),
        "processor_seconds": round(cpu, 1),
        "processor_seconds_by_cores": round(cpu / CORES, 1),
        "limit": limit,
        "megabytes": round(after.ru_maxrss / 1000, 1),
        "load_before": round(load, 1),
    }
    print(json.dumps(found), flush=True)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--robustness", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("results/benchmark_evaluation.json"))
    given = parser.parse_args()
    names = ("evaluate", "robustness") if given.robustness else ("evaluate",)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            command = [sys.executable, "-m", "mien", name, str(given.model)]
            command += ["--data", str(given.data), "--out", str(Path(folder) / name)]
            found[name] = measured(command, LIMITS[name])
    write_json(
        given.out,
        {
            "what": "mien evaluate and mien robustness on PrivateTest with the shipped model",
            "cores": CORES,
            "memory_limit_megabytes": MEMORY,
            "environment": environment("onnxruntime"),
            **found,
        },
    )


if __name__ == "__main__":
    main()
