"""The pictures of an evaluation, drawn from its files."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS, LABEL_SETS
from mien.report import figures

SAMPLES = 12


def draw(folder: Path, prepared: PreparedSet, curves: Path | None = None) -> list[Path]:
    """Draw what ``mien evaluate`` wrote: confusion, scores a class, samples, learning curves.

    Args:
        folder: holds ``metrics.json`` and ``predictions.npz``; the pictures go there.
        prepared: the dataset that was scored; its pictures are the samples.
        curves: a run's ``metrics.csv``, where there is one.

    Returns:
        The files written.
    """
    heads = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["heads"]
    drawn = {}
    for head, protocols in heads.items():
        report = own_report(head, protocols)
        drawn[f"confusion_{head}"] = figures.confusion_figure(
            np.array(report["confusion"]), report["classes"]
        )
        drawn[f"classes_{head}"] = figures.per_class_figure(report)
        drawn[f"samples_{head}"] = _samples(folder / "predictions.npz", prepared, head)
    if curves is not None and curves.is_file():
        rows = list(csv.DictReader(curves.read_text(encoding="utf-8").splitlines()))
        drawn["curves"] = figures.curves_figure(rows)
    for name, figure in drawn.items():
        figures.save(figure, folder / f"{name}.png")
    return [folder / f"{name}.png" for name in drawn]


def own_report(head: str, protocols: dict[str, Any]) -> dict[str, Any]:
    """Return the official report of a head on its own labels, or on the first there are."""
    names = [head, f"{head}_majority", *protocols]
    own = next(name for name in names if name in protocols)
    report: dict[str, Any] = protocols[own]["official"]
    return report


def _samples(predictions: Path, prepared: PreparedSet, head: str) -> Any:
    """Show rows drawn with a fixed seed, with the answer against the dataset's own label."""
    with np.load(predictions) as saved:
        ids, labels, logits = saved["ids"], saved["labels"], saved[f"logits_{head}"]
    rows = np.sort(np.random.default_rng(0).permutation(len(ids))[:SAMPLES])
    raised = np.exp(logits[rows] - logits[rows].max(1, keepdims=True))
    places = {name: place for place, name in enumerate(prepared.ids)}
    order = np.array([EMOTIONS.index(name) for name in LABEL_SETS[head]])
    return figures.probability_samples_figure(
        [prepared.pixels(places[name]) for name in ids[rows]],
        labels[rows],
        order[logits[rows].argmax(1)],
        EMOTIONS,
        (raised / raised.sum(1, keepdims=True)).max(1),
    )
