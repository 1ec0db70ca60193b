"""Sets of emotions that hold the right one with a wanted probability: split conformal prediction.

A score says how strange a class is for a row. The quantile q of the scores of the right classes
of validation rows is kept; a row's set holds the classes whose score is at most q. Whatever the
model, the set of a new row from the same source holds the right class with a probability of at
least the wanted coverage (Vovk, Gammerman and Shafer 2005; Angelopoulos and Bates 2021,
arXiv:2107.07511). That is a mean over rows, not a promise for each class.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mien.errors import DataError, UnknownNameError
from mien.evaluation.certainty.binomial import beta_binomial_interval
from mien.evaluation.metrics import Floats, Ints, negative_log_likelihood
from mien.evaluation.sampling.resampling import Groups, unit

Method = Literal["lac", "aps"]
METHODS: tuple[Method, ...] = ("aps", "lac")
"""What is fitted and measured; the first is the one to use (docs/evaluation.md says why)."""
COVERAGES = (0.8, 0.9, 0.95)
"""The wanted coverages that mien fits and reports."""


def scores(p: Floats, method: Method = "aps", seed: int = 0) -> npt.NDArray[np.float64]:
    """Return how strange each class is for each row, ``float64 [N, K]``, 0 to 1.

    Args:
        p: float [N, K], probabilities.
        method: ``aps``: the mass of the likelier classes and a random share of the class's own,
            which evens coverage out over easy and hard rows (Romano, Sesia and Candès 2020,
            arXiv:2006.02544). ``lac``: 1 - p, the smallest sets on average, of which hard rows
            get empty or wrong ones (Sadinle, Lei and Wasserman 2019, arXiv:1609.00451).
        seed: of the random shares; one draw a row.

    Raises:
        UnknownNameError: another method.
    """
    if method == "lac":
        return np.asarray(1 - p.astype(np.float64))
    if method != "aps":
        raise UnknownNameError("conformal method", method, METHODS)
    order = np.argsort(-p, axis=1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=1).astype(np.float64)
    share = np.random.default_rng(seed).random((len(p), 1))
    strange = np.empty_like(ranked)
    np.put_along_axis(strange, order, np.cumsum(ranked, axis=1) - (1 - share) * ranked, axis=1)
    return np.minimum(strange, 1.0)  # a sum may end a rounding error above 1


def quantile(strange: Floats, coverage: float) -> float:
    """Return q: the ⌈(n + 1) coverage⌉-th smallest score of n rows; 1 where n is too small.

    The ``n + 1`` is the finite-sample correction; a q of 1 puts every class into each set.

    Args:
        strange: float [n], the scores of the right classes.
        coverage: wanted, above 0 and below 1.

    Raises:
        DataError: no rows, or a coverage out of range.
    """
    if not 0 < coverage < 1 or not len(strange):
        raise DataError(
            f"expected a coverage between 0 and 1 and at least one row, found {coverage} "
            f"and {len(strange)} rows"
        )
    rank = _rank(len(strange), coverage)
    return 1.0 if rank > len(strange) else float(np.sort(strange)[rank - 1])


def fit(
    p: Floats, true: Ints, method: Method = "aps", coverages: tuple[float, ...] = COVERAGES
) -> dict[str, float]:
    """Return q of each wanted coverage, keyed ``"0.8"``, ``"0.9"``, ``"0.95"``.

    Args:
        p: float [N, K], of validation rows.
        true: int [N].
        method: see ``scores``.
        coverages: wanted.
    """
    negative_log_likelihood(p, true)  # refuses what does not belong together
    strange = scores(p, method)[np.arange(len(true)), true]
    return {f"{coverage:g}": quantile(strange, coverage) for coverage in coverages}


def sets(p: Floats, q: float, method: Method = "aps", seed: int = 1) -> npt.NDArray[np.bool_]:
    """Return which classes each row's set holds, ``bool [N, K]``; a set may be empty."""
    return np.asarray(scores(p, method, seed) <= q)


def measured(
    p: Floats,
    true: Ints,
    quantiles: Mapping[str, float],
    fitted_on: int,
    method: Method = "aps",
    subjects: Groups | None = None,
) -> dict[str, dict[str, Any]]:
    """Return what sets do on rows that q was not fitted on, by wanted coverage.

    Each has ``q``, ``coverage`` (measured), ``interval`` (where it lies with 95 %, see
    ``interval``), ``within`` (whether it does), ``size`` (mean), ``single`` and ``empty`` (shares
    of the sets), and ``n``. ``interval`` and ``within`` are None where people are known: the law
    that they rest on needs independent rows.

    Args:
        p: float [N, K].
        true: int [N].
        quantiles: what ``fit`` returned.
        fitted_on: how many rows it was fitted on.
        method: as fitted.
        subjects: text [N], whose face each row is; empty, or None, where nobody knows.
    """
    found, alone = {}, unit(subjects) == "picture"
    for wanted, q in quantiles.items():
        held = sets(p, q, method)
        sizes, coverage = held.sum(axis=1), float(held[np.arange(len(true)), true].mean())
        ends = interval(float(wanted), fitted_on, len(true)) if alone else None
        found[wanted] = {
            "q": q,
            "coverage": coverage,
            "interval": None if ends is None else list(ends),
            "within": None if ends is None else ends[0] <= coverage <= ends[1],
            "size": float(sizes.mean()),
            "single": float((sizes == 1).mean()),
            "empty": float((sizes == 0).mean()),
            "n": len(true),
        }
    return found


def interval(coverage: float, fitted_on: int, n: int) -> tuple[float, float]:
    """Return where the coverage measured on ``n`` rows lies with 95 %.

    Fitted on m rows, with rank k = ⌈(m + 1) coverage⌉, the covered rows are beta-binomial:
    BetaBinomial(n, k, m + 1 - k) (Angelopoulos and Bates 2021, section 3.2). It holds for
    independent rows of one source and scores without ties.
    """
    rank = _rank(fitted_on, coverage)
    if rank > fitted_on:
        return 1.0, 1.0
    low, high = beta_binomial_interval(rank, fitted_on + 1 - rank, n)
    return low / n, high / n


def _rank(n: int, coverage: float) -> int:
    return ceil(round((n + 1) * coverage, 9))
