"""The model that an account is about: a run folder or a model file, and its evaluations.

``about`` has the same keys for both, those of a model file's metadata (see
``mien.inference.info``): ``name``, ``preprocessing``, ``framing``, ``heads``, ``answer``,
``provenance``, ``scores``. Nothing here opens a network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mien.config import Experiment
from mien.datasets.framing import faces_of
from mien.emotions import LABEL_SETS
from mien.errors import RunError, UsageError
from mien.evaluation.certainty.fitted import kept
from mien.report.account.evaluated import Evaluated, evaluations
from mien.report.account.pieces import Missing
from mien.report.compare.files import folder_name
from mien.report.compare.reading import without_paths
from mien.runs import RunFolder, read_json, sha256

FILES = "-evaluation"
"""What follows the stem of a model file in the name of the folder with its evaluations."""
LATENCY = "latency.json"


@dataclass(frozen=True)
class Subject:
    """A model.

    Attributes:
        path: its run folder or file.
        about: see the module.
        network: ``network.json`` of a run; empty for a file.
        evaluations: those of these weights, by the names of their folders.
        latency: what ``mien card --measure-latency`` measured, or None.
        refused: artefacts that are there and not used, and why.
    """

    path: Path
    about: Mapping[str, Any]
    network: Mapping[str, Any]
    evaluations: tuple[Evaluated, ...]
    latency: Mapping[str, Any] | None = None
    refused: tuple[Missing, ...] = ()

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return str(self.about["name"])

    @property
    def origin(self) -> Mapping[str, Any]:
        """How the weights came to be."""
        found: Mapping[str, Any] = self.about["provenance"]
        return found

    @property
    def data(self) -> Mapping[str, Any]:
        """What it learnt from."""
        found: Mapping[str, Any] = self.origin.get("data", {})
        return found

    @property
    def config(self) -> Mapping[str, Any]:
        """The settings of its training; empty where the file keeps none."""
        values = yaml.safe_load(self.origin.get("config", "") or "{}")
        return values if isinstance(values, dict) else {}

    @property
    def heads(self) -> Sequence[str]:
        """Its heads, the one that answers first."""
        answer, heads = self.about["answer"], list(self.about["heads"])
        return sorted(heads, key=lambda head: (head != answer, heads.index(head)))

    @property
    def is_file(self) -> bool:
        """Whether it is a model file."""
        return self.path.suffix == ".onnx"

    def command(self, verb: str, evaluated: Evaluated | None = None) -> str:
        """Return the command that makes an artefact of this model, for an evaluation's data."""
        words = ["mien", verb, self.path.name if self.is_file else folder_name(self.path)]
        own = not self.is_file and (evaluated is None or evaluated.is_on(self.data))
        words += [] if own else ["--data", "DATASET"]
        if evaluated is not None and evaluated.split != "test":
            words += ["--split", evaluated.split]
        return " ".join(words)


def of_run(root: Path) -> Subject:
    """Return the model of a finished run, without any path of the machine.

    Raises:
        RunError: no run, one that has not finished, or a damaged file of it.
    """
    run = RunFolder.open(root)
    run.require_finished()
    experiment = Experiment.load(run.config).without_folders()
    weights = sha256(run.best) if run.best.is_file() else ""
    found, refused = evaluations(root / "evaluation", {weights} - {""})
    return Subject(
        path=root,
        about=_about(run, experiment, weights),
        network=read_json(run.network),
        evaluations=found,
        latency=latency_of(root / "evaluation", {weights} - {""}),
        refused=refused,
    )


def of_file(path: Path, about: Mapping[str, Any], folder: Path | None = None) -> Subject:
    """Return the model of a file.

    Args:
        path: the ``.onnx`` file.
        about: its metadata.
        folder: holds its evaluations; None: ``<stem>-evaluation`` beside it, and where it lies
            in the run folder that it was exported from, that run's evaluations too.

    Raises:
        UsageError: the folder that was named is not there.
        RunError: an artefact is damaged.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(f"{folder}: expected a folder with evaluations, there is none")
    whose = {about.get("provenance", {}).get("weights_sha256", "")} - {""}
    whose |= {sha256(path)} if path.is_file() else set()
    beside = path.with_name(f"{path.stem}{FILES}")
    places = [folder] if folder else [beside, path.parent / "evaluation"]
    every = [evaluations(place, whose) for place in places]
    found = {one.name: one for kept, _ in reversed(every) for one in kept}
    measured = [latency_of(place, whose) for place in [*places, beside]]
    return Subject(
        path=path,
        about=about,
        network={},
        evaluations=tuple(found[name] for name in sorted(found)),
        latency=next((one for one in measured if one), None),
        refused=tuple(one for _, refused in every[:1] for one in refused),
    )


def _about(run: RunFolder, experiment: Experiment, weights: str) -> dict[str, Any]:
    """Return of a run what a model file says of itself."""
    environment, data, state = read_json(run.environment), read_json(run.data), run.read_state()
    heads, fitted = experiment.data.heads, kept(run.calibration, weights)
    keys = ("seed", "commit", "packages", "cpu", "gpu", "threads")
    found = {
        "name": experiment.name,
        "preprocessing": experiment.preprocess.to_dict(),
        "framing": {"faces": faces_of(data)},
        "heads": {h: {"classes": list(LABEL_SETS[h]), **fitted.get(h, {})} for h in heads},
        "answer": "ferplus" if "ferplus" in heads else heads[0],
        "provenance": {
            "data": data,
            **{key: environment.get(key) for key in keys},
            "trained": environment.get("time"),
            **{k: state.get(k) for k in ("epochs", "best_epoch", "monitor", "best", "hours")},
            "weights_sha256": weights,
            "config": experiment.to_yaml(),
        },
        "scores": {},
    }
    return dict(without_paths(found))


def latency_of(folder: Path, whose: set[str]) -> Mapping[str, Any] | None:
    """Return the latency that was measured of these weights, if there is one.

    Raises:
        RunError: the file is damaged.
    """
    path = folder / LATENCY
    if not path.is_file():
        return None
    values = read_json(path)
    if not {"single", "batch", "threads", "environment"} <= set(values):
        raise RunError(f"{path}: expected what mien card --measure-latency wrote; measure again")
    return values if values.get("model_sha256") in whose else None
