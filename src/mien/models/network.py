"""A network: one body that turns faces into features, and a head for each label set."""

from collections.abc import Mapping
from typing import Self

import torch
from torch import Tensor, nn

from mien.emotions import LABEL_SETS


class Network(nn.Module):
    """Body, dropout, and one linear head for each label set.

    Args:
        body: ``float32 [B, C, S, S]`` → features ``[B, width]``.
        width: number of features.
        heads: label sets (``mien.emotions.LABEL_SETS``); they name the outputs.
        dropout: share of features dropped in training, before the heads.

    Attributes:
        frozen: parts of the body that stay in evaluation mode (``mien.models.frozen``).
    """

    frozen: tuple[nn.Module, ...] = ()

    def __init__(self, body: nn.Module, width: int, heads: tuple[str, ...], dropout: float) -> None:
        super().__init__()
        self.body = body
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({h: nn.Linear(width, len(LABEL_SETS[h])) for h in heads})

    def forward(self, faces: Tensor) -> dict[str, Tensor]:
        """Return logits ``[B, classes]`` for each head."""
        features = self.dropout(self.body(faces))
        return {name: head(features) for name, head in self.heads.items()}

    def train(self, mode: bool = True) -> Self:
        """Set training or evaluation mode; frozen parts stay in evaluation mode."""
        super().train(mode)
        for part in self.frozen:
            part.eval()
        return self


class FlipAverage(nn.Module):
    """Answers with ``flip_average`` of a network; this is what is exported."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, faces: Tensor) -> dict[str, Tensor]:
        """Return logits ``[B, classes]`` for each head."""
        return flip_average(self.network, faces)


def flip_average(network: nn.Module, faces: Tensor) -> dict[str, Tensor]:
    """Return the mean of a network's logits over faces and their mirror images."""
    both = network(torch.cat([faces, faces.flip(3)]))
    return {name: v.reshape(2, -1, v.shape[1]).mean(0) for name, v in both.items()}


def parameters(network: nn.Module) -> int:
    """Return the number of trained numbers."""
    return sum(p.numel() for p in network.parameters())


def same_shapes(network: nn.Module, weights: Mapping[str, Tensor]) -> str:
    """Return "" where ``weights`` fit the network, or what does not fit, in one line."""
    return misfit(network.state_dict(), weights)


def misfit(expected: Mapping[str, Tensor], came: Mapping[str, Tensor]) -> str:
    """Return "" where names and shapes are the same, or what differs, counted, in one line."""
    missing, extra = sorted(expected.keys() - came.keys()), sorted(came.keys() - expected.keys())
    both = expected.keys() & came.keys()
    different = sorted(name for name in both if expected[name].shape != came[name].shape)
    parts = [("missing", missing), ("unknown", extra), ("of another shape", different)]
    said = [
        f"{len(names)} {what} (such as {', '.join(names[:3])})" for what, names in parts if names
    ]
    return ", ".join(said)
