"""Every network by name: mien's own, and the classification nets of torchvision."""

from collections.abc import Iterator
from difflib import get_close_matches

from mien.config import Experiment, Model
from mien.errors import ConfigError, UnknownNameError, several
from mien.models import backbones, frozen
from mien.models.inputs import inputs
from mien.models.network import Network
from mien.models.own import OWN


def build(experiment: Experiment, start: bool = True) -> Network:
    """Return the experiment's network.

    Its weights are fresh (torch's global random state), or those of ``model.pretrained``; what
    ``model.learn`` leaves out is frozen. ``model.weights`` is not read here.

    Args:
        experiment: which network.
        start: whether ``model.pretrained`` is read; a network that is given all its weights
            afterwards needs none.

    Raises:
        UnknownNameError: no net of that name; the message lists the known ones.
        ConfigError: settings that do not go with the net; all of them are named.
        RunError: pretrained weights cannot be fetched or read.
        MissingExtraError: a net of torchvision, which is not installed.
    """
    model, spec = experiment.model, experiment.preprocess
    found = problems(experiment)
    if found:
        raise ConfigError(several(found))
    if model.name in OWN:
        body, features = OWN[model.name].build(spec.channels, spec.size, model.width)
    else:
        begun = model if start else model.model_copy(update={"pretrained": None})
        body, features = backbones.backbone(begun, spec.channels, spec.size)
    network = Network(body, features, experiment.data.heads, model.dropout)
    frozen.freeze(network, model)
    return network


def problems(experiment: Experiment) -> list[str]:
    """Return which settings do not go with the experiment's network, a line each.

    Raises:
        UnknownNameError: no net of that name.
        MissingExtraError: a net of torchvision, which is not installed.
    """
    known(experiment.model.name)
    return [*_of_start(experiment.model), *_of_size(experiment)]


def known(name: str) -> None:
    """Refuse a name that is no network's.

    Raises:
        UnknownNameError: the message lists mien's own nets, and the nearest name of all.
        MissingExtraError: not one of mien's own, and torchvision is not installed.
    """
    if name in OWN or name in backbones.names():
        return
    close = get_close_matches(name.lower(), [*OWN, *backbones.names()], 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    others = f"and any classification net of torchvision (mien models --all){hint}"
    raise UnknownNameError("model", name, [*OWN, others])


def _of_start(model: Model) -> Iterator[str]:
    """Yield what is wrong about width, weights and freezing."""
    own = model.name in OWN
    if not own and model.width != 1:
        yield (
            f"model.width: only mien's own nets ({', '.join(OWN)}) come in other widths, "
            f"{model.name} does not; leave it out"
        )
    if own and model.pretrained is not None:
        yield (
            f"model.pretrained: there are no such weights for mien's own {model.name}; leave it "
            "out, or name the best.safetensors of an earlier run as model.weights"
        )
    started = model.weights is not None or (model.pretrained is not None and not own)
    if model.learn != "all" and not started:
        given = "model.weights" if own else "model.pretrained or model.weights"
        yield (
            f"model.learn: {model.learn} freezes layers of {model.name}, which would stay random; "
            f"give {given} to start from, or take learn: all"
        )


def _of_size(experiment: Experiment) -> Iterator[str]:
    """Yield what is wrong about the size of the input."""
    name, size = experiment.model.name, experiment.preprocess.size
    takes = inputs(name)
    if refusal := takes.refusal(name, size):
        yield f"preprocess.size: {refusal}"
    others = [s for s in dict.fromkeys(experiment.train.sizes) if s != size]
    if others and not takes.any_size:
        flexible = ", ".join(own for own, net in OWN.items() if net.any_size)
        yield (
            f"train.sizes: {name} takes only the size that it is built for; leave sizes out, or "
            f"take a net for any size: {flexible}, or most of torchvision's"
        )
        return
    yield from (f"train.sizes: {r}" for s in others if (r := takes.refusal(name, s)))
