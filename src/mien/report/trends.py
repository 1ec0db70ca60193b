"""The course of a noisy curve: its middle, its noise, and whether it still falls."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

TAIL = (5, 10)
"""Epochs of a tail: at least, at most; a quarter of the run between these."""


def middle(values: Values) -> Values:
    """Return the median of each value and its two neighbours, [N]; N at least 3.

    The first and the last have one neighbour: they take the median of their three.
    """
    inner = np.median(np.lib.stride_tricks.sliding_window_view(values, 3), axis=1)
    return np.concatenate([inner[:1], inner, inner[-1:]])


def noise(values: Values) -> float:
    """Return the standard deviation of values about their course; N at least 3.

    From the median size of the second differences, which a straight course does not have. Of
    independent normal noise they have a variance of 6 sigma², and the median size of a normal
    number is 0.6745 sigma.
    """
    return float(np.median(np.abs(np.diff(values, 2))) / 0.6745 / np.sqrt(6))


def tail(values: Values) -> Values:
    """Return the last quarter, rounded up, but 5 to 10 values where there are as many."""
    least, most = TAIL
    return values[-min(max(-(-len(values) // 4), least), most) :]


def fall(values: Values) -> tuple[float, float]:
    """Return by how much the straight line through values falls, and its standard error.

    Least squares; both over the whole length, in the unit of the values; N at least 3.
    """
    places = np.arange(len(values)) - (len(values) - 1) / 2
    squares = float(places @ places)
    slope = float(places @ values) / squares
    rest = values - values.mean() - slope * places
    error = np.sqrt(float(rest @ rest) / (len(values) - 2) / squares)
    return -slope * (len(values) - 1), float(error) * (len(values) - 1)
