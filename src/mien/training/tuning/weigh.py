"""How much each setting mattered to the finished trials of a study."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

METHOD = "fANOVA (Hutter, Hoos & Leyton-Brown 2014)"
FEWEST = 10
"""Finished trials below which no importance is given."""
DRAWS, TREES = 20, 64


def importance(trials: Sequence[FrozenTrial]) -> dict[str, Any]:
    """Return each setting's share of the variance of the trials' values, by fANOVA.

    A random forest learns value from settings, and its variance over the search space is split
    by setting (Hutter, Hoos & Leyton-Brown 2014, *ICML*). Shares are scaled to sum 1, so
    interactions are not seen. ``low`` and ``high`` are the 5th and 95th percentile over 20 draws
    of the trials with replacement: few trials say little, and this shows how little. Pruned
    trials are not counted, because their values are of other epochs.

    Returns:
        ``method``, ``n`` and ``values``: setting → ``share``, ``low``, ``high``, the greatest
        first. Or ``note``: why there are none.
    """
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    note = _why_not(done)
    if note:
        return {"note": note, "n": len(done)}
    shares = _fanova(done, 0, TREES)
    random = np.random.default_rng(0)
    draws = [_fanova(_drawn(done, random), seed, TREES // 2) for seed in range(1, DRAWS + 1)]
    values = {
        name: {"share": round(share, 4), **_spread([draw.get(name, 0.0) for draw in draws])}
        for name, share in sorted(shares.items(), key=lambda item: -item[1])
    }
    return {"method": METHOD, "n": len(done), "values": values}


def _why_not(done: Sequence[FrozenTrial]) -> str:
    if len(done) < FEWEST:
        return (
            f"{len(done)} finished trials are too few to tell what matters; "
            f"expected {FEWEST} at least (pruned trials do not count)"
        )
    if len(done[0].params) < 2:
        return "only one setting was searched, so there is nothing to share out"
    if len({trial.value for trial in done}) == 1:
        return "all finished trials have the same value, so nothing mattered"
    return ""


def _drawn(done: Sequence[FrozenTrial], random: np.random.Generator) -> list[FrozenTrial]:
    return [done[place] for place in random.integers(0, len(done), len(done))]


def _fanova(trials: Sequence[FrozenTrial], seed: int, trees: int) -> Mapping[str, float]:
    """Return the shares; all 0 where the drawn trials have one value."""
    study = optuna.create_study()
    study.add_trials(trials)
    evaluator = FanovaImportanceEvaluator(n_trees=trees, seed=seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except RuntimeError:  # no variance
        return {}
    return {name: float(share) for name, share in found.items()}


def _spread(shares: Sequence[float]) -> dict[str, float]:
    low, high = np.quantile(shares, (0.05, 0.95))
    return {"low": round(float(low), 4), "high": round(float(high), 4)}
