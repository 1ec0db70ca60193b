"""Histograms of weights and gradients, counted by torch: a net of millions costs little."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

BINS = 64
HUGE = 1e30
"""Numbers beyond this are left out, as infinite ones are; spreads below 1 / HUGE are one bin."""


@dataclass(frozen=True)
class Histogram:
    """What TensorBoard stores of a histogram, by the names of ``add_histogram_raw``.

    ``bucket_limits`` are the upper ends of the bins; only numbers that are finite count.
    """

    min: float
    max: float
    num: int
    sum: float
    sum_squares: float
    bucket_limits: list[float]
    bucket_counts: list[float]


def histogram(values: Tensor) -> Histogram | None:
    """Count numbers in 64 equally wide bins from the smallest to the largest.

    Works on the CPU, because ``histc`` of a GPU is not deterministic.

    Args:
        values: of any shape, device and floating type.

    Returns:
        The counts, or None where no number is finite.
    """
    flat = values.detach().to("cpu", torch.float32).reshape(-1)
    low, high = _ends(flat)
    if not (low > -HUGE and high < HUGE):  # NaN neither
        flat = flat[flat.abs() < HUGE]
        low, high = _ends(flat)
    if not len(flat):
        return None
    start, end = (low, high) if high - low > 1 / HUGE else (low - 0.5, low + 0.5)
    counts = torch.histc(flat, BINS, start, end)
    limits = torch.linspace(start, end, BINS + 1, dtype=torch.float64)[1:]
    total = float(flat.sum(dtype=torch.float64))
    squares = float(torch.linalg.vector_norm(flat, dtype=torch.float64)) ** 2
    return Histogram(low, high, len(flat), total, squares, limits.tolist(), counts.tolist())


def _ends(flat: Tensor) -> tuple[float, float]:
    """Return the smallest and the largest; NaN where one is NaN, or where there is nothing."""
    if not len(flat):
        return math.nan, math.nan
    low, high = torch.aminmax(flat)
    return float(low), float(high)
