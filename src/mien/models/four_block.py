"""Four blocks and dense layers: the net of the real-time study.

Four times convolution 3×3, batch norm, ReLU, 2×2 max-pool, dropout 0.1 (32, 96, 192, 256
channels), then a layer of 256 with batch norm and ReLU; the network adds dropout and the last
layer. For 48×48×1 and seven classes that is 1,229,479 parameters. The description gives the
order within a block and "dense layers". Read into it: one convolution a block; a ReLU after each
norm; channels that spend the multiplications on the middle blocks, as many as a CPU trains in
hours; little dropout in the blocks, since the norms and the augmentation regularise too; two
dense layers, this one and the last.
"""

from torch import nn

from mien.models.blocks import blocks, dense, flattened, scaled

WIDTHS = (32, 96, 192, 256)
FEATURES = 256
DROPOUT = 0.1


def four_block(channels: int, size: int, width: float = 1) -> tuple[nn.Module, int]:
    """Return the body and its number of features; the input size is fixed.

    Args:
        channels: of the input, 1 or 3.
        size: side of the input, 16 px or more.
        width: factor on the channels and on the dense layer.
    """
    widths, features = [scaled(w, width) for w in WIDTHS], scaled(FEATURES, width)
    flat = flattened(widths[-1], size, len(WIDTHS))
    return nn.Sequential(*blocks(channels, widths, DROPOUT), dense(flat, features)), features
