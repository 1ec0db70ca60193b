"""How a prepared dataset differs from the counts that were published of it.

Compared are the source's own splits (the manifest's ``source_split``), never those that mien cut.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mien.datasets.published_forms import ALL, FORMS, Form
from mien.datasets.source import USAGES
from mien.emotions import EMOTIONS

Text = npt.NDArray[np.str_]
Ints = npt.NDArray[np.int64]


def form_of(reader: str, source_splits: Text) -> Form | None:
    """Return the published form that a dataset is to be compared with, None where there is none.

    Args:
        reader: key of ``readers.READERS`` that took the source for its own.
        source_splits: text ``[N]``, the source's words; the form with the same splits is taken,
            else the first of those that have most of them.
    """
    forms = FORMS.get(reader, ())
    came = {_split(word) for word in np.unique(source_splits).tolist()}
    exact = [form for form in forms if set(form.counts) == came]
    return next(iter([*exact, *sorted(forms, key=lambda f: -len(came & set(f.counts)))]), None)


def _split(word: str) -> str:
    """Return a folder's word for a split as it stands in ``FORMS``; the competition's stay."""
    known = (("train", "train"), ("val", "val"), ("dev", "val"), ("test", "test"))
    found = (split for start, split in known if word.lower().startswith(start))
    return word if word in USAGES else next(found, word)


def counted(
    form: Form,
    source_splits: Text,
    labels: Ints,
    readable: npt.NDArray[np.bool_],
    films: Text | None = None,
) -> dict[str, dict[str, int]]:
    """Return what came, as ``form.counts`` has it: source's split → emotion → how many.

    Args:
        form: what to compare with.
        source_splits: text ``[N]``, the source's words.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        readable: ``bool [N]``; others are not counted.
        films: text ``[N]``, the film of each picture; needed where films are counted.
    """
    taken = _taken(form, labels, readable, films)
    words, place = np.unique(source_splits[taken], return_inverse=True)
    table = np.zeros((len(words), len(EMOTIONS)), np.int64)
    np.add.at(table, (place, labels[taken]), 1)
    result: dict[str, dict[str, int]] = {split: dict.fromkeys(EMOTIONS, 0) for split in form.counts}
    for word, row in zip(words.tolist(), table.tolist(), strict=True):
        split = ALL if ALL in form.counts else _split(word)
        into = result.setdefault(split, dict.fromkeys(EMOTIONS, 0))
        for emotion, count in zip(EMOTIONS, row, strict=True):
            into[emotion] += count
    return result


def _taken(form: Form, labels: Ints, readable: npt.NDArray[np.bool_], films: Text | None) -> Ints:
    """Return the pictures that count: of films, one for each, and not their neutral beginning."""
    taken = np.flatnonzero(readable & (labels >= 0))
    if not form.films or films is None:
        return taken
    taken = taken[labels[taken] != EMOTIONS.index("neutral")]
    number = np.unique(films[taken], return_inverse=True)[1] * len(EMOTIONS) + labels[taken]
    return np.asarray(taken[np.unique(number, return_index=True)[1]])


def differences(
    reader: str,
    source_splits: Text,
    labels: Ints,
    readable: npt.NDArray[np.bool_],
    films: Text | None = None,
    subjects: Text | None = None,
) -> list[str]:
    """Return a line for each count that is not the published one; none where none is known.

    Args:
        reader: key of ``readers.READERS`` that took the source for its own.
        source_splits: text ``[N]``, the source's words for its splits.
        labels: ``int64 [N]``, index in ``EMOTIONS``, -1 where there is none.
        readable: ``bool [N]``; others are not counted.
        films: text ``[N]``, the film that each picture is a frame of.
        subjects: text ``[N]``, the person, empty where nobody knows.
    """
    form = form_of(reader, source_splits)
    if form is None:
        return []
    came = counted(form, source_splits, labels, readable, films)
    what = "films" if form.films else "pictures"
    lines = [line for split in came for line in _compared(form, split, came[split], what)]
    total = sum(sum(row.values()) for row in came.values())
    if form.total and total != form.total:
        lines.append(f"{what}: expected {form.total:,}, came {total:,}")
    if form.subjects and subjects is not None:
        people = len(set(subjects[_taken(form, labels, readable, films)].tolist()) - {""})
        if people != form.subjects:
            lines.append(f"subjects: expected {form.subjects:,}, came {people:,}")
    return lines


def _compared(form: Form, split: str, came: Mapping[str, int], what: str) -> list[str]:
    """Return the differences of one split."""
    where = "" if split == ALL else f"{split}, "
    if split not in form.counts:
        return [f"{where}{what}: expected no such split, came {sum(came.values()):,}"]
    wanted = form.counts[split]
    if wanted and not any(came.values()):
        return [f"{where}{what}: expected {sum(wanted.values()):,}, came none"]
    return [
        f"{where}{emotion}: expected {wanted.get(emotion, 0):,}, came {count:,}"
        for emotion, count in came.items()
        if wanted and count != wanted.get(emotion, 0)
    ]
