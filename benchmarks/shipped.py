"""Everything that is known of the shipped model, measured: the artefacts of its card.

    python benchmarks/shipped.py DATA WORK [--robustness] [--also MODEL]...

DATA holds the prepared datasets ``fer2013`` and ``expressions``. ``mien evaluate``, ``groups``,
``errors``, ``robustness`` (minutes), ``cross`` (with other models beside it, for one matrix) and
the latency of ``mien card`` write into WORK; their JSON files go to ``results/mien/``, and the
card of the weights is made from them.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from mien.inference.recognizer import WEIGHTS
from mien.report.compare.files import compact
from mien.runs import write_text

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results" / "mien"
PLACE = "fer2013-test"


def mien(*words):
    command = [sys.executable, "-m", "mien", *map(str, words)]
    print("$ mien", *words, flush=True)
    subprocess.run(command, check=True, env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})


def keep(source, target):
    """Copy a JSON file, a list of numbers on one line."""
    write_text(target, compact(json.loads(source.read_text(encoding="utf-8"))) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--robustness", action="store_true")
    parser.add_argument("--also", type=Path, action="append", default=[], metavar="MODEL")
    given = parser.parse_args()
    fer, elsewhere = given.data / "fer2013", given.data / "expressions"
    folder = given.work / PLACE
    mien("evaluate", WEIGHTS, "--data", fer, "--out", folder)
    for command in ("groups", "errors"):
        mien(command, folder / "predictions.npz", "--data", fer, "--out", folder)
    kept = ["metrics.json", "groups.json", "errors.json"]
    if given.robustness:
        mien("robustness", WEIGHTS, "--data", fer, "--out", folder)
        kept.append("robustness.json")
    sets = ["--data", fer, "--data", elsewhere, "--trained-on", fer]
    mien("cross", *given.also, WEIGHTS, *sets, "--out", given.work / "cross")
    for name in kept:
        keep(folder / name, RESULTS / PLACE / name)
    keep(given.work / "cross" / "cross.json", RESULTS / "cross.json")
    card = ["--evaluations", RESULTS, "--cross", RESULTS / "cross.json", "--measure-latency"]
    mien("card", WEIGHTS, *card)


if __name__ == "__main__":
    main()
