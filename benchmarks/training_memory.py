"""How much memory does training mien's own networks on FER-2013 take at most, on a CPU?

    python benchmarks/training_memory.py DATA [--out results/benchmark_training_memory.json]

DATA is FER-2013, prepared. Each network trains one epoch with its own recipe (validation, best
weights and checkpoint included) in a process of its own, whose largest resident set the system
reports. Limit: 1.5 GB. This process imports nothing, because a child's figure begins with it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "results" / "benchmark_training_memory.json"
LIMIT = 1.5e9
RECIPES = (
    ("compact", "shared_cnn_fer2013"),
    ("compact_m", "shared_cnn_fer2013"),
    ("compact_s", "shared_cnn_fer2013"),
    ("lenet", "lenet"),
    ("mycnn", "mycnn_merged8"),
    ("three_block", "three_block"),
    ("four_block", "four_block"),
)
WRITE = """
import json, sys
from pathlib import Path
from mien import runs
record = json.loads(sys.stdin.read())
record["environment"] = runs.environment("torch", "lightning")
runs.write_json(Path(sys.argv[1]), record)
"""


def peak(network, recipe, data, folder):
    """Return the largest resident set of a training process in bytes."""
    words = [sys.executable, "-m", "mien", "train", str(ROOT / "configs" / f"{recipe}.yaml")]
    words += [f"model.name={network}", f"data.path={data}", "data.heads=[fer2013]"]
    words += ["train.epochs=1", "schedule.warmup_epochs=0", "machine.accelerator=cpu"]
    words += ["--out", str(folder / network)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{network}: training failed")
    return used.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=RESULT)
    args = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        for network, recipe in RECIPES:
            found[network] = peak(network, recipe, args.data.resolve(), Path(temporary))
            print(f"{network:12} {found[network] / 1e6:,.0f} MB", flush=True)
    record = {
        "what": "peak resident memory of one epoch on FER-2013 on the CPU, with each net's recipe",
        "bytes": found,
        "limit": LIMIT,
        "within_limit": max(found.values()) <= LIMIT,
    }
    import json

    words = [sys.executable, "-c", WRITE, str(args.out)]
    subprocess.run(words, input=json.dumps(record), text=True, check=True)
    raise SystemExit(not record["within_limit"])


if __name__ == "__main__":
    main()
