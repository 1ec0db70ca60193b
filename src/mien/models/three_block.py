"""Three blocks and a dense layer: the net of the step-by-step study.

Three times convolution 3×3, batch norm, ReLU, 2×2 max-pool (32, 64, 128 channels), then a layer
of 128 with batch norm and ReLU; the network adds dropout (0.5 in the description:
``model.dropout``) and the last layer. For 48×48×1 and seven classes that is 683,879 parameters.
Read into the description: one convolution a block, with 3×3 kernels that keep the size of the
map; a norm and a ReLU after the dense layer (``blocks.dense`` says why the norm).
"""

from torch import nn

from mien.models.blocks import blocks, dense, flattened, scaled

WIDTHS = (32, 64, 128)
FEATURES = 128


def three_block(channels: int, size: int, width: float = 1) -> tuple[nn.Module, int]:
    """Return the body and its number of features; the input size is fixed.

    Args:
        channels: of the input, 1 or 3.
        size: side of the input, 8 px or more.
        width: factor on the channels and on the dense layer.
    """
    widths, features = [scaled(w, width) for w in WIDTHS], scaled(FEATURES, width)
    flat = flattened(widths[-1], size, len(WIDTHS))
    return nn.Sequential(*blocks(channels, widths), dense(flat, features)), features
