"""The gap between the best and the worst of several groups, and what chance alone would make it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case
from mien.evaluation.sampling.resampling import CELLS, interval
from mien.evaluation.sampling.weighted import Samples

Ints = npt.NDArray[np.int64]
SHUFFLES, SEED = 1000, 0


def gap(
    case: Case,
    parts: Sequence[Ints],
    entries: Sequence[Mapping[str, Any]],
    samples: Sequence[Samples],
    among: Sequence[int] | None = None,
) -> dict[str, Any] | None:
    """Return the gap in accuracy between the best and the worst group.

    The interval is that of the difference between these two groups. They were chosen because they
    differ most, and the more groups and the smaller, the more they differ without a reason: hence
    ``by_chance``, the gap where right and wrong answers are dealt out to the groups anew.

    Args:
        case: what is scored against what.
        parts: int64 [m] each, positions among the case's rows.
        entries: name (``group``), ``accuracy``, ``expected_accuracy`` and ``intervals`` of each.
        samples: resamples of each part, drawn together.
        among: which of the parts to look at; None takes all.

    Returns:
        ``best``, ``worst`` (names; None where these must not be told), ``accuracy`` and
        ``expected_accuracy`` (their differences), ``interval`` (95 %, of the accuracy; None where
        one of them has none), ``by_chance`` (see ``by_chance``). None for fewer than two parts.
    """
    taken = list(range(len(parts)) if among is None else among)
    if len(taken) < 2:
        return None
    accuracy = [float(entry["accuracy"]) for entry in entries]
    best, worst = max(taken, key=accuracy.__getitem__), min(taken, key=accuracy.__getitem__)
    sure = all(entries[one]["intervals"]["accuracy"] is not None for one in (best, worst))
    between = samples[best]["accuracy"] - samples[worst]["accuracy"]
    right = case.right[np.concatenate([parts[one] for one in taken])]
    found = accuracy[best] - accuracy[worst]
    expected = [float(entries[one]["expected_accuracy"]) for one in (best, worst)]
    return {
        "best": entries[best]["group"] or None,
        "worst": entries[worst]["group"] or None,
        "accuracy": found,
        "expected_accuracy": expected[0] - expected[1],
        "interval": interval(between) if sure else None,
        "by_chance": by_chance(right, [len(parts[one]) for one in taken], found),
    }


def by_chance(
    right: npt.NDArray[np.bool_],
    sizes: Sequence[int],
    found: float,
    shuffles: int = SHUFFLES,
    seed: int = SEED,
) -> dict[str, float]:
    """Return what the gap is where answers do not depend on the group: a permutation test.

    Pictures are dealt out as if they were independent; several of one person make gaps somewhat
    larger than that.

    Args:
        right: bool [M], the answers that are right, in whatever order.
        sizes: of the groups, M together.
        found: the gap that was observed.
        shuffles: how often they are dealt out.
        seed: of the random numbers.

    Returns:
        ``mean`` and ``high`` (95th percentile) of the gaps by chance; ``p``, the share of them
        that is not smaller than ``found``, counting the observed one (so it is above 0).
    """
    rng, starts = np.random.default_rng(seed), np.cumsum([0, *sizes[:-1]])
    block, gaps = max(1, CELLS // len(right)), []
    for start in range(0, shuffles, block):
        some = np.tile(right, (min(block, shuffles - start), 1))
        shares = np.add.reduceat(rng.permuted(some, axis=1), starts, axis=1, dtype=np.int64) / sizes
        gaps.append(shares.max(axis=1) - shares.min(axis=1))
    every = np.concatenate(gaps)
    larger = int((every >= found - 1e-12).sum())
    return {
        "mean": float(every.mean()),
        "high": float(np.quantile(every, 0.95)),
        "p": (1 + larger) / (1 + shuffles),
    }
