"""What a network costs: its parameters, and the multiply-accumulates of one answer."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True, slots=True)
class Costs:
    """Numbers of one network for one input.

    Attributes:
        parameters: all numbers that training can set, frozen ones too; no norm's statistics.
        trained: those that are not frozen.
        macs: multiply-accumulates of one forward pass for one picture: convolutions and matrix
            products. Norms, activations, pools and sums are not counted, nor are biases.
        input: channels, height and width.
    """

    parameters: int
    trained: int
    macs: int
    input: tuple[int, int, int]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "parameters": self.parameters,
            "trained": self.trained,
            "macs": self.macs,
            "input": list(self.input),
        }


def costs(network: nn.Module, channels: int, size: int) -> Costs:
    """Count a network; its weights, statistics, mode and all random states stay as they are.

    Args:
        network: takes ``float32 [B, channels, size, size]``.
        channels: of its input.
        size: side of its input in px.

    Raises:
        RuntimeError, AssertionError, ValueError: the network does not take that input.
    """
    counts = [(p.numel(), p.requires_grad) for p in network.parameters()]
    with FlopCounterMode(display=False) as counter:
        dry_run(network, channels, size)
    return Costs(
        parameters=sum(n for n, _ in counts),
        trained=sum(n for n, learns in counts if learns),
        macs=counter.get_total_flops() // 2,  # it counts a multiplication and an addition
        input=(channels, size, size),
    )


def dry_run(network: nn.Module, channels: int, size: int) -> None:
    """Pass one picture through a network in evaluation mode, by shapes alone.

    Tensors of torch's device ``meta`` stand in for weights and picture, so nothing is computed,
    drawn or changed; the modules' modes are put back.

    Raises:
        RuntimeError, AssertionError, ValueError: the network does not take that input.
    """
    modes = [(module, module.training) for module in network.modules()]
    named = [*network.named_parameters(), *network.named_buffers()]
    shapes = {name: torch.empty_like(value, device="meta") for name, value in named}
    try:
        network.eval()
        with torch.no_grad():
            picture = torch.empty(1, channels, size, size, device="meta")
            functional_call(network, shapes, (picture,))
    finally:
        for module, mode in modes:
            module.training = mode
