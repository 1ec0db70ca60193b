"""Made-up runs with every artefact that an account is made of, and what is told of them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from made_predictions import made
from made_runs import COMMIT, SHA, made_run, write

from mien.evaluation.certainty.calibrate import calibrate
from mien.evaluation.certainty.fitted import for_file
from mien.evaluation.cross.leaks import counts
from mien.evaluation.cross.scores import scores
from mien.evaluation.errors.account import account, errors
from mien.evaluation.groups.columns import Column
from mien.evaluation.groups.groups import scored
from mien.evaluation.predictions import Predictions
from mien.evaluation.robustness import Answered, Grid, header, numbers
from mien.evaluation.scoring import metrics
from mien.evaluation.stored import write_predictions
from mien.report.account.story import Story, stories
from mien.report.account.subject import of_run
from mien.runs import sha256

N = 350
PLACE = "fer2013-test"


def told_run(
    root: Path,
    *,
    seed: int = 0,
    right: float = 0.86,
    calibrated: bool = True,
    config: dict[str, Any] | None = None,
    parts: Sequence[str] = ("robustness", "groups", "errors"),
) -> Path:
    """Write a finished run on made-up pictures, evaluated, with some of the other artefacts."""
    ran = {"seed": seed, "packages": {"mien": "0.1.0", "torch": "2"}, "time": "2026-01-01"}
    made_run(root, right=None, config={"seed": seed, **(config or {})}, environment=ran)
    (root / "best.safetensors").write_bytes(f"weights of {root.name} {seed}".encode())
    curves(root)
    predictions = answered(root, right, seed)
    if calibrated:
        fitted = calibrate(replace(predictions, origin=replace(predictions.origin, split="val")))
        write(root / "calibration.json", fitted)
        head = predictions.heads["fer2013"]
        entry = for_file(fitted["fer2013"])
        known = replace(head, temperature=entry["temperature"], fitted=entry)
        predictions = replace(predictions, heads={"fer2013": known})
    evaluated(root, predictions)
    made_parts = {"robustness": robustness, "groups": groups, "errors": wrong}
    for name in parts:
        write(root / "evaluation" / PLACE / f"{name}.json", made_parts[name](predictions))
    return root


def answered(root: Path, right: float, seed: int, n: int = N) -> Predictions:
    """Return a run's answers on the made-up test split."""
    return made(
        n,
        right,
        seed=seed,
        model=root.name,
        model_sha256=sha256(root / "best.safetensors"),
        dataset="fer2013",
        dataset_sha256=SHA,
    )


def evaluated(root: Path, predictions: Predictions) -> Path:
    """Write what mien evaluate writes into a run or beside a file."""
    origin = predictions.origin
    folder = root / "evaluation" / f"{origin.dataset}-{origin.split}"
    write(folder / "metrics.json", metrics(predictions, resamples=100))
    write_predictions(predictions, folder / "predictions.npz")
    return folder


def curves(root: Path, epochs: int = 10) -> None:
    """Write the metrics.csv of a training that went well."""
    lines = ["epoch,train_loss,val_loss,train_accuracy_fer2013,val_accuracy_fer2013,lr"]
    for epoch in range(1, epochs + 1):
        loss, share = 2 / epoch + 0.5, 0.7 - 0.4 / epoch
        lines.append(f"{epoch},{loss},{loss + 0.1},{share},{share - 0.02},0.1")
    (root / "metrics.csv").write_text("\n".join(lines), encoding="utf-8")


def robustness(predictions: Predictions) -> dict[str, Any]:
    """Return a robustness.json of two corruptions at two levels."""
    grid = Grid(("noise", "shift"), (1, 3))
    rng = np.random.default_rng(1)
    cells = {}
    for place, cell in enumerate(grid.cells()):
        noise = rng.dirichlet(np.ones(7), len(predictions))
        mixed = (1 - 0.2 * place) * predictions.heads["fer2013"].probabilities + 0.2 * place * noise
        cells[cell] = {"fer2013": mixed.astype(np.float32)}
    answers = Answered(predictions, 0, cells)
    about = header(predictions.origin, grid, len(predictions), sampled=False)
    return _plain({**about, "heads": numbers(answers, grid, resamples=100)})


def wrong(predictions: Predictions) -> dict[str, Any]:
    """Return an errors.json; nobody looked for label errors."""
    return _plain(account(predictions, errors(predictions), "it was not asked for"))


def groups(predictions: Predictions) -> dict[str, Any]:
    """Return a groups.json of one column: wrong answers are dark, right ones bright."""
    case = predictions.cases("fer2013")["fer2013"]["official"]
    bright = (case.predicted == case.true).astype(np.int64)
    bright[:60] = 1 - bright[:60]
    column = Column("brightness", ("dark", "bright"), bright, (99.5,), "mean grey value")
    n = len(case.true)
    share = float((case.predicted == case.true).mean())
    found = {"brightness": scored(case, column, predictions.subjects)}
    return _plain(
        {
            "model": predictions.origin.model,
            "model_sha256": predictions.origin.model_sha256,
            "data": {"name": "fer2013", "sha256": SHA, "split": "test", "label_set": "fer2013"},
            "environment": {"time": "2026-01-01"},
            "least": 30,
            "bootstrap": {"resamples": 1000, "seed": 0, "confidence": 0.95},
            "columns": {"brightness": {"how": column.how, "edges": [99.5], "private": False}},
            "heads": {
                "fer2013": {"protocol": "fer2013", "n": n, "accuracy": share, "columns": found}
            },
        }
    )


def cross(model_sha256: str) -> dict[str, Any]:
    """Return a cross.json of one model on its own dataset and on another one."""
    cells = [_cell("fer2013", True, 100), _cell("elsewhere", False, 80)]
    learnt = {"name": "fer2013", "sha256": SHA, "pictures": None, "note": ""}
    model = {"name": "ours", "sha256": model_sha256, "heads": {"fer2013": ["fear", "anger"]}}
    return {
        "models": [{**model, "temperatures": {"fer2013": 1.0}, "learnt_from": learnt}],
        "datasets": [
            {"name": n, "sha256": "c" * 64, "pictures": 90} for n in ("fer2013", "elsewhere")
        ],
        "bootstrap": {"resamples": 1000, "seed": 0, "confidence": 0.95},
        "environment": {"time": "2026-01-01"},
        "cells": cells,
    }


def _cell(dataset: str, own: bool, n: int) -> dict[str, Any]:
    codes = np.repeat(np.array([1, 3, 0], np.int8), [3, 4, n - 7])
    return {
        "model": "ours",
        "dataset": dataset,
        "split": "test" if own else "all",
        "own": own,
        "rows": n,
        "seen": counts(codes),
        "note": "",
        "heads": _plain(scores(made(n, 0.6), codes)),
    }


def about_file(**changes: Any) -> dict[str, Any]:
    """Return the metadata of a model file with two heads, that was scored before export."""
    classes = ["anger", "fear"]
    return {
        "name": "small",
        "preprocessing": {"size": 48, "channels": 1, "normalise": "per_image"},
        "framing": {"faces": ""},
        "heads": {"fer2013": {"classes": classes}, "ferplus": {"classes": classes}},
        "answer": "ferplus",
        "provenance": {
            "data": {
                "name": "fer2013",
                "label_set": "fer2013",
                "sha256": SHA,
                "left_out": ["copies"],
                "rows": {"train": 28_006, "val": 3_589},
                "heads": {"fer2013": {}, "ferplus": {"votes": True}},
            },
            **{"seed": 3, "epochs": 5, "best_epoch": 3, "monitor": "val_accuracy", "best": 0.76543},
            **{"hours": 1.2345, "gpu": None, "cpu": "A processor", "threads": 2},
            "packages": {"mien": "0.1.0", "torch": "2.13", "absent": None},
            "commit": COMMIT,
            "trained": "2026-01-01",
            "weights_sha256": "b" * 64,
            "config": "name: small\nseed: 3\nmodel:\n  name: compact\n",
        },
        "scores": {
            "fer2013-test": {
                "ferplus": {
                    "ferplus_majority": {
                        "official": {"n": 3153, "accuracy": 0.85123, "macro_f1": 0.7},
                        "dedup": {"n": 2895, "accuracy": 0.84, "macro_f1": 0.69},
                    }
                }
            }
        },
        **changes,
    }


def story_of(*roots: Path, evaluation: str = "") -> Story:
    """Return what is told of runs of one experiment."""
    (story,) = stories([of_run(root) for root in roots], evaluation)
    return story


def _plain(values: Any) -> Any:
    return json.loads(json.dumps(values))
