"""How sure scores are: 95 % percentile intervals by bootstrap, by picture or by person.

An interval tells what the choice of test pictures leaves open. It says nothing of another seed
in training, nor of pictures of another kind. Where every answer is right (or wrong), every
resample is too and the interval has no width: ``metrics.wilson_interval`` is then the one to
give. The interval of a calibration error lies high, since resampling adds noise to every bin.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mien.evaluation.case import Case
from mien.evaluation.metrics import Floats
from mien.evaluation.sampling.resampling import (
    RESAMPLES,
    SEED,
    Groups,
    clusters,
    interval,
    too_few,
    unit,
    weights,
)
from mien.evaluation.sampling.weighted import Binned, Samples, Values, Weighted

PER_CLASS = {"precision": "precision", "recall": "recall", "f1": "f1", "auroc": "auroc_per_class"}
"""The scores of a class → their name among the samples."""


def bootstrap(
    case: Case,
    subjects: Groups | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    means: Mapping[str, Floats] | None = None,
    binned: Mapping[str, Binned] | None = None,
) -> dict[str, Any]:
    """Return 95 % intervals of every score of a case, as plain JSON values.

    Args:
        case: what is scored against what; M rows.
        subjects: text [M], whose face each row is, empty where nobody knows; None: nobody knows
            for any row.
        resamples: how many resamples.
        seed: of the resamples.
        means: name → float [M], further numbers of which each resample takes the mean.
        binned: name → further calibration errors, see ``weighted.Binned``.

    Returns:
        ``intervals`` (score → ``[low, high]``; ``auroc`` is of the macro mean, ``unmasked`` of
        the accuracy of answers as they came), ``per_class`` (class → ``precision``, ``recall``,
        ``f1``, ``auroc`` → the same), ``unit`` (``picture`` or ``subject``: what was drawn),
        ``clusters`` (how many of them there are). None stands for an interval of what no
        resample defines, and for every interval where there are fewer than
        ``resampling.FEWEST`` people.

    Raises:
        DataError: lengths differ, or there are no rows.
    """
    n = len(case.true)
    scores = Weighted(case, means, binned)
    found = _samples(scores, weights(subjects, n, resamples, seed))
    few = too_few(subjects, n)

    def ends(values: Values) -> list[float] | None:
        return None if few else interval(values)

    return {
        "intervals": {name: ends(values) for name, values in found.items() if values.ndim == 1},
        "per_class": {
            name: {key: ends(found[source][:, i]) for key, source in PER_CLASS.items()}
            for i, name in enumerate(case.classes)
        },
        "unit": unit(subjects),
        "clusters": clusters(subjects, n)[1],
    }


def _samples(scores: Weighted, drawn: Iterable[Values]) -> Samples:
    """Return every score of each resample: name → ``float64 [B]`` or ``[B, K]``."""
    blocks = [scores(block) for block in drawn]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
