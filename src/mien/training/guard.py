"""What is noticed before hours are spent: device, space, another run in the same folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightning.pytorch.accelerators import CUDAAccelerator, MPSAccelerator

from mien.config import Experiment
from mien.errors import ConfigError, RunError, several
from mien.models.network import Network
from mien.runs import LOCK, locked
from mien.training.processes import by_launcher

_BYTES_AN_EPOCH = 400_000
"""TensorBoard's histograms and faces, about."""
_COPIES = {"sgd": 1, "adam": 2, "adamw": 2}
"""Numbers that an optimiser keeps for each of the network's."""


def require_device(experiment: Experiment) -> None:
    """Refuse an experiment that asks for a GPU or for machines which are not there.

    Raises:
        ConfigError: it does; all of it is named.
    """
    machine, problems = experiment.machine, []
    found = CUDAAccelerator.is_available() or MPSAccelerator.is_available()
    if machine.accelerator == "gpu" and not found:
        problems.append(
            "machine.accelerator: expected a GPU that torch can use, found none; set auto or cpu"
        )
    if machine.precision == "16" and (machine.accelerator == "cpu" or not found):
        problems.append("machine.precision: 16 needs a GPU; set 32, or bf16")
    if machine.nodes > 1 and not by_launcher():
        problems.append(
            f"machine.nodes: {machine.nodes} machines need a launcher that starts mien on each "
            "(torchrun or srun, docs/distributed.md), found none"
        )
    if problems:
        raise ConfigError(several(problems))


def require_space(
    root: Path,
    experiment: Experiment,
    network: Network,
    runs: int = 1,
    checkpoints: int | None = None,
) -> None:
    """Refuse to begin where the disk cannot hold the run, or several of its kind.

    A file is written whole beside its old version, so there must be room for both. ``root``
    need not exist yet. ``checkpoints`` says how many of the runs keep theirs; None is all.

    Raises:
        RunError: less is free than the checkpoints and the logs will take.
    """
    numbers = sum(v.numel() * v.element_size() for v in network.state_dict().values())
    checkpoint = 1 + _COPIES[experiment.optimizer.name] + bool(experiment.train.average)
    whole = runs + 1 + checkpoint * ((runs if checkpoints is None else checkpoints) + 1)
    needed = numbers * whole + _BYTES_AN_EPOCH * experiment.train.epochs * runs
    existing = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise RunError(
            f"{root}: {'this run writes' if runs == 1 else f'{runs} runs write'} about "
            f"{_megabytes(needed)}, and only {_megabytes(free)} are free there; make room, "
            "or name another disk (--out)"
        )


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MiB"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep every other process from training in the same folder.

    The system takes the lock away when the process ends, however it ends. A disk that cannot
    lock (some network disks) keeps nobody out.

    Raises:
        RunError: another process is at work there.
    """
    with (root / LOCK).open("a") as file:
        try:
            free = locked(file.fileno())
        except OSError:
            free = True
        if not free:
            raise RunError(
                f"{root}: another process is training in this folder; "
                "wait for it, or name another (--out)"
            )
        yield
