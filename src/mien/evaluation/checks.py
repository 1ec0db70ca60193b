"""What keeps arrays from being answers, or from being scored: one line a problem.

Lines about rows have counts and the first ids.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS, LABEL_SETS, index
from mien.evaluation.metrics import Floats, Ints
from mien.ferplus import check_votes

SHOWN = 3
"""How many ids a message names."""
SUM = 1e-3
"""How far from 1 a row of probabilities may add up: rounding of float16 and of text files."""
KINDS = {"U": "text", "iu": "whole numbers", "b": "true or false", "fiub": "numbers"}
"""What an array holds, by the letters of its NumPy kind."""

Texts = npt.NDArray[np.str_]


def ids_problems(ids: Texts, good: npt.NDArray[np.bool_], what: str) -> list[str]:
    """Return a line that counts and names the rows that are not good; none where all are.

    Args:
        ids: text [N].
        good: bool [N].
        what: what is wrong with the others, as in ``have no label``.
    """
    bad = ids[~good]
    if not len(bad):
        return []
    named = ", ".join(bad[:SHOWN].tolist()) + (", …" if len(bad) > SHOWN else "")
    return [f"{len(bad):,} of {len(ids):,} pictures {what} ({named})"]


def row_problems(
    ids: npt.NDArray[Any],
    labels: npt.NDArray[Any],
    votes: npt.NDArray[Any] | None,
    copy_in_train: npt.NDArray[Any],
    subjects: npt.NDArray[Any],
    label_set: str,
) -> list[str]:
    """Return what is wrong with the rows that answers belong to."""
    n = len(ids)
    if n == 0:
        return ["expected at least one picture, found none"]
    if label_set not in LABEL_SETS:
        return [f"label set {label_set!r}; known: {', '.join(LABEL_SETS)}"]
    problems = [
        *_unlike("ids", ids, "U", (n,)),
        *_unlike("labels", labels, "iu", (n,)),
        *([] if votes is None else _unlike("votes", votes, "iu", (n, len(EMOTIONS) + 2))),
        *_unlike("copy_in_train", copy_in_train, "b", (n,)),
        *_unlike("subjects", subjects, "U", (n,)),
    ]
    if problems:
        return problems
    names, counts = np.unique(ids, return_counts=True)
    problems += ids_problems(ids, ~np.isin(ids, names[counts > 1]), "have the id of another")
    if votes is not None:
        problems += ids_problems(ids, np.asarray((votes >= 0).all(1)), "have votes below 0")
    known = [index(name) for name in LABEL_SETS[label_set]]
    return problems + ids_problems(ids, np.isin(labels, known), f"have no label of {label_set}")


def _unlike(
    name: str, values: npt.NDArray[Any], kinds: str, shape: tuple[int, ...]
) -> Iterator[str]:
    """Say where an array is of another kind (NumPy's letters) or shape than expected."""
    if values.dtype.kind not in kinds or values.shape != shape:
        yield (
            f"{name}: expected {KINDS[kinds]} {list(shape)}, found {values.dtype} "
            f"{list(values.shape)}"
        )


def head_problems(
    name: str, classes: Sequence[str], probabilities: npt.NDArray[Any], ids: Texts
) -> list[str]:
    """Return what is wrong with one head's answers."""
    problems = []
    unknown = [c for c in classes if c not in EMOTIONS]
    if unknown or len(set(classes)) != len(classes) or not classes:
        problems.append(
            f"head {name}: expected different emotions as classes ({', '.join(EMOTIONS)}), "
            f"found {', '.join(classes) or 'none'}"
        )
    unlike = list(_unlike("probabilities", probabilities, "fiub", (len(ids), len(classes))))
    if unlike:
        return [*problems, f"head {name}: {unlike[0]} (pictures, classes)"]
    values = probabilities.astype(np.float64)
    finite = np.isfinite(values).all(1)
    between = ~finite | ((values >= 0) & (values <= 1 + SUM)).all(1)
    one = np.asarray(~finite | ~between | (np.abs(values.sum(1) - 1) <= SUM))
    for good, what in (
        (finite, "have a probability that is not a number"),
        (between, "have a probability below 0 or above 1"),
        (one, "have probabilities that do not add up to 1"),
    ):
        problems += [f"head {name}: {line}" for line in ids_problems(ids, np.asarray(good), what)]
    return problems


def case_problems(
    probabilities: Floats,
    head: Sequence[str],
    labels: Ints,
    names: Sequence[str],
    votes: Ints | None,
    copy_in_train: npt.NDArray[np.bool_] | None,
) -> list[str]:
    """Return what keeps arrays from being scored together, see ``protocols.cases``.

    Raises:
        DataError: the votes are none.
    """
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
    return problems
