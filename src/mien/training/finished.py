"""A finished run, opened: its experiment and its network with the best weights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from mien.config import Experiment
from mien.datasets.prepared import PreparedSet
from mien.errors import RunError
from mien.models.network import FlipAverage, same_shapes
from mien.models.registry import build
from mien.preprocess import Pixels, Preprocessing
from mien.runs import RunFolder

AT_ONCE = 256
"""Pictures that a network answers in one pass."""


def open_run(root: Path) -> tuple[RunFolder, Experiment, nn.Module]:
    """Return a finished run's folder, experiment, and answering network in evaluation mode.

    Raises:
        RunError: no run, an unfinished one, or weights that are missing, damaged or of
            another model.
    """
    run = RunFolder.open(root)
    run.require_finished()
    experiment = Experiment.load(run.config)
    network = build(experiment, start=False)
    load_weights(network, run.best)
    answering = FlipAverage(network) if experiment.train.flip_average else network
    return run, experiment, answering.eval()


def load_weights(network: nn.Module, path: Path) -> None:
    """Give a network the weights of a safetensors file.

    Raises:
        RunError: the file is missing, damaged, or of another model.
    """
    try:
        weights = load_file(path)
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path}: expected the best weights of a run, but: {error}") from None
    problem = same_shapes(network, weights)
    if problem:
        raise RunError(f"{path}: weights of another model than the experiment's: {problem}")
    network.load_state_dict(weights)


@torch.inference_mode()
def logits(
    network: nn.Module, spec: Preprocessing, faces: Sequence[Pixels]
) -> dict[str, npt.NDArray[np.float32]]:
    """Return each head's logits on faces, ``float32 [N, K]``.

    Args:
        network: as ``open_run`` returns it.
        spec: its preprocessing.
        faces: uint8 [H, W] grey or [H, W, 3] RGB each, N of them.
    """
    parts = [
        network(torch.from_numpy(spec.apply(list(faces[start : start + AT_ONCE]))))
        for start in range(0, len(faces), AT_ONCE)
    ]
    return {head: torch.cat([part[head] for part in parts]).numpy() for head in parts[0]}


def of_run(
    network: nn.Module,
    experiment: Experiment,
    prepared: PreparedSet,
    rows: npt.NDArray[np.int64],
) -> dict[str, npt.NDArray[np.float32]]:
    """Return each head's logits on rows of a prepared dataset, ``float32 [N, K]``."""
    faces = [prepared.pixels(int(row)) for row in rows]
    return logits(network, experiment.preprocess, faces)
