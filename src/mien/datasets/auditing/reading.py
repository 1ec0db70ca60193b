"""Reading findings back, and checking that they are those of a dataset."""

import csv
from collections.abc import Sequence
from pathlib import Path

from mien import runs
from mien.datasets.auditing.files import COLUMNS, Line, label_name
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.auditing.places import COUNTS
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS
from mien.errors import DataError, RunError, UsageError, several

_OTHER_SPLIT = COLUMNS.index("other_split")


def read_findings(path: Path, prepared: PreparedSet, kinds: Sequence[str]) -> list[Line]:
    """Return the findings of some kinds. Lines may have been taken out of the file by hand.

    Args:
        path: ``findings.csv``; ``audit.json`` lies beside it.
        prepared: the dataset that they must be of.
        kinds: names of ``KINDS``.

    Raises:
        DataError: they are damaged, or findings of another dataset; all that differs is counted.
        UsageError: a kind was not looked for.
    """
    audited = _audited(path.parent / COUNTS)
    rows = _rows(path)
    problems = _differences(path, audited, rows, prepared)
    if problems:
        raise DataError(
            f"{path} holds findings of another dataset than {prepared.root}: {several(problems)}\n"
            f"audit this one: mien data audit {prepared.root} --out DIR"
        )
    left_out = audited.get("left_out", {})
    missed = [f"{kind} ({left_out[kind]})" for kind in kinds if kind in left_out]
    if missed:
        raise UsageError(
            f"{path}: that audit did not look for {', '.join(missed)}: audit again with what it "
            "needs, or drop other kinds"
        )
    return [row for row in rows if row.kind in kinds]


def _audited(path: Path) -> dict[str, dict[str, str]]:
    try:
        audited = runs.read_json(path)
    except RunError as error:
        raise DataError(f"{error}; expected findings.csv and {COUNTS} side by side") from error
    if not all(isinstance(audited.get(name), dict) for name in ("dataset", "left_out")):
        raise DataError(f"{path}: expected the {COUNTS} that `mien data audit --out` writes")
    return audited


def _rows(path: Path) -> list[Line]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = tuple(next(reader, ()))
            table = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"the findings in {path} cannot be read: {error}") from error
    if header != COLUMNS:
        raise DataError(f"{path}: expected the columns {', '.join(COLUMNS)}")
    damaged = [
        n
        for n, row in enumerate(table, 2)
        if len(row) != len(COLUMNS) or row[0] not in KINDS or row[_OTHER_SPLIT] not in (*SPLITS, "")
    ]
    if damaged:
        raise DataError(
            f"{path}: {len(damaged)} damaged line(s), first line {damaged[0]}: expected "
            f"{len(COLUMNS)} cells, the first a kind of finding"
        )
    return [Line(*row) for row in table]


def _differences(
    path: Path, audited: dict[str, dict[str, str]], rows: Sequence[Line], prepared: PreparedSet
) -> list[str]:
    known = {name: row for row, name in enumerate(prepared.ids.tolist())}
    problems = []
    theirs = audited["dataset"].get("manifest_sha256", "none")
    if theirs != prepared.sha256:
        problems.append(f"manifest {str(theirs)[:12]}…, expected {prepared.sha256[:12]}…")
    strange = [row.id for row in rows if row.id not in known]
    if strange:
        problems.append(
            f"{len(strange)} of {len(rows)} findings are of no picture of it, first {strange[0]}"
        )
    held = [row for row in rows if row.id in known]
    elsewhere = [
        row.id
        for row in held
        if (row.split, row.label)
        != (str(prepared.split[known[row.id]]), label_name(prepared, known[row.id]))
    ]
    if elsewhere:
        problems.append(
            f"{len(elsewhere)} of {len(rows)} findings name another split or label, first "
            f"{elsewhere[0]}"
        )
    return problems
