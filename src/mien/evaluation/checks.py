"""What keeps arrays from being answers: one line a problem, with counts and the first ids."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.emotions import EMOTIONS, LABEL_SETS, index

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
