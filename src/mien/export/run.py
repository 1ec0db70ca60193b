"""From a finished run to a checked model file."""

from pathlib import Path
from typing import Any

import numpy as np

from mien.config import Experiment
from mien.datasets.framing import faces_of
from mien.datasets.prepared import PreparedSet
from mien.evaluation.answers import of_model
from mien.export import onnx, parity
from mien.inference.model import Model
from mien.report.model_card import card
from mien.runs import RunFolder, read_json, sha256, whole_file, write_text
from mien.training.finished import of_run, open_run

FACES = 512
"""How many validation faces the file is checked on."""


def export(root: Path, out: Path, data: Path | None = None) -> parity.Parity:
    """Write a finished run as one ``.onnx`` file with its card, and check it against the network.

    Both start from the same stored pictures, so the check covers the preprocessing too.

    Args:
        root: a finished run folder.
        out: the file to write; it and its card (``.md``) appear only if the check holds.
        data: prepared dataset whose validation faces are the check; the run's own if None.

    Raises:
        RunError, PreparedDataError: run or dataset cannot be opened.
        ModelFileError: the file answers otherwise than the network.
    """
    run, experiment, network = open_run(root)
    prepared = PreparedSet.open(data or experiment.data.path)
    rows = prepared.where(split="val")[:FACES]
    metadata = onnx.metadata(experiment, details(run, experiment))
    expected = of_run(network, experiment, prepared, rows)
    with whole_file(out) as temporary:
        onnx.write(network, experiment, temporary, metadata)
        found = of_model(Model.open(temporary), prepared, rows)
        outcome = parity.compare(expected, found)
        outcome.check()
    write_text(out.with_suffix(".md"), card(metadata))
    return outcome


def details(run: RunFolder, experiment: Experiment) -> dict[str, Any]:
    """Return what a model file says of its origin: name, framing, provenance, scores.

    Of paths only the last part is told.
    """
    environment, data = read_json(run.environment), read_json(run.data)
    state = run.read_state()
    return {
        "name": experiment.name,
        "framing": {"faces": faces_of(data)},
        "provenance": {
            "data": data,
            "seed": environment["seed"],
            "commit": environment["commit"],
            "packages": environment["packages"],
            "cpu": environment["cpu"],
            "gpu": environment["gpu"],
            "threads": environment["threads"],
            "trained": environment["time"],
            **{key: state[key] for key in ("epochs", "best_epoch", "monitor", "best", "hours")},
            "weights_sha256": sha256(run.best),
            "config": experiment.without_folders().to_yaml(),
        },
        "scores": scores(run),
    }


def scores(run: RunFolder) -> dict[str, Any]:
    """Return accuracy, macro-F1 and n of each evaluation of a run, by dataset and protocol."""
    found = sorted(run.root.glob("evaluation/*/metrics.json"))
    return {path.parent.name: _short(read_json(path)["heads"]) for path in found}


def _short(values: Any) -> Any:
    """Keep of each report its n, accuracy and macro-F1."""
    if isinstance(values, dict) and "accuracy" in values:
        return {key: _rounded(values[key]) for key in ("n", "accuracy", "macro_f1")}
    if isinstance(values, dict):
        return {key: _short(part) for key, part in values.items() if isinstance(part, dict)}
    return values


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else float(np.round(value, 5))
