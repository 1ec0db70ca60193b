"""The shipped model on a whole set that it did not learn from, as users use it.

    python benchmarks/elsewhere.py --data data/expressions [--model mien.onnx]

Each picture goes through ``recognize``: the detector finds the face (the largest counts), cuts it
out and the model answers. Where no face is found the whole picture is answered as a crop, and
counted. Every readable picture of every split is scored, since the model learnt none of them;
1,500 of them were looked at when the frames around a found face were chosen. ``uncertain`` is what
the model's threshold, which was fitted to other pictures, does here.
The numbers go to ``results/elsewhere.json``; no name of a picture or a person is in it.
"""

import argparse
from pathlib import Path

import numpy as np
from peers import figures
from rich.console import Console

import mien
from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS
from mien.evaluation.answers import Answers
from mien.evaluation.asked import rows_of
from mien.evaluation.certainty.fitted import of_file
from mien.evaluation.predictions import Predictions
from mien.evaluation.scoring import metrics
from mien.inference.recognizer import WEIGHTS
from mien.report.tables import scores_table


def answers(recognizer, prepared, rows):
    """Return probabilities [N, 8] and where a face was found, bool [N]."""
    values, found = np.zeros((len(rows), len(EMOTIONS)), np.float32), np.zeros(len(rows), bool)
    for place, row in enumerate(rows):
        picture = prepared.pixels(int(row))
        faces = recognizer.recognize(picture, colour_order="RGB" if picture.ndim == 3 else None)
        found[place] = bool(faces)
        seen = faces[0] if faces else recognizer.recognize_crops([picture], colour_order="RGB")[0]
        values[place] = [seen.probabilities[name] for name in EMOTIONS]
    return values, found


def scored(predictions, rows):
    """Return the figures of some of the rows, the confusion and what was resampled."""
    whole = metrics(predictions.at(rows))
    report = whole["heads"]["ferplus"]["eight"]["official"]
    Console().print(scores_table(whole["heads"]["ferplus"]))
    shares = {
        name: {key: values[key] for key in ("precision", "recall", "f1", "support", "intervals")}
        for name, values in report["per_class"].items()
    }
    return figures(report) | {
        "bootstrap": whole["bootstrap"],
        "uncertain": report["selective"]["at"],
        "per_class": shares,
        "confusion": report["confusion"],
        "classes": report["classes"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True, help="prepared, faces not cut out")
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=Path("results/elsewhere.json"))
    given = parser.parse_args()
    prepared, recognizer = PreparedSet.open(given.data), mien.load(given.model)
    rows = rows_of(prepared, "all")
    values, found = answers(recognizer, prepared, rows)
    rule = of_file(recognizer.model.info.heads["ferplus"])["uncertain"]
    predictions = Predictions.of(
        prepared,
        rows,
        {"ferplus": Answers(EMOTIONS, values, fitted={"uncertain": rule})},
        model=recognizer.model.info.name,
        model_sha256=runs.sha256(given.model),
        split="all",
    )
    everything = np.arange(len(rows))
    runs.write_json(
        given.out,
        {
            "data": {"name": prepared.name, "sha256": prepared.sha256, "split": "all"},
            "environment": runs.environment("onnxruntime"),
            "model": {"name": predictions.origin.model, "sha256": predictions.origin.model_sha256},
            "faces": {"n": len(rows), "found": int(found.sum()), "missed": int((~found).sum())},
            "all": scored(predictions, everything),
            "face found": scored(predictions, everything[found]),
            "face missed": scored(predictions, everything[~found]) if (~found).any() else None,
        },
    )


if __name__ == "__main__":
    main()
