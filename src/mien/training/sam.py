"""Sharpness-aware minimisation: the step is taken with the gradient of a worse place nearby."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from mien.errors import UsageError

Closure = Callable[[], Any]
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


class SAM(torch.optim.Optimizer):
    """Wraps an optimiser (Foret et al. 2021, arXiv:2010.01412, equation 2 with p = 2).

    A step runs the closure at the weights w, again at w + ρ g / |g|, where g is the gradient of
    all parameters together, puts w back exactly, and lets ``base`` step with the second gradient.
    Clipping inside the closure scales g, so it changes the second gradient alone. A gradient
    that is zero or not finite does not climb: then both passes are at w.

    The parameter groups and the state are those of ``base``, so schedules and checkpoints see
    the same as without. Batch norms of ``network`` take their running statistics from the first
    pass alone.

    Deviation: with several processes g is the mean over all of them, as DDP leaves it, where the
    paper climbs on each device by its own share of the batch.

    Args:
        base: what steps.
        rho: how far to climb, as a distance between all weights together.
        network: whose running statistics the second pass leaves alone.

    Attributes:
        climbed: True during the second pass. A training step that sees it does not log.
    """

    def __init__(self, base: torch.optim.Optimizer, rho: float, network: nn.Module) -> None:
        super().__init__(base.param_groups, base.defaults)
        self.base, self.rho, self.network = base, rho, network
        self.climbed = False
        self._share()

    def step(self, closure: Closure | None = None) -> Any:
        """Step once.

        Args:
            closure: zeroes the gradients, computes them anew and returns the loss; it runs
                twice. Where it raises, the weights are w again.

        Returns:
            What the closure returned at w.

        Raises:
            UsageError: there is no closure (mixed precision with 16 bits hands on none).
        """
        if closure is None:
            raise UsageError(
                "sharpness-aware minimisation takes two passes a step and needs a closure, got "
                "none; set machine.precision to 32 or bf16, or optimizer.sam to 0"
            )
        pass_once = torch.enable_grad()(closure)
        loss = pass_once()
        before = [(p, p.detach().clone()) for p, _ in self._slopes()]
        try:
            _climb(self._slopes(), self.rho)
            self.climbed = True
            with kept_statistics(self.network):
                pass_once()
        finally:
            self.climbed = False
            _put_back(before)
        self.base.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Return the state of ``base``."""
        return self.base.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up a state of ``base``."""
        self.base.load_state_dict(state_dict)
        self._share()

    def _share(self) -> None:
        self.param_groups, self.state = self.base.param_groups, self.base.state

    def _slopes(self) -> list[tuple[Tensor, Tensor]]:
        each = (p for group in self.param_groups for p in group["params"])
        return [(p, p.grad) for p in each if p.grad is not None]


@torch.no_grad()
def _climb(slopes: list[tuple[Tensor, Tensor]], rho: float) -> None:
    if not slopes:
        return
    length = torch.stack([torch.linalg.vector_norm(g) for _, g in slopes]).norm()
    if 0 < length.item() < math.inf:  # false for nan
        for p, g in slopes:
            p.add_(g / length, alpha=rho)


@torch.no_grad()
def _put_back(before: list[tuple[Tensor, Tensor]]) -> None:
    for p, value in before:
        p.copy_(value)


@contextmanager
def kept_statistics(network: nn.Module) -> Iterator[None]:
    """Leave the running statistics of batch norms alone inside; the outputs are the same.

    A batch norm that is in training and does not track divides by the statistics of the batch,
    as one that tracks does, and counts no batch.
    """
    norms = [n for n in network.modules() if isinstance(n, BATCH_NORMS) and n.track_running_stats]
    for norm in norms:
        norm.track_running_stats = False
    try:
        yield
    finally:
        for norm in norms:
            norm.track_running_stats = True
