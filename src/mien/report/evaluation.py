"""The pictures of an evaluation, drawn from its files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS
from mien.evaluation.matching import rows_in
from mien.evaluation.predictions import Predictions
from mien.evaluation.protocols import own_protocol
from mien.evaluation.stored import NAME, read_predictions
from mien.report import calibration, figures

SAMPLES = 12


def draw(folder: Path, prepared: PreparedSet | None = None) -> None:
    """Draw what ``mien evaluate`` wrote: confusion, scores a class, how sure, samples.

    Args:
        folder: holds ``metrics.json`` and ``predictions.npz``; the pictures go there.
        prepared: the dataset that was scored; its pictures are the samples. None draws none.
    """
    heads = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["heads"]
    predictions = read_predictions(folder / NAME)
    drawn = {}
    for head, protocols in heads.items():
        report = protocols[own_protocol(head, protocols)]["official"]
        drawn[f"confusion_{head}"] = figures.confusion_figure(
            np.array(report["confusion"]), report["classes"]
        )
        drawn[f"classes_{head}"] = figures.per_class_figure(report)
        drawn[f"reliability_{head}"] = calibration.reliability_figure(_panels(report))
        drawn[f"uncertain_{head}"] = calibration.risk_coverage_figure(report["selective"])
        if "conformal" in report:
            drawn[f"conformal_{head}"] = calibration.conformal_figure(report["conformal"])
        if prepared is not None:
            drawn[f"samples_{head}"] = _samples(predictions, prepared, head)
    for name, figure in drawn.items():
        figures.save(figure, folder / f"{name}.png")


def _panels(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reliability diagrams of a report: before its temperature, where it has one."""
    if "before" not in report:
        return {"not calibrated": report["calibration"]}
    return {"before": report["before"], "after": report["calibration"]}


def _samples(predictions: Predictions, prepared: PreparedSet, head: str) -> Any:
    """Show rows drawn with a fixed seed, with the answer against the dataset's own label."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(predictions))[:SAMPLES])
    some = predictions.at(chosen)
    answers = some.heads[head]
    order = np.array([EMOTIONS.index(name) for name in answers.classes])
    return figures.probability_samples_figure(
        [prepared.pixels(int(row)) for row in rows_in(some, prepared)],
        some.labels,
        order[answers.probabilities.argmax(1)],
        EMOTIONS,
        answers.probabilities.max(1),
    )
