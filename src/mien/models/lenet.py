"""The LeNet-like baseline (after LeCun et al. 1998, "Gradient-based learning…").

Three times convolution 3×3, ReLU, 2×2 max-pool (32, 64, 128 channels), then dropout 0.5 and a
layer of 512 with ReLU; the network adds dropout and the last layer. For 48×48×1 and seven
classes that is 2,456,071 parameters. Read into the description: the convolutions keep the size
of the map (padding 1).
"""

from torch import nn

from mien.models.blocks import flattened, scaled

WIDTHS = (32, 64, 128)
FEATURES = 512


def lenet(channels: int, size: int, width: float = 1) -> tuple[nn.Module, int]:
    """Return the body and its number of features; the input size is fixed.

    Args:
        channels: of the input, 1 or 3.
        size: side of the input, 8 px or more.
        width: factor on the channels and on the dense layer.
    """
    layers: list[nn.Module] = []
    before = channels
    for after in (scaled(w, width) for w in WIDTHS):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        before = after
    features = scaled(FEATURES, width)
    flat = flattened(before, size, len(WIDTHS))
    dense = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(flat, features), nn.ReLU()]
    return nn.Sequential(*layers, *dense), features
