"""The stages of a body, in order: what ``model.top`` counts.

A stage is what people who speak of "the last block" mean. ResNet has its stem and ``layer1`` to
``layer4``, VGG the convolutions between two poolings, MobileNet and EfficientNet each child of
``features``, DenseNet its dense blocks with the transition behind each. Other nets, mien's own
among them, have a stage for each top-level layer.
"""

import re
from collections.abc import Iterator

from torch import nn

STEM = "stem"
BLOCKS = {
    "ConvNeXt": r"features\.[1246]",
    "DenseNet": r"features\.denseblock\d",
    "EfficientNet": r"features\.\d+",
    "GoogLeNet": r"inception\d",
    "Inception3": r"Mixed_\d",
    "MNASNet": r"layers\.(?:8|9|1[0-4])$",
    "MaxVit": r"blocks\.\d",
    "MobileNetV2": r"features\.\d+",
    "MobileNetV3": r"features\.\d+",
    "RegNet": r"trunk_output\.block\d",
    "ResNet": r"layer\d",
    "ShuffleNetV2": r"stage\d|conv5",
    "SwinTransformer": r"features\.[1246]",
    "VisionTransformer": r"encoder\.layers\.encoder_layer_\d+",
}
"""Class of torchvision → the names at which a stage begins.

Layers of equal such names are one stage. What stands before the first is the stem; other layers
belong to the stage before them. In ConvNeXt and Swin a stage begins with the layer that shrinks
the map.
"""

POOLED = ("AlexNet", "SqueezeNet", "VGG")
"""Classes of torchvision whose stages lie between the poolings of ``features``."""

Pieces = Iterator[tuple[str, nn.Module]]
"""(name of the stage that begins or goes on here, "" for that of the piece before; layer)."""


def stages(body: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return each stage's name and layers, from the input to the features.

    Layers without parameters belong to the stage that they feed, so that a dropout is one with
    the layer behind it. Together the stages hold every layer.
    """
    found: list[tuple[str, nn.ModuleList]] = []
    waiting: list[nn.Module] = []
    for name, layer in _pieces(body):
        waiting.append(layer)
        if next(layer.parameters(), None) is None:
            continue
        if not found or (name and name != found[-1][0]):
            found.append((name or STEM, nn.ModuleList()))
        found[-1][1].extend(waiting)
        waiting = []
    if found:
        found[-1][1].extend(waiting)
    return list(found)


def _pieces(body: nn.Module) -> Pieces:
    kind = type(body).__name__
    if not type(body).__module__.startswith("torchvision.") or kind not in (*BLOCKS, *POOLED):
        return _children(body)
    return _between_poolings(body) if kind in POOLED else _named(body, re.compile(BLOCKS[kind]))


def _children(body: nn.Module) -> Pieces:
    """Yield the top-level layers; a bare norm goes with the layer before it."""
    for name, layer in body.named_children():
        yield "" if _is_norm(layer) else name, layer


def _is_norm(layer: nn.Module) -> bool:
    return isinstance(layer, nn.modules.batchnorm._NormBase | nn.LayerNorm | nn.GroupNorm)


def _between_poolings(body: nn.Module) -> Pieces:
    block = 1
    for layer in body.get_submodule("features").children():
        yield f"block{block}", layer
        block += isinstance(layer, nn.MaxPool2d)
    yield from (("", layer) for name, layer in body.named_children() if name != "features")


def _named(module: nn.Module, pattern: re.Pattern[str], prefix: str = "") -> Pieces:
    """Yield a module's layers, opening those in which a stage begins."""
    for name, layer in module.named_children():
        full = prefix + name
        found = pattern.match(full)
        inner = (f"{full}.{n}" for n, _ in layer.named_modules() if n)
        if found:
            yield found[0], layer
        elif any(pattern.match(n) for n in inner):
            yield from _named(layer, pattern, f"{full}.")
        else:
            yield "", layer
