"""Grey input for a net that was drawn for colour."""

import torch
from torch import nn


def grey(net: nn.Module) -> None:
    """Let a net's first convolution take one channel, in place.

    Its kernel becomes the sum of the kernels over red, green and blue. So the net answers to a
    grey picture as it did to that picture repeated three times, each channel normalised alike:
    pretrained weights keep their meaning, and random ones their scale.

    Args:
        net: takes ``float32 [B, 3, S, S]`` before, ``float32 [B, 1, S, S]`` afterwards.
    """
    stem = first_convolution(net)
    with torch.no_grad():
        summed = stem.weight.sum(1, keepdim=True)
    stem.weight = nn.Parameter(summed)
    stem.in_channels = 1


def first_convolution(net: nn.Module) -> nn.Conv2d:
    """Return the convolution that sees the picture, which takes three channels.

    Raises:
        ValueError: the net's first convolution is no such layer.
    """
    found = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    if not found or found[0].in_channels != 3 or found[0].groups != 1:
        raise ValueError(
            f"expected a net that begins with a convolution of colour, not {found[:1]}"
        )
    return found[0]
