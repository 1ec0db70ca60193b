"""Which rows are scored against which labels.

A *protocol* is a set of labels and the rows that have one:

======================================= ===================================================
``fer2013`` (or another label set)      the labels that the source published
``ferplus_majority``                    the FER+ majority label, where there is one
``ferplus_plurality``                   the FER+ plurality label, where there is one
``ferplus_votes``                       the shares of the votes, where an emotion has any
``ferplus_…_without_contempt``          these without pictures labelled contempt: all three for
                                        a head that lacks it, the majority for all heads
======================================= ===================================================

Each is scored on ``official`` rows (all that have a label) and ``dedup`` rows (those without a
byte-identical copy in Training), both from the same answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import BASIC, EMOTIONS, LABEL_SETS, canonical, index
from mien.errors import DataError, UnknownNameError, several
from mien.evaluation.metrics import (
    Floats,
    Ints,
    brier_score,
    classification_report,
    negative_log_likelihood,
    wilson_interval,
)
from mien.ferplus import (
    NO_LABEL,
    check_votes,
    ferplus_clean,
    ferplus_majority,
    ferplus_plurality,
    ferplus_top,
    soft_targets,
)

__all__ = [
    "NO_LABEL",
    "Case",
    "Cases",
    "cases",
    "ferplus_clean",
    "ferplus_majority",
    "ferplus_plurality",
    "mask_classes",
    "own_protocol",
    "report",
    "soft_targets",
]

Flags = npt.NDArray[np.bool_]
Report = dict[str, Any]


def mask_classes(
    probabilities: Floats, classes: Sequence[str], allowed: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return ``float64 [N, K]`` with 0 for classes not ``allowed``, the rest divided by its sum.

    A row that has nothing on any allowed class becomes uniform over them.
    """
    keep = np.isin(np.array(classes), np.array(allowed))
    kept = np.where(keep, probabilities, 0.0).astype(np.float64)
    total = kept.sum(axis=1, keepdims=True)
    uniform = keep / max(int(keep.sum()), 1)
    return np.where(total > 0, kept / np.where(total > 0, total, 1), uniform)


def own_protocol(head: str, there: Iterable[str]) -> str:
    """Return which of the protocols that are there is of a head's own labels, else the first.

    Own are labels of the same name, then the majority label of its votes, then that without
    contempt.

    Raises:
        DataError: there is none.
    """
    names = list(there)
    if not names:
        raise DataError(f"head {head}: expected labels of some of its classes, found none")
    majority = f"{head}_majority"
    own = (head, majority, f"{majority}_without_contempt")
    return next(name for name in (*own, *names) if name in names)


@dataclass(frozen=True, slots=True)
class Case:
    """One protocol on one kind of rows: what is scored against what.

    Attributes:
        protocol, kind: see the module.
        rows: ``int64 [M]``, which of the N rows are scored.
        classes: the K classes that labels and head share, in canonical order.
        true: ``int64 [M]``, positions in ``classes``.
        probabilities: ``float64 [M, K]``, what else the head answers with masked.
        targets: ``float64 [M, K]``, shares of the votes (single votes dropped); None where the
            labels are no votes.
        masked: classes of the head that the labels lack.
        unmasked: ``bool [M]``: the answer as it came is right.
        left_out: class → rows that the head has no name for.
    """

    protocol: str
    kind: str
    rows: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    true: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    targets: npt.NDArray[np.float64] | None
    masked: tuple[str, ...]
    unmasked: Flags
    left_out: Mapping[str, int]

    @property
    def predicted(self) -> npt.NDArray[np.int64]:
        """Return the answers, ``int64 [M]``, positions in ``classes``."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def right(self) -> Flags:
        """Tell which answers are the label, ``bool [M]``."""
        return np.asarray(self.predicted == self.true)

    @property
    def confidence(self) -> npt.NDArray[np.float64]:
        """Return the probability of each answer, ``float64 [M]``."""
        return np.asarray(self.probabilities.max(axis=1), np.float64)


Cases = dict[str, dict[str, Case]]
"""Protocol → ``official`` and ``dedup`` → case."""


def cases(
    probabilities: Floats,
    classes: Sequence[str],
    labels: Ints,
    votes: Ints | None = None,
    copy_in_train: Flags | None = None,
    label_set: str = "fer2013",
) -> Cases:
    """Return what of one head's answers is scored, by protocol and kind of rows.

    Classes that the labels lack get probability 0, and the rest is divided by its sum. Where the
    labels have classes that the head lacks, their rows are left out and counted; against votes
    such a head has the protocols without contempt only. A protocol without rows, and FER+ for a
    set without votes, has no entry.

    Args:
        probabilities: float [N, K], what the head answered.
        classes: the K emotions of its columns (any accepted spelling).
        labels: int [N], positions in ``EMOTIONS``.
        votes: int [N, 10], or None where the set has none.
        copy_in_train: bool [N], or None where nobody looked: all rows then count as dedup.
        label_set: whose labels these are, a key of ``LABEL_SETS``; also the name of their entry.

    Raises:
        DataError: shapes, ranges or lengths are not as above; all problems are listed.
        UnknownEmotionError, UnknownNameError: a class is no emotion, a label set is not known.
    """
    if label_set not in LABEL_SETS:
        raise UnknownNameError("label set", label_set, LABEL_SETS)
    head = [canonical(name) for name in classes]
    _check(probabilities, head, labels, LABEL_SETS[label_set], votes, copy_in_train)
    everything = np.ones(len(labels), bool)
    kinds = {
        "official": everything,
        "dedup": everything if copy_in_train is None else ~copy_in_train,
    }
    found: Cases = {}
    for truth in _truths(head, labels, votes, label_set):
        for kind, chosen in kinds.items():
            case = _case(truth, kind, np.flatnonzero(chosen), probabilities, head)
            if case is not None:
                found.setdefault(truth.protocol, {})[kind] = case
    return found


def report(case: Case) -> Report:
    """Return ``classification_report`` of a case, with ``nll`` and ``brier``.

    Where the head has classes that the labels lack it also holds ``masked`` (their names) and
    ``unmasked`` (``accuracy`` and ``interval`` of the answers as they came), with ``emptied``,
    how many answers lay on the masked classes alone: what is left of them says nothing, and they
    count as the first class. Where it is the other way round ``left_out``, rows by class.
    """
    values = classification_report(case.true, case.predicted, case.classes)
    values["nll"] = negative_log_likelihood(case.probabilities, case.true)
    values["brier"] = brier_score(case.probabilities, case.true)
    if case.masked:
        right, n = int(case.unmasked.sum()), len(case.rows)
        unmasked = {"accuracy": right / n, "interval": list(wilson_interval(right, n))}
        unmasked["emptied"] = int((np.ptp(case.probabilities, axis=1) == 0).sum())
        values |= {"masked": list(case.masked), "unmasked": unmasked}
    return values | ({"left_out": dict(case.left_out)} if case.left_out else {})


@dataclass(frozen=True, slots=True)
class _Truth:
    """The labels of a protocol, all N: positions in ``EMOTIONS`` or ``NO_LABEL``."""

    protocol: str
    wanted: Ints
    names: Sequence[str]
    shares: npt.NDArray[np.float64] | None = None


def _truths(
    head: Sequence[str], labels: Ints, votes: Ints | None, label_set: str
) -> Iterator[_Truth]:
    yield _Truth(label_set, labels, LABEL_SETS[label_set])
    if votes is None:
        return
    shares, contempt = soft_targets(votes), index("contempt")
    top = np.where(shares.any(axis=1), ferplus_top(ferplus_clean(votes)), NO_LABEL)
    rules = {
        "ferplus_majority": ferplus_majority(votes),
        "ferplus_plurality": ferplus_plurality(votes),
        "ferplus_votes": top,
    }
    for protocol, wanted in rules.items():
        if "contempt" in head:
            yield _Truth(protocol, wanted, EMOTIONS, shares)
            if protocol != "ferplus_majority":
                continue  # beside peers without contempt the majority is enough
        without = np.where(wanted == contempt, NO_LABEL, wanted)
        yield _Truth(f"{protocol}_without_contempt", without, BASIC, shares)


def _case(
    truth: _Truth,
    kind: str,
    chosen: npt.NDArray[np.int64],
    probabilities: Floats,
    head: Sequence[str],
) -> Case | None:
    """Return the case of the chosen rows whose label the head knows; None where there is none."""
    classes = tuple(name for name in truth.names if name in head)
    place = np.full(len(EMOTIONS) + 1, NO_LABEL)  # the last is what NO_LABEL itself looks up
    place[[index(name) for name in classes]] = np.arange(len(classes))
    wanted = truth.wanted[chosen]
    rows = chosen[place[wanted] != NO_LABEL]
    if not len(rows):
        return None
    columns = [head.index(name) for name in classes]
    answers = np.array([index(name) for name in head])[probabilities[rows].argmax(axis=1)]
    absent = [name for name in truth.names if name not in head]
    return Case(
        protocol=truth.protocol,
        kind=kind,
        rows=rows,
        classes=classes,
        true=place[truth.wanted[rows]],
        probabilities=mask_classes(probabilities[rows], head, classes)[:, columns],
        targets=None if truth.shares is None else _over(truth.shares[rows], classes),
        masked=tuple(name for name in head if name not in classes),
        unmasked=np.asarray(answers == truth.wanted[rows]),
        left_out={name: int((wanted == index(name)).sum()) for name in absent},
    )


def _over(shares: npt.NDArray[np.float64], classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return shares of the votes among some of the emotions, ``float64 [M, K]``."""
    kept = shares[:, [index(name) for name in classes]]
    return np.asarray(kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-12))


def _check(
    probabilities: Floats,
    head: Sequence[str],
    labels: Ints,
    names: Sequence[str],
    votes: Ints | None,
    copy_in_train: Flags | None,
) -> None:
    """Refuse arrays that do not belong together, with every reason."""
    n, problems = len(labels), []
    if len(set(head)) != len(head):
        problems.append(f"classes: expected each emotion once, found {', '.join(head)}")
    if probabilities.shape != (n, len(head)):
        problems.append(
            f"probabilities: expected [{n}, {len(head)}] (labels, classes), "
            f"found {list(probabilities.shape)}"
        )
    elif not np.isfinite(probabilities).all() or probabilities.min(initial=0) < 0:
        problems.append("probabilities: expected numbers from 0 to 1, found negative ones or NaN")
    known = [index(name) for name in names]
    if n == 0 or not np.isin(labels, known).all():
        problems.append(
            f"labels: expected one or more of the positions {known} in EMOTIONS, "
            f"found {np.unique(labels).tolist()[:9]}"
        )
    if votes is not None and len(check_votes(votes)) != n:
        problems.append(f"votes: expected {n} rows (as the labels), found {len(votes)}")
    if copy_in_train is not None and (
        copy_in_train.shape != (n,) or copy_in_train.dtype != np.bool_
    ):
        problems.append(
            f"copy_in_train: expected bool [{n}], "
            f"found {copy_in_train.dtype} {list(copy_in_train.shape)}"
        )
    if problems:
        raise DataError(several(problems))
