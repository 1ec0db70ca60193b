"""Pretrained weights of a torchvision net: found or fetched, checked, and given to a body."""

import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import torch
from torch import Tensor, nn

from mien.config import Model
from mien.errors import ConfigError, RunError
from mien.models import weight_files
from mien.models.network import misfit
from mien.models.zoo import address
from mien.runs import sha256

IMAGENET = "imagenet"
CLASSIFIERS = ("fc.", "classifier.", "head.", "heads.", "aux1.", "aux2.", "AuxLogits.")
"""How names of a classifier begin, auxiliary ones included; such weights may lie unused."""

SECONDS = 30
"""How long a server may be silent."""


def source(model: Model) -> dict[str, str] | None:
    """Return the name and sha256 of the file that a net starts from, for the run's record.

    Returns:
        ``{"file", "sha256"}``; None where the net starts from random weights.

    Raises:
        ConfigError, RunError: see ``file``.
    """
    if model.pretrained is None:
        return None
    path = file(model)
    try:
        return {"file": path.name, "sha256": sha256(path)}
    except OSError as error:
        raise RunError(f"{path}: expected a file of weights, but: {error.strerror}") from None


def load(body: nn.Module, model: Model) -> None:
    """Give a body in colour its pretrained weights, in place.

    Names are torchvision's. Those of the classifier may be there or not; the counts of batches
    that norms keep may be missing, as in old files.

    Raises:
        ConfigError, RunError: see ``file``; or the weights are another net's.
    """
    path = file(model)
    came = {_renamed(name): value for name, value in weight_files.read(path).items()}
    own = body.state_dict()
    came = {n: v for n, v in came.items() if n in own or not n.startswith(CLASSIFIERS)}
    problem = misfit(_without_counts(own, came), came)
    if problem:
        raise RunError(f"{path}: expected the weights of torchvision's {model.name}: {problem}")
    with torch.no_grad():
        for name in own.keys() & came.keys():
            own[name].copy_(came[name])


def file(model: Model) -> Path:
    """Return the file that ``model.pretrained`` names; ``imagenet`` is fetched where needed.

    torchvision's file is taken from the cache of torch hub, or fetched into it, whole or not at
    all; its sha256 must begin as its name says.

    Raises:
        ConfigError: neither ``imagenet`` nor a file of weights.
        RunError: it cannot be fetched, or the cache holds another file under its name.
    """
    named = str(model.pretrained)
    if named == IMAGENET:
        return _imagenet(address(model.name))
    if Path(named).suffix not in weight_files.SUFFIXES:
        raise ConfigError(
            f"model.pretrained: expected {IMAGENET}, or a file of weights "
            f"({', '.join(weight_files.SUFFIXES)}), not {named!r}"
        )
    return Path(named)


def _imagenet(url: str) -> Path:
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    wanted = path.stem.rpartition("-")[2]
    if not path.is_file():
        _fetch(url, path, wanted)
    elif not sha256(path).startswith(wanted):
        raise RunError(
            f"{path}: its sha256 does not begin with {wanted}, so it is damaged or another file; "
            f"delete it, and fetch {url} again"
        )
    return path


def _fetch(url: str, path: Path, wanted: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _patience(SECONDS):
            torch.hub.download_url_to_file(url, str(path), wanted, sys.stderr.isatty())
    except (OSError, HTTPException, RuntimeError) as error:
        reason = (str(error).splitlines() or [""])[0].strip("<>") or type(error).__name__
        raise RunError(
            f"model.pretrained: {url} could not be fetched ({reason}); bring {path.name} by hand "
            f"and put it into {path.parent}, or name a file: model.pretrained: FILE"
        ) from None


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Give up on servers that stay silent; torch hub alone would wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _renamed(name: str) -> str:
    """Return a name of torchvision's first DenseNet files (``norm.1``) as it is today."""
    return re.sub(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)", r"\1\2", name)


def _without_counts(own: Mapping[str, Tensor], came: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a net's own weights less the counts of batches that a file does not hold."""
    count = ".num_batches_tracked"
    return {n: v for n, v in own.items() if n in came or not n.endswith(count)}
