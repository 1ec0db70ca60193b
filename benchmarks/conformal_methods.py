"""Which conformal sets does mien stand behind? Chosen on validation rows alone.

    python benchmarks/conformal_methods.py MODEL [MODEL ...] --data data/fer2013

MODEL is a run folder or an exported file. The validation rows that its calibration uses are cut
into halves at random, many times; the quantile is fitted on one half, and the sets are measured
on the other: coverage, mean size, share of empty sets, and how far coverage strays from what was
wanted over thirds of confidence and over emotions (mean distance in points; emotions with fewer
than 40 of the rows are left out). The rule: a method must hold the wanted coverage on average;
of those that do, the one that strays least over thirds of confidence and emotions together is
the one to use. The test split is never read. Written to ``results/conformal_methods.json``.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.evaluation.answering import open_model
from mien.evaluation.asked import rows_of
from mien.evaluation.case import Case
from mien.evaluation.certainty import conformal
from mien.evaluation.certainty.calibrate import SPLIT
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import own_protocol

OUT = Path(__file__).parents[1] / "results" / "conformal_methods.json"
FEWEST = 40
"""Rows of an emotion below which its coverage is not looked at."""


def fitted_case(predictions: Predictions, head: str) -> Case:
    """Return the rows that a head is calibrated on."""
    found = predictions.cases(head)
    kinds = found[own_protocol(head, found)]
    return kinds.get("dedup") or kinds["official"]


def strata(case: Case) -> dict[str, list[Any]]:
    """Return the rows of each third of confidence, and of each emotion with enough of them."""
    order = np.argsort(case.confidence, kind="stable")
    counts = np.bincount(case.true, minlength=len(case.classes))
    return {
        "confidence": np.array_split(order, 3),
        "emotion": [np.flatnonzero(case.true == k) for k in np.flatnonzero(counts >= FEWEST)],
    }


def halves(case: Case, method: conformal.Method, repeats: int, seed: int) -> dict[str, Any]:
    """Return the means over random halves, by wanted coverage."""
    rng, count = np.random.default_rng(seed), len(case.true)
    rows, parts = np.arange(count), strata(case)
    found: dict[str, dict[str, list[float]]] = {}
    for repeat in range(repeats):
        order = rng.permutation(count)
        one, other = order[: count // 2], np.isin(rows, order[count // 2 :])
        quantiles = conformal.fit(case.probabilities[one], case.true[one], method)
        for wanted, q in quantiles.items():
            held = conformal.sets(case.probabilities, q, method, seed=repeat)
            right, size = held[rows, case.true], held.sum(axis=1)
            told = found.setdefault(wanted, {})
            numbers = {
                "coverage": right[other].mean(),
                "size": size[other].mean(),
                "empty": (size[other] == 0).mean(),
                **{
                    f"strays_{name}": 100
                    * np.mean([abs(right[each[other[each]]].mean() - float(wanted)) for each in of])
                    for name, of in parts.items()
                },
            }
            for key, value in numbers.items():
                told.setdefault(key, []).append(float(value))
    return {
        wanted: {key: round(float(np.mean(values)), 4) for key, values in told.items()}
        for wanted, told in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("models", type=Path, nargs="+", help="run folders or exported files")
    parser.add_argument("--data", type=Path, required=True, help="prepared FER-2013")
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    prepared = PreparedSet.open(given.data)
    models = []
    for path in given.models:
        model = open_model(path)
        predictions = model.on(prepared, rows_of(prepared, SPLIT), SPLIT)
        heads: dict[str, Any] = {}
        for head in predictions.heads:
            case = fitted_case(predictions, head)
            heads[head] = {"n": len(case.true), "protocol": case.protocol} | {
                method: halves(case, method, given.repeats, given.seed)
                for method in conformal.METHODS
            }
            print(f"\n{model.name}, head {head}, n={len(case.true):,}")
            for method in conformal.METHODS:
                for wanted, told in heads[head][method].items():
                    print(f"  {method} {wanted:>4}  {told}")
        models.append({"name": model.name, "sha256": model.sha256, "heads": heads})
    record = {
        "data": {"name": prepared.name, "sha256": prepared.sha256, "split": SPLIT},
        "repeats": given.repeats,
        "seed": given.seed,
        "models": models,
        "environment": runs.environment("numpy", "onnxruntime"),
    }
    runs.write_json(given.out, record)


if __name__ == "__main__":
    main()
