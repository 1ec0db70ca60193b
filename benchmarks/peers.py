"""The shipped model and other recognisers on the same rows, by the same protocols.

    python benchmarks/peers.py --data data/fer2013 --peers PEERS [--model mien.onnx]

``PEERS`` holds one ``<recogniser>.npz`` each, in the form that ``mien predictions import`` takes;
none of them needs to be installed here. Every score has a 95 % interval, and each peer is tested
against the model on the rows that both answered. The numbers go to ``results/peers.json``.
"""

import argparse
from pathlib import Path

from rich.console import Console

from mien.datasets.prepared import PreparedSet
from mien.errors import DataError
from mien.evaluation import imported
from mien.evaluation.answering import open_model
from mien.evaluation.asked import rows_of
from mien.evaluation.sampling.paired import compare
from mien.evaluation.sampling.sides import corrected
from mien.evaluation.scoring import metrics
from mien.inference.recognizer import WEIGHTS
from mien.report.tables import scores_table
from mien.runs import environment, write_json

FIGURES = ("n", "accuracy", "balanced_accuracy", "macro_f1", "top2", "auroc", "nll", "brier")
TESTED = {"fer2013": "fer2013", "ferplus": "ferplus_majority_without_contempt"}
"""Head of the model → the protocol on which peers are tested against it."""


def short(predictions):
    """Return the figures of a recogniser, each with its interval, by head and protocol."""
    heads = metrics(predictions)["heads"]
    for head, scores in heads.items():
        Console().print(predictions.origin.model, head, scores_table(scores))
    return {
        head: {
            protocol: {rows: figures(report) for rows, report in kinds.items()}
            for protocol, kinds in scores.items()
        }
        for head, scores in heads.items()
    }


def figures(report):
    measured = report["calibration"]
    return {
        **{key: report[key] for key in FIGURES},
        **{key: measured[key] for key in ("ece", "ece_equal_mass", "classwise_ece")},
        **{key: measured[key] for key in ("kl", "agreement") if key in measured},
        "intervals": {
            key: report["intervals"][key]
            for key in (*FIGURES[1:], "ece")
            if key in report["intervals"]
        },
        "f1": {name: values["f1"] for name, values in report["per_class"].items()},
    }


def tests(ours, peers):
    """Return the model against each peer, on each protocol and kind of rows."""
    found = []
    for head, protocol in TESTED.items():
        for kind in ("official", "dedup"):
            pairs = [
                compare(
                    ours,
                    peer,
                    heads=(head, None),
                    protocol=protocol,
                    kind=kind,
                    intersect=True,
                )
                for peer in peers
            ]
            found += corrected(pairs)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True, help="prepared FER-2013 with votes")
    parser.add_argument("--peers", type=Path, required=True, help="folder of .npz files")
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=Path("results/peers.json"))
    given = parser.parse_args()
    prepared = PreparedSet.open(given.data)
    peers = [imported.read(path, prepared, "test") for path in sorted(given.peers.glob("*.npz"))]
    if not peers:
        raise DataError(f"{given.peers}: expected .npz files of recognisers, found none")
    ours = open_model(given.model).on(prepared, rows_of(prepared, "test"))
    write_json(
        given.out,
        {
            "data": {"name": prepared.name, "sha256": prepared.sha256, "split": "test"},
            "environment": environment("onnxruntime"),
            "model": {"name": ours.origin.model, "sha256": ours.origin.model_sha256},
            "bootstrap": metrics(ours, resamples=100)["bootstrap"] | {"resamples": 1000},
            "recognisers": {one.origin.model: short(one) for one in (ours, *peers)},
            "tests": tests(ours, peers),
        },
    )


if __name__ == "__main__":
    main()
