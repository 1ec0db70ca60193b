"""The LeNet-like baseline (after LeCun et al. 1998, "Gradient-based learning…").

Three times convolution 3×3, ReLU, 2×2 max-pool (32, 64, 128 channels), then dropout 0.5 and a
layer of 512 with ReLU; the network adds dropout 0.5 and the last layer. For 48×48×1 and seven
classes that is 2,456,071 parameters.
"""

from torch import nn

WIDTHS = (32, 64, 128)
FEATURES = 512


def lenet(channels: int, size: int) -> tuple[nn.Module, int]:
    """Return the body and its number of features; the input size is fixed."""
    layers: list[nn.Module] = []
    before = channels
    for width in WIDTHS:
        layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        before = width
    side = size // 2 ** len(WIDTHS)
    dense = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(before * side * side, FEATURES), nn.ReLU()]
    return nn.Sequential(*layers, *dense), FEATURES
