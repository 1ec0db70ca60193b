"""How much each setting mattered to the finished trials of a study."""

import warnings
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.importance import FanovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

METHOD = "fANOVA (Hutter, Hoos & Leyton-Brown 2014)"
FEWEST = 10
"""Finished trials below which no importance is given."""
SEED = 0


def importance(trials: Sequence[FrozenTrial]) -> dict[str, Any]:
    """Return each setting's share of the variance of the trials' values, by fANOVA.

    A random forest learns value from settings, and its variance over the search space is split
    by setting (Hutter, Hoos & Leyton-Brown 2014, *ICML*). Shares are scaled to sum 1, so
    interactions are not seen. Pruned trials are not counted, because their values are of other
    epochs.

    Returns:
        ``method``, ``n`` and ``values``: setting → share (0–1), the greatest first. Or ``note``:
        why there are none.
    """
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    note = _why_not(done)
    return {"n": len(done), **({"note": note} if note else {"method": METHOD, "values": _of(done)})}


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


def _of(done: Sequence[FrozenTrial]) -> dict[str, float]:
    study = optuna.create_study()
    study.add_trials(done)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = optuna.importance.get_param_importances(
            study, evaluator=FanovaImportanceEvaluator(seed=SEED)
        )
    return {name: round(float(share), 4) for name, share in found.items()}
