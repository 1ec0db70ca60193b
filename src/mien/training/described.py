"""What a run folder records before the first epoch: the data, the network, the machine."""

from collections.abc import Mapping
from typing import Any

import torch

from mien.config import Experiment
from mien.datasets.framing import faces_of
from mien.datasets.prepared import PreparedSet
from mien.emotions import LABEL_SETS
from mien.errors import RunError
from mien.models.costs import costs
from mien.models.network import Network
from mien.models.pretrained import source
from mien.runs import RunFolder, environment, read_json, sha256
from mien.training.data import Splits

PACKAGES = ("torch", "lightning", "torchvision", "safetensors")
"""What the environment of a run records beside Python and numpy."""


def data_of(prepared: PreparedSet, experiment: Experiment, data: Splits) -> dict[str, Any]:
    """Return ``data.json``: which dataset, which rows, what each head learns."""
    settings = experiment.data
    labels = {head: list(LABEL_SETS[head]) for head in settings.heads}
    fold = settings.fold
    return {
        "name": prepared.name,
        "label_set": prepared.label_set,
        "sha256": prepared.sha256,
        "framing": {"faces": faces_of(prepared.record)},
        "left_out": list(settings.leave_out),
        "rows": {split: len(rows) for split, rows in data.rows.items()},
        "heads": {head: {"classes": labels[head], "votes": data.soft[head]} for head in labels},
        "fold": None
        if fold is None
        else {
            "held_out": fold.held_out,
            "rows": len(data.held_out),
            "sha256": sha256(fold.file),
        },
    }


def start_of(experiment: Experiment) -> dict[str, Any]:
    """Return the rest of ``data.json``: the hashes of the weights that training starts from.

    Raises:
        RunError: they cannot be read or fetched.
    """
    model = experiment.model
    try:
        weights = None if model.weights is None else sha256(model.weights)
    except OSError as error:
        raise RunError(
            f"{model.weights}: expected the best weights of a run, but: {error.strerror}"
        ) from None
    return {"started_from": weights, "pretrained": source(model)}


def started_on(experiment: Experiment) -> dict[str, Any] | None:
    """Return what the weights that training starts from learnt from: that run's ``data.json``.

    None where it starts from no run's weights, or they do not lie in their run's folder.

    Raises:
        RunError: the file is damaged.
    """
    weights = experiment.model.weights
    file = None if weights is None else RunFolder(weights.parent).data
    return read_json(file) if file is not None and file.is_file() else None


def network_of(network: Network, experiment: Experiment) -> dict[str, Any]:
    """Return ``network.json``: name, parameters, multiply-accumulates, input."""
    spec = experiment.preprocess
    found = costs(network, spec.channels, spec.size).to_dict()
    return {"name": experiment.model.name, **found}


def machine_of(experiment: Experiment, processes: int) -> dict[str, Any]:
    """Return ``environment.json``: versions, machine, commit, threads, processes, seed."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    settings = experiment.machine
    return {
        **environment(*PACKAGES),
        "gpu": None if settings.accelerator == "cpu" else gpu,
        "threads": settings.threads or torch.get_num_threads(),
        "processes": processes,
        "precision": settings.precision,
        "seed": experiment.seed,
    }


def sentence(network: Mapping[str, Any], data: Splits) -> str:
    """Say in one line what is trained on what."""
    return (
        f"{network['name']}: {network['parameters']:,} parameters, {network['trained']:,} of them "
        f"learn; {network['macs'] / 1e6:,.1f} M multiply-accumulates a picture; "
        f"{len(data.train):,} pictures to learn from, {len(data.val):,} to watch"
    )


def require_same_data(run: RunFolder, now: Mapping[str, Any]) -> None:
    """Refuse to go on with another dataset than the run began with.

    Raises:
        RunError: it says what changed.
    """
    before = read_json(run.data)
    changed = [key for key in now if before.get(key) != now[key]]
    if changed:
        raise RunError(
            f"{run.root}: the dataset is not the one this run began with "
            f"({', '.join(changed)} changed); "
            "prepare it again from the same source, or start a new run"
        )
