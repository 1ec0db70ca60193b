"""Are the labels of FER-2013 wrong that confident learning doubts? Ten other people's votes tell.

    python benchmarks/label_errors.py MODEL [MODEL ...] --data data/fer2013

MODEL is a run folder or an exported file, scored on val and test of FER-2013 prepared with the
FER+ votes. Each head judges the FER-2013 labels. Rows with an exact copy in training are left
out. The share of labels that the FER+ majority calls another emotion is given at several list
lengths, for three orders of the same rows, beside the base rate:

* ``confident_learning``: what `mien errors` does;
* ``label_probability``: the smallest probability of the label first, no flags;
* ``confident_and_wrong``: answers that are not the label, the most confident first.

A model that learnt from the votes of the training pictures (``learnt_votes``), even in another
head, has the taste of those who check it; one that did not is the stricter test of the method.
val chose the best epoch of the model and may have chosen settings; test did neither. Only counts
and shares are written, to ``results/label_errors.json``.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.errors import DataError
from mien.evaluation.answering import open_model
from mien.evaluation.asked import rows_of
from mien.evaluation.case import Case
from mien.evaluation.errors.erring import of_label, surest, wrong_places
from mien.evaluation.errors.label_checks import LENGTHS, check, table
from mien.evaluation.errors.label_errors import label_errors, require_unseen
from mien.evaluation.predictions import Predictions
from mien.inference.model import Model

OUT = Path(__file__).parents[1] / "results" / "label_errors.json"
SPLITS = ("val", "test")
PACKAGES = ("cleanlab", "scikit-learn", "onnxruntime", "torch")


def simple_orders(case: Case) -> dict[str, tuple[Any, int]]:
    """Return two orders without confident learning, and how many of each are flagged."""
    wrong = surest(case, wrong_places(case))
    rest = np.setdiff1d(np.arange(len(case.true)), wrong)
    rest = rest[np.argsort(case.confidence[rest], kind="stable")]
    return {
        "label_probability": (np.argsort(of_label(case), kind="stable"), 0),
        "confident_and_wrong": (np.concatenate([wrong, rest]), len(wrong)),
    }


def judged(predictions: Predictions, head: str) -> dict[str, Any]:
    """Return how right each order is, of one head on one split."""
    start = time.perf_counter()
    told, _ = label_errors(predictions, head)
    seconds = time.perf_counter() - start
    case = predictions.case(head, predictions.origin.label_set, "dedup")
    orders = {
        name: check(predictions, case, order, flagged)
        for name, (order, flagged) in simple_orders(case).items()
    }
    keys = ("n", "copies", "flagged", "share", "method", "by_pair")
    told["by_pair"] = told["by_pair"][:10]
    return {
        **{key: told[key] for key in keys},
        "accuracy": float((case.predicted == case.true).mean()),
        "seconds": round(seconds, 2),
        "orders": {"confident_learning": told["check"], **orders},
    }


def model_of(path: Path, prepared: PreparedSet) -> dict[str, Any]:
    """Return what is told of one model: whose it is, its seed, and each head on each split."""
    model = open_model(path)
    found: dict[str, Any] = {"name": model.name, "sha256": model.sha256, "seed": seed_of(path)}
    found["learnt_votes"] = "ferplus" in model.classes
    for split in SPLITS:
        predictions = model.on(prepared, rows_of(prepared, split), split)
        require_unseen(predictions)
        found[split] = {head: judged(predictions, head) for head in predictions.heads}
        for head, one in found[split].items():
            print(f"\n{model.name}, {split}, head {head}: {one['flagged']:,} of {one['n']:,}")
            for order, checked in one["orders"].items():
                print(f"  {order}")
                for row in table(checked):
                    print("    " + "  ".join(f"{cell:>18}" for cell in row))
    return found


def seed_of(path: Path) -> Any:
    """Return the seed that a model was trained with."""
    if path.suffix == ".onnx":
        return Model.open(path).info.provenance.get("seed")
    from mien.config import Experiment

    return Experiment.load(path / "config.yaml").seed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("models", type=Path, nargs="+", help="run folders or exported files")
    parser.add_argument("--data", type=Path, required=True, help="prepared FER-2013 with votes")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    prepared = PreparedSet.open(given.data)
    if prepared.votes is None or prepared.label_set != "fer2013":
        raise DataError(
            f"{given.data}: expected FER-2013 prepared with the FER+ votes, which check the "
            "method; prepare it again with --votes fer2013new.csv"
        )
    record = {
        "data": {"name": prepared.name, "sha256": prepared.sha256, "splits": list(SPLITS)},
        "lengths": list(LENGTHS),
        "models": [model_of(path, prepared) for path in given.models],
        "environment": runs.environment(*PACKAGES),
    }
    runs.write_json(given.out, record)
    print(f"\n{given.out.name}: {len(json.dumps(record)):,} characters")


if __name__ == "__main__":
    main()
