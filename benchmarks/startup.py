"""How long a fresh process takes to its first answer, and what it holds in memory.

    python benchmarks/startup.py [--model FILE] [--out results/benchmark_startup.json]

Each figure is the median of seven processes. Time runs from before the process is started
until it has ended, the interpreter's own start included.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from mien import runs
from mien.inference.sources import sample_photograph

TIMES = 7
LIMITS = {"seconds": 0.8, "megabytes": 200}
HEAVY = ("torch", "matplotlib", "pandas", "lightning", "skimage", "scipy")
REPORT = (
    "import json, resource, sys; print(json.dumps({{"
    "'megabytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "
    "'heavy': sorted({heavy} & set(sys.modules)), 'answer': answer}}))"
)
PROBES = {
    "first_answer": "import mien; face, = mien.load({model}).recognize({sample}); "
    "answer = face.emotion",
    "import_mien": "import mien; answer = mien.__version__",
    "import_load": "from mien import load; answer = load.__name__",
    "help": "import sys; sys.argv = ['mien', '--help']\n"
    "from mien.cli.main import main\n"
    "try: main()\n"
    "except SystemExit as stop: answer = stop.code",
}


def measure(code):
    """Return the seconds of one process and what it said on its last line."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, **json.loads(done.stdout.splitlines()[-1])}


def median(code):
    measured = [measure(code) for _ in range(TIMES)]
    return {
        "seconds": round(statistics.median(m["seconds"] for m in measured), 3),
        "seconds_all": [round(m["seconds"], 3) for m in measured],
        "megabytes": round(statistics.median(m["megabytes"] for m in measured), 1),
        "heavy_modules": measured[0]["heavy"],
        "answer": measured[0]["answer"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model file; the shipped one by default")
    parser.add_argument("--out", type=Path, default=Path("results/benchmark_startup.json"))
    arguments = parser.parse_args()
    model = repr(str(arguments.model)) if arguments.model else "None"
    words = {"model": model, "sample": repr(str(sample_photograph())), "heavy": set(HEAVY)}
    measured = {name: median(f"{code}\n{REPORT}".format(**words)) for name, code in PROBES.items()}
    first = measured["first_answer"]
    record = {
        "what": "medians of fresh processes, from their start to their end",
        "n": TIMES,
        "model": arguments.model.name if arguments.model else "shipped",
        "limits": LIMITS,
        "reached": {name: first[name] <= limit for name, limit in LIMITS.items()}
        | {"no_heavy_modules": not any(m["heavy_modules"] for m in measured.values())},
        **measured,
        "load_average": round(os.getloadavg()[0], 2),
        "environment": runs.environment("onnxruntime", "opencv-python-headless", "pillow"),
    }
    runs.write_json(arguments.out, record)
    print(json.dumps({k: v for k, v in record.items() if k != "environment"}, indent=2))


if __name__ == "__main__":
    main()
