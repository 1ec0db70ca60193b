"""mien's own networks by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import nn

from mien.models.compact import compact, compact_m, compact_s
from mien.models.four_block import four_block
from mien.models.lenet import lenet
from mien.models.mycnn import mycnn
from mien.models.three_block import three_block

Builder = Callable[[int, int, float], tuple[nn.Module, int]]
"""(channels, size of the input, width) → (body, number of features)."""


@dataclass(frozen=True, slots=True)
class Own:
    """One of mien's own networks.

    Attributes:
        build: makes its body.
        what: one sentence for tables.
        smallest: side of the smallest input in px.
        any_size: whether one built network takes inputs of every size; the others flatten
            their map, and take the size alone that they are built for.
    """

    build: Builder
    what: str
    smallest: int = 8
    any_size: bool = False


OWN: Mapping[str, Own] = MappingProxyType(
    {
        "compact": Own(compact, "The shared residual net.", any_size=True),
        "compact_m": Own(compact_m, "compact with 0.7 of its channels.", any_size=True),
        "compact_s": Own(compact_s, "compact with 0.48 of its channels.", any_size=True),
        "lenet": Own(lenet, "LeNet-like: three convolutions, then a dense layer of 512."),
        "mycnn": Own(mycnn, "Two convolutions with batch norm, then a dense layer."),
        "three_block": Own(three_block, "Three blocks with batch norm, then a dense layer."),
        "four_block": Own(
            four_block, "Four blocks with batch norm and dropout, then a dense layer.", smallest=16
        ),
    }
)
"""Every one of them; ``model.name`` takes the keys."""
