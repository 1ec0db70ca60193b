"""From a finished run to a checked model file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.config import Experiment
from mien.datasets.framing import faces_of
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.evaluation.answers import Answers
from mien.evaluation.asked import rows_of
from mien.evaluation.certainty.calibrate import SPLIT, Entry, calibrate
from mien.evaluation.certainty.fitted import kept
from mien.evaluation.predictions import Predictions
from mien.export import onnx, parity
from mien.inference.model import Model, softmax
from mien.report.card import card_of_file
from mien.runs import RunFolder, read_json, sha256, whole_file, write_text
from mien.training.finished import of_run, open_run

FACES = 512
"""How many validation faces the file is checked on."""


@dataclass(frozen=True)
class Exported:
    """What came of an export.

    Attributes:
        parity: how the file compares with the network.
        fitted: head → what calibrates it, see ``mien.evaluation.certainty.calibrate``.
        anew: it was fitted now, because the run had no ``calibration.json``.
    """

    parity: parity.Parity
    fitted: dict[str, Entry]
    anew: bool


def export(root: Path, out: Path, data: Path | None = None) -> Exported:
    """Write a finished run as one ``.onnx`` file with its card, and check it against the network.

    Both start from the same stored pictures, so the check covers the preprocessing too. The file
    is calibrated: by the run's ``calibration.json``, or else on the validation split.

    Args:
        root: a finished run folder.
        out: the file to write; it and its card (``.md``) appear only if the check holds.
        data: prepared dataset whose validation faces are the check; the run's own if None.

    Raises:
        RunError, PreparedDataError: run, its calibration or dataset cannot be opened, or the
            dataset has no validation split.
        ModelFileError: the file answers otherwise than the network.
    """
    run, experiment, network = open_run(root)
    prepared = PreparedSet.open(data or experiment.data.path)
    rows = rows_of(prepared, SPLIT)
    fitted = kept(run.calibration, sha256(run.best), experiment.data.heads)
    anew = not fitted
    expected = of_run(network, experiment, prepared, rows if anew else rows[:FACES])
    if anew:
        fitted = calibrate(_predictions(run, prepared, rows, expected))
    metadata = onnx.metadata(experiment, details(run, experiment), fitted)
    rows, expected = rows[:FACES], {head: logits[:FACES] for head, logits in expected.items()}
    with whole_file(out) as temporary:
        onnx.write(network, experiment, temporary, metadata)
        found = Model.open(temporary).logits([prepared.pixels(int(row)) for row in rows])
        outcome = parity.compare(expected, found)
        outcome.check()
    text = card_of_file(out, metadata, run.root / "evaluation")
    write_text(out.with_suffix(".md"), text)
    return Exported(outcome, fitted, anew)


def _predictions(
    run: RunFolder, prepared: PreparedSet, rows: npt.NDArray[np.int64], logits: parity.Logits
) -> Predictions:
    heads = {head: Answers(LABEL_SETS[head], softmax(values)) for head, values in logits.items()}
    name, hashed = run.root.resolve().name, sha256(run.best)
    return Predictions.of(prepared, rows, heads, model=name, model_sha256=hashed, split=SPLIT)


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
