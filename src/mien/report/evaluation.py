"""The pictures of an evaluation, drawn from its files."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS, LABEL_SETS
from mien.evaluation.protocols import own_protocol
from mien.report import figures, learning

SAMPLES = 12


def draw(folder: Path, prepared: PreparedSet, run: Path | None = None) -> None:
    """Draw what ``mien evaluate`` wrote: confusion, scores a class, samples, learning curves.

    Args:
        folder: holds ``metrics.json`` and ``predictions.npz``; the pictures go there.
        prepared: the dataset that was scored; its pictures are the samples.
        run: whose learning curves are drawn too, where it is a run.
    """
    heads = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["heads"]
    drawn = {}
    for head, protocols in heads.items():
        report = protocols[own_protocol(head, protocols)]["official"]
        drawn[f"confusion_{head}"] = figures.confusion_figure(
            np.array(report["confusion"]), report["classes"]
        )
        drawn[f"classes_{head}"] = figures.per_class_figure(report)
        drawn[f"samples_{head}"] = _samples(folder / "predictions.npz", prepared, head)
    for name, figure in drawn.items():
        figures.save(figure, folder / f"{name}.png")
    if run is not None:
        learning.draw(run, folder / "curves.png")


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
