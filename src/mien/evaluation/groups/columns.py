"""Columns by which rows are put in groups: those of the manifest, and measured ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.datasets.manifest import FLAGS, VOTE_COLUMNS
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Progress
from mien.emotions import EMOTIONS
from mien.errors import DataError, UnknownNameError, several
from mien.evaluation.groups import looks
from mien.evaluation.groups.grouping import MANIFEST, NO_LANDMARKS, UNKNOWN, Column, cut
from mien.inference.framed import faces_in

Ints = npt.NDArray[np.int64]

PRIVATE = ("subject", "sequence")
"""Columns whose values may be names of people: groups of them are counted, never named."""
TEXTS = ("subject", "sequence", "origin", "source_split", "split", "label", "label_set")
SIZES = ("height", "width", "channels")
NUMBERS = (*SIZES, *VOTE_COLUMNS)
SWITCHES = (*FLAGS, "duplicate")
MEASURED = {**looks.LIGHT, **looks.FACE}
COLUMNS = (*TEXTS, *NUMBERS, *SWITCHES, *MEASURED)
USUAL = ("subject", "origin", "source_split", *MEASURED)
"""Taken where none is asked for; of these the ones with one value alone are passed over."""


def columns(
    prepared: PreparedSet,
    rows: Ints,
    names: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    find: looks.Find = faces_in,
) -> list[Column]:
    """Return rows of a dataset put in groups by columns.

    Args:
        prepared: the dataset.
        rows: int64 [N].
        names: of ``COLUMNS``; none takes what there is of ``USUAL``.
        progress: told what is being done.
        find: see ``looks.face``.

    Raises:
        UnknownNameError: no such column; the choices are listed.
        DataError: a column that was asked for has the same value in all rows.
    """
    for name in names:
        if name not in COLUMNS:
            raise UnknownNameError("column", name, COLUMNS)
    wanted = list(dict.fromkeys(names or USUAL))
    found = {
        name: _column(name, _of_manifest(prepared, name)[rows])
        for name in wanted
        if name not in MEASURED
    }
    _refuse(prepared, found if names else {}, len(rows))  # before pictures are measured
    measured = _measured(prepared, rows, wanted, progress, find)
    found |= {name: _column(name, measured[name]) for name in wanted if name in MEASURED}
    _refuse(prepared, found if names else {}, len(rows))
    return [found[name] for name in wanted if _several(found[name])]


def _several(column: Column) -> bool:
    return len(np.unique(column.of[column.of >= 0])) > 1


def _refuse(prepared: PreparedSet, found: Mapping[str, Column], n: int) -> None:
    """Refuse columns that have one group at most."""
    problems = [
        f"{prepared.root}: column {name} makes no groups of these {n:,} pictures ("
        f"{'they all have one value' if (column.of >= 0).any() else 'nobody knows it of any'}); "
        "name another, or leave --by away to take those that do"
        for name, column in found.items()
        if not _several(column)
    ]
    if problems:
        raise DataError(several(problems))


def _measured(
    prepared: PreparedSet,
    rows: Ints,
    wanted: Sequence[str],
    progress: Progress | None,
    find: looks.Find,
) -> dict[str, npt.NDArray[np.float64]]:
    light = any(name in looks.LIGHT for name in wanted)
    face = any(name in looks.FACE for name in wanted)
    return {
        **(looks.light(prepared, rows, progress) if light else {}),
        **(looks.face(prepared, rows, progress, find) if face else {}),
    }


def _of_manifest(prepared: PreparedSet, name: str) -> npt.NDArray[Any]:
    """Return a column of the manifest as text or numbers, ``[lines]``."""
    if name in SWITCHES:
        return np.where(prepared.flags[name], "yes", "no")
    return _text(prepared, name) if name in TEXTS else _number(prepared, name)


def _text(prepared: PreparedSet, name: str) -> npt.NDArray[np.str_]:
    if name == "label":
        return np.array([*EMOTIONS, ""])[prepared.labels]
    plural = "split" if name == "split" else f"{name}s"
    return np.asarray(getattr(prepared.manifest, plural))


def _number(prepared: PreparedSet, name: str) -> npt.NDArray[np.float64]:
    if name in SIZES:
        return prepared.sizes[:, SIZES.index(name)].astype(np.float64)
    if prepared.votes is None:
        return np.full(len(prepared), np.nan)
    return prepared.votes[:, VOTE_COLUMNS.index(name)].astype(np.float64)


def _column(name: str, values: npt.NDArray[Any]) -> Column:
    if values.dtype.kind == "f":
        missing = NO_LANDMARKS if name in looks.FACE else UNKNOWN
        how, unit = MEASURED.get(name, MANIFEST), looks.UNITS.get(name, "")
        return cut(name, values, missing, how, unit)
    groups, of = np.unique(values, return_inverse=True)
    unknown = int("" in groups)  # the empty text comes first
    if name in PRIVATE:
        return Column(name, ("",) * (len(groups) - unknown), of - unknown, private=True)
    names = [str(group) for group in groups[unknown:]] + [UNKNOWN] * unknown
    return Column(name, tuple(names), (of - unknown) % len(names))
