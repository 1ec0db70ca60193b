"""Whether a probability means what it says: calibration errors, reliability, distance to votes.

Confidence is the probability of the answer. A model is calibrated where a share c of the answers
given with confidence c is right. ``p`` is ``float [N, K]``, rows that add up to 1; ``true`` is
``int [N]``, positions in the K columns. All errors are shares, 0 (best) to 1.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from mien.evaluation.case import Case
from mien.evaluation.metrics import (
    SMALLEST,
    Floats,
    Ints,
    brier_score,
    negative_log_likelihood,
)

BINS = 15
"""How many bins an error is summed over, as in Guo et al. 2017."""

Flags = npt.NDArray[np.bool_]
Bin = dict[str, float | int | None]


def measured(case: Case) -> dict[str, Any]:
    """Return every number of calibration of a case, as plain JSON values.

    Keys: ``ece``, ``ece_equal_mass``, ``classwise_ece``, ``nll``, ``brier``, ``confidence`` (the
    mean; above the accuracy where the model is too sure), ``bins`` (see ``reliability``; of equal
    width). Where the labels are votes also those of ``against_votes``.
    """
    p = case.probabilities
    values = {
        "ece": ece(p, case.true),
        "ece_equal_mass": ece_equal_mass(p, case.true),
        "classwise_ece": classwise_ece(p, case.true),
        "nll": negative_log_likelihood(p, case.true),
        "brier": brier_score(p, case.true),
        "confidence": float(case.confidence.mean()),
        "bins": reliability(case.confidence, case.right),
    }
    return values | ({} if case.targets is None else against_votes(p, case.targets))


def ece(p: Floats, true: Ints, bins: int = BINS) -> float:
    """Return the expected calibration error over bins of equal width.

    Naeini, Cooper and Hauskrecht 2015 (AAAI, 2901–2907); Guo et al. 2017 (arXiv:1706.04599). A
    bin holds its lower edge; the last holds 1 too. (Guo et al. give a bin its upper edge.)
    """
    sure = p.max(axis=1)
    return gap(sure, p.argmax(axis=1) == true, equal_width(sure, bins))


def ece_equal_mass(p: Floats, true: Ints, bins: int = BINS) -> float:
    """Return the expected calibration error over bins with about as many rows each.

    Nguyen and O'Connor 2015 (arXiv:1508.05154). Equal confidences share a bin, so the order of
    the rows does not matter.
    """
    sure = p.max(axis=1)
    return gap(sure, p.argmax(axis=1) == true, equal_mass(sure, bins))


def classwise_ece(p: Floats, true: Ints, bins: int = BINS) -> float:
    """Return the mean over the K classes of the calibration error of each class's probability.

    Kull et al. 2019 (arXiv:1910.12656): bins of equal width over p(class), and in each the share
    of rows that are of the class. Classes without rows count too.
    """
    columns = [(p[:, k], true == k) for k in range(p.shape[1])]
    return float(np.mean([gap(said, there, equal_width(said, bins)) for said, there in columns]))


def gap(said: Floats, happened: Flags, places: Ints) -> float:
    """Return the mean over rows of |mean said - share that happened| of the row's bin.

    Args:
        said: float [N], probabilities of an event.
        happened: bool [N].
        places: int [N], the bin of each row.
    """
    told = np.bincount(places, weights=said)
    found = np.bincount(places, weights=happened)
    return float(np.abs(told - found).sum() / len(said))


def equal_width(said: Floats, bins: int = BINS) -> npt.NDArray[np.int64]:
    """Return the bin of each probability, ``int64 [N]``, 0 to ``bins`` - 1."""
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    return np.asarray(np.searchsorted(inner, said, side="right"), np.int64)


def equal_mass(said: Floats, bins: int = BINS) -> npt.NDArray[np.int64]:
    """Return the bin of each probability, ``int64 [N]``; fewer bins where many are equal."""
    starts = (np.arange(1, bins) * len(said)) // bins
    inner = np.unique(np.sort(said)[starts])
    return np.asarray(np.searchsorted(inner, said, side="right"), np.int64)


def reliability(sure: Floats, right: Flags, bins: int = BINS) -> list[Bin]:
    """Return the bins of a reliability diagram, those without rows too.

    Each has ``low``, ``high``, ``n``, ``confidence`` (mean) and ``accuracy``, None without rows.
    """
    places, edges = equal_width(sure, bins), np.linspace(0, 1, bins + 1)
    counts = np.bincount(places, minlength=bins)
    told = np.bincount(places, weights=sure, minlength=bins)
    found = np.bincount(places, weights=right, minlength=bins)
    return [
        {
            "low": float(edges[i]),
            "high": float(edges[i + 1]),
            "n": int(n),
            "confidence": float(told[i] / n) if n else None,
            "accuracy": float(found[i] / n) if n else None,
        }
        for i, n in enumerate(counts)
    ]


def against_votes(p: Floats, shares: Floats) -> dict[str, float]:
    """Return the means over the rows of what ``rows_against_votes`` gives."""
    return {name: float(each.mean()) for name, each in rows_against_votes(p, shares).items()}


def rows_against_votes(p: Floats, shares: Floats) -> dict[str, npt.NDArray[np.float64]]:
    """Return how far each row's probabilities lie from the shares of people's votes.

    Keys, each ``float64 [N]``: ``cross_entropy`` (nats) and ``kl``, the Kullback-Leibler
    divergence of the answer from the votes, which is the cross-entropy less the entropy of the
    votes; ``agreement``, the share of the votes for the answer (the expected accuracy against
    one of them drawn by chance), and ``agreement_at_most``, what the best answer would
    reach.

    Args:
        p: float [N, K], probabilities.
        shares: float [N, K], rows that add up to 1: of the votes that count, as
            ``ferplus.soft_targets`` returns them.
    """
    told = np.log(np.maximum(p.astype(np.float64), SMALLEST))
    own = np.log(np.where(shares > 0, shares, 1))
    cross = -(shares * told).sum(axis=1)
    return {
        "cross_entropy": cross,
        "kl": cross + (shares * own).sum(axis=1),
        "agreement": shares[np.arange(len(p)), p.argmax(axis=1)],
        "agreement_at_most": shares.max(axis=1),
    }
