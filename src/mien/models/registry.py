"""Every network by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import nn

from mien.config import Experiment
from mien.errors import UnknownNameError
from mien.models.compact import compact
from mien.models.lenet import lenet
from mien.models.network import Network

Builder = Callable[[int, int], tuple[nn.Module, int]]
"""(channels, size of the input) → (body, number of features)."""

MODELS: Mapping[str, Builder] = MappingProxyType({"compact": compact, "lenet": lenet})


def build(experiment: Experiment) -> Network:
    """Return the experiment's network with fresh weights (torch's global random state).

    Raises:
        UnknownNameError: no model of that name; the message lists the known ones.
    """
    model, spec = experiment.model, experiment.preprocess
    if model.name not in MODELS:
        raise UnknownNameError("model", model.name, sorted(MODELS))
    body, width = MODELS[model.name](spec.channels, spec.size)
    return Network(body, width, experiment.data.heads, model.dropout)
