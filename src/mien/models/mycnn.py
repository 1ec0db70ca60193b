"""MyCNN: the net of two convolutional layers, for small sets and quick studies.

Twice convolution 3×3, batch norm, ReLU, 2×2 max-pool (32, 64 channels), then dropout 0.5 and a
layer of 128 with batch norm and ReLU; the network adds dropout and the last layer. For 48×48×1
and seven classes that is 1,199,719 parameters. The description gives the two convolutions, their
norms and the dropout of 0.5. Read into it: 3×3 kernels and the usual 32 and 64 channels; the
pools, without which the dense layer would have 19 million parameters; one dense layer between
the map and the answer, where the dropout stands, since that layer holds nearly all parameters.
"""

from torch import nn

from mien.models.blocks import blocks, dense, flattened, scaled

WIDTHS = (32, 64)
FEATURES = 128


def mycnn(channels: int, size: int, width: float = 1) -> tuple[nn.Module, int]:
    """Return the body and its number of features; the input size is fixed.

    Args:
        channels: of the input, 1 or 3.
        size: side of the input, 4 px or more.
        width: factor on the channels and on the dense layer.
    """
    widths, features = [scaled(w, width) for w in WIDTHS], scaled(FEATURES, width)
    flat = flattened(widths[-1], size, len(WIDTHS))
    return nn.Sequential(*blocks(channels, widths), dense(flat, features, 0.5)), features
