"""Which rows are scored against which labels.

A *protocol* is a set of labels and the rows that have one:

===================================== =====================================================
``fer2013`` (or another label set)    the labels that the source published
``ferplus_majority``                  the FER+ majority label, where there is one
``ferplus_majority_without_contempt`` the same, without the pictures so labelled contempt
===================================== =====================================================

Each is scored on ``official`` rows (all that have a label) and ``dedup`` rows (those without a
byte-identical copy in Training), both from the same answers.
"""

from collections.abc import Iterable, Sequence
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
    soft_targets,
)

__all__ = [
    "NO_LABEL",
    "ferplus_clean",
    "ferplus_majority",
    "ferplus_plurality",
    "mask_classes",
    "own_protocol",
    "score",
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

    Own are labels of the same name, then the majority label of its votes.
    """
    names = list(there)
    return next(name for name in (head, f"{head}_majority", *names) if name in names)


def score(
    probabilities: Floats,
    classes: Sequence[str],
    labels: Ints,
    votes: Ints | None = None,
    copy_in_train: Flags | None = None,
    label_set: str = "fer2013",
) -> dict[str, dict[str, dict[str, Any]]]:
    """Score one head: protocol → ``official`` and ``dedup`` → report.

    A report is that of ``classification_report`` on the masked answers (classes that the labels
    lack get probability 0, the rest is divided by its sum), with ``nll`` and ``brier``. Where
    the head has such classes it also holds ``masked`` (their names) and ``unmasked``
    (``accuracy`` and ``interval`` of the answers as they came). Where the labels have classes
    that the head lacks, their rows are left out and ``left_out`` counts them by class; on
    majority labels such a head is scored without contempt only. A protocol without rows, and
    FER+ for a set without votes, has no entry.

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
    rows = {
        "official": everything,
        "dedup": everything if copy_in_train is None else ~copy_in_train,
    }
    scores: dict[str, dict[str, Report]] = {}
    for protocol, (wanted, names) in _protocols(head, labels, votes, label_set).items():
        for kind, chosen in rows.items():
            report = _report(probabilities[chosen], head, wanted[chosen], names)
            if report is not None:
                scores.setdefault(protocol, {})[kind] = report
    return scores


def _protocols(
    head: Sequence[str], labels: Ints, votes: Ints | None, label_set: str
) -> dict[str, tuple[Ints, Sequence[str]]]:
    """Return protocol → (labels as positions in ``EMOTIONS``, the classes they can have)."""
    found: dict[str, tuple[Ints, Sequence[str]]] = {label_set: (labels, LABEL_SETS[label_set])}
    if votes is None:
        return found
    majority, contempt = ferplus_majority(votes), index("contempt")
    if "contempt" in head:
        found["ferplus_majority"] = (majority, EMOTIONS)
    without = np.where(majority == contempt, NO_LABEL, majority)
    found["ferplus_majority_without_contempt"] = (without, BASIC)
    return found


def _report(
    probabilities: Floats, head: Sequence[str], wanted: Ints, names: Sequence[str]
) -> Report | None:
    """Report on the rows whose label the head knows; None where there is no such row.

    Args:
        probabilities: float [M, K].
        head: the K emotions of its columns.
        wanted: int [M], positions in ``EMOTIONS``, or ``NO_LABEL``.
        names: the classes that ``wanted`` can have, in canonical order.
    """
    scored = [name for name in names if name in head]
    place = np.full(len(EMOTIONS) + 1, NO_LABEL)  # the last is what NO_LABEL itself looks up
    place[[index(name) for name in scored]] = np.arange(len(scored))
    true = place[wanted]
    keep = true != NO_LABEL
    if not keep.any():
        return None
    masked = mask_classes(probabilities[keep], head, scored)[:, [head.index(c) for c in scored]]
    report = classification_report(true[keep], masked.argmax(axis=1), scored)
    report["nll"] = negative_log_likelihood(masked, true[keep])
    report["brier"] = brier_score(masked, true[keep])
    if lacking := [name for name in head if name not in scored]:
        answers = np.array([index(name) for name in head])[probabilities[keep].argmax(axis=1)]
        right, n = int((answers == wanted[keep]).sum()), int(keep.sum())
        unmasked = {"accuracy": right / n, "interval": list(wilson_interval(right, n))}
        report |= {"masked": lacking, "unmasked": unmasked}
    left_out = {name: int((wanted == index(name)).sum()) for name in names if name not in head}
    return report | ({"left_out": left_out} if left_out else {})


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
