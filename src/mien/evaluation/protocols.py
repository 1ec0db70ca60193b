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

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS, LABEL_SETS, canonical, index
from mien.errors import DataError, UnknownNameError, several
from mien.evaluation.case import Case, Cases, Flags, mask_classes
from mien.evaluation.checks import case_problems
from mien.evaluation.metrics import Floats, Ints
from mien.evaluation.truths import Truth, truths
from mien.ferplus import NO_LABEL


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
    names = LABEL_SETS[label_set]
    problems = case_problems(probabilities, head, labels, names, votes, copy_in_train)
    if problems:
        raise DataError(several(problems))
    everything = np.ones(len(labels), bool)
    kinds = {
        "official": everything,
        "dedup": everything if copy_in_train is None else ~copy_in_train,
    }
    found: Cases = {}
    for truth in truths(head, labels, votes, label_set):
        for kind, chosen in kinds.items():
            case = _case(truth, kind, np.flatnonzero(chosen), probabilities, head)
            if case is not None:
                found.setdefault(truth.protocol, {})[kind] = case
    return found


def _case(
    truth: Truth,
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
