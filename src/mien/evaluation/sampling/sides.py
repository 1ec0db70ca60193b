"""Differences between models, or between recipes with several seeds, on the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS
from mien.errors import DataError
from mien.evaluation.case import Case
from mien.evaluation.metrics import classification_report
from mien.evaluation.sampling.resampling import Groups, clusters, too_few, unit, weights
from mien.evaluation.sampling.significance import difference, holm, mcnemar, swap_test
from mien.evaluation.sampling.weighted import counts, shares

RESAMPLES = 10_000
SCORES = ("accuracy", "macro_f1")
MOST = 6
"""How many sides are compared each with each."""


@dataclass(frozen=True, slots=True)
class Side:
    """A model, or one recipe's runs with several seeds, on one protocol and kind of rows.

    Attributes:
        name: of the model or the recipe.
        runs: a case a run, all of the same rows and classes.
    """

    name: str
    runs: tuple[Case, ...]

    @property
    def right(self) -> npt.NDArray[np.int64]:
        """How many of the runs answer each row rightly, ``int64 [M]``."""
        return np.asarray(np.sum([case.right for case in self.runs], axis=0), np.int64)

    def score(self, name: str) -> float:
        """Return the mean of a score over the runs."""
        reports = (classification_report(c.true, c.predicted, c.classes) for c in self.runs)
        return fmean(report[name] for report in reports)


def between(
    sides: Sequence[Side],
    pairs: Sequence[tuple[int, int]],
    subjects: Groups | None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Return the differences of pairs of sides; all pairs see the same resamples.

    Args:
        sides: of the same rows and classes.
        pairs: positions in ``sides``.
        subjects: text [M], whose face each row is, empty where nobody knows; or None.
        resamples: how many.
        seed: of the resamples.

    Returns:
        For each pair ``n``, ``unit``, ``clusters``, ``resamples``, ``seed``; ``accuracy`` and
        ``macro_f1`` (see ``significance.difference``; the mean over runs where there are several;
        without interval and p where there are fewer than ``resampling.FEWEST`` people);
        ``mcnemar`` (None where a side has several runs); ``swap_p``, see
        ``significance.swap_test``: McNemar's exact p where rows are drawn by picture; and
        ``swap_p_holm`` with ``corrected_for``, see ``corrected``: the same corrected for every
        two sides, tested or not, since which are tested may hang on their scores.
    """
    n = len(sides[0].runs[0].true)
    places, count = clusters(subjects, n)
    drawn = _drawn(sides, subjects, n, resamples, seed)
    about = {"n": n, "unit": unit(subjects), "clusters": count}
    about |= {"resamples": resamples, "seed": seed}
    found = [
        {
            **about,
            **{
                name: difference(
                    sides[i].score(name), sides[j].score(name), drawn[i][name] - drawn[j][name]
                )
                for name in SCORES
            },
            "mcnemar": _mcnemar(sides[i], sides[j]),
            "swap_p": _swapped(sides[i], sides[j], places, count),
        }
        for i, j in pairs
    ]
    return corrected(found, comb(len(sides), 2))


def corrected(
    found: Sequence[Mapping[str, Any]], possible: int | None = None
) -> list[dict[str, Any]]:
    """Return differences with ``swap_p_holm``, corrected for ``corrected_for`` tests.

    Args:
        found: differences with ``swap_p``.
        possible: for how many tests, where the scores decided which of them are made: those that
            are not made count with p = 1, so each p is at least what all tests together would
            give it. None: as many as are found, chosen before any score was known.
    """
    number = max(len(found), possible or 0)
    adjusted = holm([one["swap_p"] for one in found] + [1.0] * (number - len(found)))
    return [
        {**one, "swap_p_holm": p, "corrected_for": number}
        for one, p in zip(found, adjusted, strict=False)
    ]


def pairs_of(scores: Sequence[float]) -> list[tuple[int, int]]:
    """Return which sides are compared: every two, or of more than ``MOST`` the best with each.

    Where the scores are those that are tested, the best one is no side that was named before:
    p then has to be corrected for every two sides, see ``corrected``.
    """
    places = range(len(scores))
    if len(scores) <= MOST:
        return list(combinations(places, 2))
    best = max(places, key=lambda place: scores[place])
    return [(best, place) for place in places if place != best]


def _drawn(
    sides: Sequence[Side], groups: Groups | None, n: int, resamples: int, seed: int
) -> list[dict[str, npt.NDArray[np.float64]]]:
    """Return each side's scores in each resample: name → ``float64 [B]``, means over its runs.

    All are NaN where there are too few people.
    """
    if too_few(groups, n):
        return [{name: np.full(resamples, np.nan) for name in SCORES} for _ in sides]
    k = len(sides[0].runs[0].classes)
    tables = [[counts(c.true, c.predicted, k) for c in side.runs] for side in sides]
    blocks: list[list[dict[str, npt.NDArray[np.float64]]]] = [[] for _ in sides]
    for block in weights(groups, n, resamples, seed):
        for own, runs in zip(blocks, tables, strict=True):
            found = [shares(block @ table, table.sum(axis=0)) for table in runs]
            own.append({name: np.mean([one[name] for one in found], axis=0) for name in SCORES})
    return [{name: np.concatenate([b[name] for b in own]) for name in SCORES} for own in blocks]


def _mcnemar(first: Side, second: Side) -> dict[str, Any] | None:
    if len(first.runs) > 1 or len(second.runs) > 1:
        return None
    more = first.right - second.right
    return mcnemar(int((more > 0).sum()), int((more < 0).sum()))


def _swapped(first: Side, second: Side, places: npt.NDArray[np.int64], count: int) -> float:
    """Return the p of swapping the two sides' answers, all of a cluster and of all runs at once."""
    more = first.right * len(second.runs) - second.right * len(first.runs)
    return swap_test(np.bincount(places, more, minlength=count).astype(np.int64))


def check_alike(found: Sequence[Case], names: Sequence[str]) -> None:
    """Refuse cases that are not of the same rows and classes.

    Raises:
        DataError: with the classes that one of two has alone, or the numbers of rows.
    """
    first = found[0]
    for name, case in zip(names, found, strict=True):
        if case.classes != first.classes:
            alone = sorted(set(case.classes) ^ set(first.classes), key=EMOTIONS.index)
            raise DataError(
                f"{names[0]} is scored on {len(first.classes)} classes, {name} on "
                f"{len(case.classes)}: only one of them has {', '.join(alone)}; compare on those "
                "that both have (mien predictions compare --shared-classes)"
            )
        if not np.array_equal(case.rows, first.rows):
            raise DataError(
                f"{names[0]} is scored on {len(first.rows):,} pictures, {name} on "
                f"{len(case.rows):,} others of {case.protocol}"
            )
