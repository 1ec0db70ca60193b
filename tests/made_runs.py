"""Made-up run folders, in the files that mien train and mien evaluate write."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from made_cases import score

from mien.config import Experiment
from mien.emotions import EMOTIONS, LABEL_SETS
from mien.evaluation.case import report
from mien.evaluation.predictions import Predictions
from mien.evaluation.stored import NAME, write_predictions
from mien.ferplus import ferplus_majority

SHA = "61a4311c983985a6ae4ea24f1d5178eebdfd61076be07cfc1c547bfff0ff2ebc"
COMMIT = "e655e4c5d7774e5ec63080d498338cafaef9d1d2"
NETWORK = {"name": "lenet", "parameters": 1_020_000, "trained": 1_020_000, "macs": 54_300_000}


def answers(
    heads: tuple[str, ...], right: float, n: int = 200, label_set: str = "fer2013"
) -> dict[str, Any]:
    """Return the scores of heads that answer a share ``right`` of n pictures rightly.

    Every fourth picture has a copy in training. FER-2013 comes with votes, all for its label.
    """
    emotions = [EMOTIONS.index(name) for name in LABEL_SETS[label_set]]
    labels = np.array(emotions)[np.arange(n) % len(emotions)]
    votes = 10 * np.eye(10, dtype=np.int64)[_vote_columns()[labels]]
    found = {}
    for head in heads:
        classes = LABEL_SETS[head]
        place = np.array([classes.index(EMOTIONS[label]) for label in labels])
        wrong = np.arange(n) >= round(right * n)
        logits = np.eye(len(classes))[np.where(wrong, (place + 1) % len(classes), place)]
        copies = np.arange(n) % 4 == 0
        with_votes = votes if label_set == "fer2013" else None
        found[head] = score(logits, classes, labels, with_votes, copies, label_set)
    return json.loads(json.dumps(found))


def _vote_columns() -> Any:
    """Return the vote column of each emotion, by asking for the majority of each column."""
    eye = 10 * np.eye(10, dtype=np.int64)
    of_column = ferplus_majority(eye)[:8]
    return np.argsort(of_column)


def write(path: Path, values: Any) -> None:
    """Write JSON or YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(values) if path.suffix == ".yaml" else json.dumps(values)
    path.write_text(text, encoding="utf-8")


def made_run(
    root: Path,
    *,
    right: float | None = 0.7,
    n: int = 200,
    config: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
    environment: dict[str, Any] | None = None,
    network: dict[str, Any] | None = None,
    scored: dict[str, Any] | None = None,
) -> Path:
    """Write a run of the LeNet on FER-2013; ``config`` takes dotted keys, the others add to a file.

    ``right`` None: the run was not evaluated.
    """
    experiment = Experiment(name="lenet", model={"name": "lenet"}).changed(
        {"data.path": str(root.parent / "somewhere" / "fer2013"), **(config or {})}
    )
    heads = experiment.data.heads
    write(root / "config.yaml", experiment.to_dict())
    write(root / "network.json", {**NETWORK, "input": [1, 48, 48], **(network or {})})
    described = {
        "name": "fer2013",
        "label_set": "fer2013",
        "sha256": SHA,
        "framing": {"faces": ""},
        "left_out": [],
        "rows": {"train": 28_709, "val": 3_589},
        "heads": {h: {"classes": list(LABEL_SETS[h]), "votes": h == "ferplus"} for h in heads},
        "fold": None,
        "started_from": None,
        **(data or {}),
    }
    write(root / "data.json", described)
    ended = {"status": "finished", "epochs": 30, "best_epoch": 28, "monitor": "val_accuracy"}
    write(root / "state.json", {**ended, "best": 0.71, "hours": 1.3702, **(state or {})})
    machine = {"python": "3.11.7", "cpu": "Some CPU", "gpu": None, "commit": COMMIT, "threads": 1}
    write(root / "environment.json", {**machine, **(environment or {})})
    if right is not None:
        evaluated(root, right, n, described, heads, scored or {})
    return root


def evaluated(
    root: Path,
    right: float,
    n: int,
    described: dict[str, Any],
    heads: tuple[str, ...],
    scored: dict[str, Any],
) -> None:
    """Write the metrics.json of an evaluation, by default on the run's own test split."""
    label_set = scored.get("label_set", described["label_set"])
    place = {"name": described["name"], "sha256": described["sha256"], "split": "test", **scored}
    place.pop("label_set", None)
    values = {
        "model": root.name,
        "data": place,
        "environment": {"python": "3.11.7", "commit": COMMIT},
        "heads": answers(heads, right, n, label_set),
    }
    write(root / "evaluation" / f"{place['name']}-{place['split']}" / "metrics.json", values)


def made_predictions_of(root: Path, predictions: Predictions) -> None:
    """Write a run's evaluation from predictions: predictions.npz, and metrics.json as scored."""
    origin = predictions.origin
    folder = root / "evaluation" / f"{origin.dataset}-{origin.split}"
    found = {
        head: {
            protocol: {kind: report(case) for kind, case in kinds.items()}
            for protocol, kinds in predictions.cases(head).items()
        }
        for head in predictions.heads
    }
    values = {
        "model": root.name,
        "data": {"name": origin.dataset, "sha256": origin.dataset_sha256, "split": origin.split},
        "environment": {"python": "3.11.7", "commit": COMMIT},
        "heads": found,
    }
    write(folder / "metrics.json", values)
    write_predictions(predictions, folder / NAME)
