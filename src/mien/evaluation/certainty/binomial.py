"""Exact intervals of counts, in numpy and the standard library."""

from math import lgamma

import numpy as np


def upper_bound(k: int, n: int, confidence: float) -> float:
    """Return the one-sided upper bound of a share of which ``k`` in ``n`` were seen.

    Clopper and Pearson 1934 (Biometrika 26:404–413): the share at which ``k`` or fewer come with
    a probability of 1 - ``confidence``. With no trials, or where all are hits, it is 1.
    """
    if k >= n:
        return 1.0
    counts = np.arange(k + 1)
    ways = np.concatenate([[0.0], np.cumsum(np.log(n - counts[:-1]) - np.log(counts[1:]))])
    low, high = k / n, 1.0
    for _ in range(60):
        share = (low + high) / 2
        terms = ways + counts * np.log(share) + (n - counts) * np.log1p(-share)
        if np.exp(terms).sum() > 1 - confidence:
            low = share
        else:
            high = share
    return (low + high) / 2


def beta_binomial_interval(a: int, b: int, n: int, confidence: float = 0.95) -> tuple[int, int]:
    """Return the central interval of a count out of ``n`` whose share is Beta(a, b).

    Both ends belong to it; each side outside has at most (1 - ``confidence``) / 2.

    Args:
        a: above 0.
        b: above 0.
        n: trials.
        confidence: that the count lies within, at least.
    """
    k = np.arange(n + 1)
    gammas = np.array([lgamma(i) for i in range(1, n + 2)])  # of i + 1 for i in 0 … n
    logs = gammas[n] - gammas[k] - gammas[n - k]
    logs += np.array([lgamma(i + a) + lgamma(n - i + b) for i in range(n + 1)])
    logs += lgamma(a + b) - lgamma(n + a + b) - lgamma(a) - lgamma(b)
    sums, side = np.cumsum(np.exp(logs)), (1 - confidence) / 2
    low = int(np.searchsorted(sums, side, side="right"))
    high = int(np.searchsorted(sums, 1 - side, side="left"))
    return low, min(high, n)
