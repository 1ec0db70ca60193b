"""What there is to know of a network before any training: a line of ``mien models``."""

import re
from dataclasses import dataclass

from mien.config import Experiment
from mien.models import registry
from mien.models.costs import Costs, costs
from mien.models.inputs import Inputs, inputs
from mien.models.own import OWN
from mien.models.zoo import zoo

SHOWN = (*OWN, "resnet18", "vgg16", "mobilenet_v2")
"""What is listed where no names are asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One network.

    Attributes:
        name: as ``model.name`` takes it.
        what: one sentence.
        inputs: which sizes it takes.
        costs: with one head of seven classes; None where the net does not take that input.
        refusal: why it does not, or "".
    """

    name: str
    what: str
    inputs: Inputs
    costs: Costs | None
    refusal: str


def line(name: str, channels: int, size: int) -> Line:
    """Describe a network, built for one input.

    Args:
        name: one of mien's own nets, or one of torchvision's.
        channels: of the input, 1 or 3.
        size: side of the input in px.

    Raises:
        UnknownNameError: no net of that name.
        ConfigError: no net takes such channels or such a size.
        MissingExtraError: a net of torchvision, which is not installed.
    """
    values = {
        "name": "listing",
        "model": {"name": name},
        "preprocess": {"channels": channels, "size": size},
    }
    experiment = Experiment.from_dict(values, "input")
    registry.known(name)
    takes = inputs(name)
    refusal = takes.refusal(name, size)
    counted = None if refusal else costs(registry.build(experiment), channels, size)
    return Line(name, what(name), takes, counted, refusal)


def what(name: str) -> str:
    """Return one sentence on a network; that of torchvision's nets is torchvision's own."""
    if name in OWN:
        return OWN[name].what
    text = zoo().get_model_builder(name).__doc__ or ""
    without_links = re.sub(r"`([^`<]*?)\s*<[^>]*>`_*", r"\1", text.strip().split("\n\n")[0])
    return " ".join(without_links.split())
