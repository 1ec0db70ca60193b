"""Any classification net of torchvision as a body: its classifier taken away.

What stays is everything below the last linear layer; a dropout just before that layer goes with
it, because ``Network`` has its own. Three families differ:

- ``vgg*`` and ``alexnet`` flatten a map into wide dense layers, which are drawn for 224 px. Here
  the body is their convolutional part and the mean over its map (512 features for VGG-16).
- ``squeezenet*`` classify with a convolution; the body ends before it, with the same mean.
- ``googlenet`` and ``inception_v3`` come without their auxiliary heads, and take the input as
  ``mien.preprocess`` normalises it (``transform_input`` is off).

ImageNet weights were learnt on pictures normalised with a fixed mean and deviation a channel;
mien's ``per_image`` gives about the same range.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn

from mien.config import Model
from mien.errors import ConfigError, UnknownNameError
from mien.models import pretrained, stems
from mien.models.zoo import FIXED, names, smallest, zoo

__all__ = ["backbone", "check_size", "names"]

WITHOUT_EXTRAS = {"aux_logits": False, "transform_input": False, "init_weights": True}


def backbone(model: Model, channels: int, size: int) -> tuple[nn.Module, int]:
    """Return a body and its number of features F.

    Args:
        model: names the net, and the weights that it starts from.
        channels: 1 for grey (see ``stems.grey``), 3 for RGB.
        size: side S of the input in pixels.

    Returns:
        The body, ``float32 [B, channels, S, S]`` → features ``[B, F]``, and F. Its parameters
        have torchvision's names.

    Raises:
        UnknownNameError: torchvision has no such net.
        ConfigError: the net cannot take this size, or ``model.pretrained`` is no file of weights.
        RunError: the pretrained weights cannot be fetched or read, or are another net's.
        MissingExtraError: torchvision is not installed.
    """
    check_size(model.name, size)
    body, width = _body(model.name, size)
    if model.pretrained is not None:
        pretrained.load(body, model)
    if channels == 1:
        stems.grey(body)
    return body, width


def check_size(name: str, size: int) -> None:
    """Refuse an input that a net cannot take.

    Raises:
        UnknownNameError: torchvision has no such net.
        ConfigError: the message says which size it takes.
    """
    if name not in names():
        raise UnknownNameError("net of torchvision", name, names())
    side = smallest(name)
    fixed = name.startswith(FIXED)
    if size < side or (fixed and size != side):
        raise ConfigError(
            f"preprocess.size: {name} takes pictures of {side} px a side"
            f"{'' if fixed else ' or more'}, not {size}; change the size, or take another model"
        )


def _body(name: str, size: int) -> tuple[nn.Module, int]:
    if name == "alexnet" or name.startswith("vgg"):
        return _convolutions(name)
    net = zoo().get_model(name, weights=None, **_options(name, size))
    if name.startswith("squeezenet"):
        width = net.classifier[1].in_channels
        net.classifier = nn.AdaptiveAvgPool2d(1)
        return net, width
    return net, _cut(net)


def _options(name: str, size: int) -> dict[str, Any]:
    if name in ("googlenet", "inception_v3"):
        return WITHOUT_EXTRAS
    return {"image_size": size} if name.startswith("vit_") else {}


def _cut(net: nn.Module) -> int:
    """Take the last linear layer away, and a dropout before it; return its number of inputs."""
    name, last = [(n, m) for n, m in net.named_modules() if isinstance(m, nn.Linear)][-1]
    holder = net.get_submodule(name.rpartition(".")[0])
    layers = list(holder.named_children())
    place = [child for child, _ in layers].index(name.rpartition(".")[2])
    setattr(holder, layers[place][0], nn.Identity())
    before, layer = layers[place - 1]
    if place and isinstance(layer, nn.Dropout):
        setattr(holder, before, nn.Identity())
    return last.in_features


def _convolutions(name: str) -> tuple[nn.Module, int]:
    """Return VGG or AlexNet without dense layers, which are never given any memory.

    The convolutions start as torchvision starts them: in VGG after He et al. 2015
    (arXiv:1502.01852), in AlexNet as torch does.
    """
    with torch.device("meta"):
        net = zoo().get_model(name, weights=None)
    net.avgpool, net.classifier = nn.AdaptiveAvgPool2d(1), nn.Identity()
    net.to_empty(device="cpu")
    width = 0
    for layer in net.features:
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
        elif isinstance(layer, nn.Conv2d):
            layer.reset_parameters()
            width = layer.out_channels
            if name != "alexnet":
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.constant_(cast(Tensor, layer.bias), 0)
    return net, width
