"""An audit's files: ``findings.csv``, one line a finding, and ``audit.json``."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import mien
from mien import runs
from mien.datasets import near
from mien.datasets.audit import audit, group_ids
from mien.datasets.auditing.findings import Findings
from mien.datasets.auditing.found import Found
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.auditing.places import COUNTS, FINDINGS
from mien.datasets.merge_names import set_names
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS
from mien.emotions import EMOTIONS

COLUMNS = (
    *("kind", "id", "split", "label", "group", "other", "value"),
    *("other_split", "other_set"),
)
"""``group``: id of the first picture of what belongs together; ``other_set``: name of the dataset
that holds the other picture, empty where it is the audited one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as text, in the order of ``COLUMNS``."""

    kind: str
    id: str
    split: str
    label: str
    group: str
    other: str
    value: str
    other_split: str
    other_set: str


def label_name(prepared: PreparedSet, row: int) -> str:
    """Return the emotion of a picture, empty where it has none."""
    label = int(prepared.labels[row])
    return EMOTIONS[label] if label >= 0 else ""


def names_of(findings: Findings) -> list[str]:
    """Return a name for each dataset, the audited one first; equal names are numbered."""
    return set_names([findings.prepared.name, *(other.name for other in findings.against)])


def lines(findings: Findings) -> Iterator[Line]:
    """Stream the findings in the order of ``KINDS`` and of the manifest."""
    names = names_of(findings)
    for kind, one in findings.found.items():
        columns = (one.rows, one.groups, one.others, one.sets, one.values)
        for row, group, other, number, value in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            yield _line(findings, names, kind, row, group, other, number, value)


def _line(
    findings: Findings,
    names: list[str],
    kind: str,
    row: int,
    group: int,
    other: int,
    number: int,
    value: float,
) -> Line:
    own = findings.prepared
    theirs = findings.against[number - 1] if number else own
    return Line(
        kind,
        str(own.ids[row]),
        str(own.split[row]),
        label_name(own, row),
        str(own.ids[group]) if group >= 0 else "",
        str(theirs.ids[other]) if other >= 0 else "",
        "" if math.isnan(value) else f"{value:.4g}",
        str(theirs.split[other]) if other >= 0 else "",
        names[number] if number else "",
    )


def write_audit(folder: Path, findings: Findings) -> None:
    """Write ``findings.csv`` and ``audit.json`` into a folder."""
    with (folder / FINDINGS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in lines(findings):
            writer.writerow([getattr(line, name) for name in COLUMNS])
    runs.write_json(folder / COUNTS, summary(findings))


def counts(prepared: PreparedSet) -> dict[str, Any]:
    """Return the plain counts of a dataset (``mien.datasets.audit``)."""
    groups = group_ids(prepared.manifest.hashes)
    return audit(groups, prepared.split, prepared.labels, prepared.flags)


def tally(one: Found, split: npt.NDArray[np.str_]) -> dict[str, int]:
    """Return how many pictures of each split there are, of all, and how many groups."""
    rows = np.unique(one.rows)
    by_split = {name: int((split[rows] == name).sum()) for name in SPLITS}
    groups = len(np.unique(one.groups[one.groups >= 0]))
    return {**by_split, "pictures": len(rows), "groups": groups}


def summary(findings: Findings) -> dict[str, Any]:
    """Return what ``audit.json`` holds."""
    prepared = findings.prepared
    return {
        "mien": mien.__version__,
        "dataset": _identity(prepared),
        "against": [_identity(other) for other in findings.against],
        "counts": counts(prepared),
        "findings": {kind: tally(one, prepared.split) for kind, one in findings.found.items()},
        "thresholds": {
            kind: {"value": KINDS[kind].value, "border": border, "because": KINDS[kind].because}
            for kind in findings.found
            if (border := KINDS[kind].threshold) is not None
        },
        "method": {
            "copy": "the same sha256 of pixels and shape",
            "near_copy": f"the middle of one lies in the other: correlation {near.THRESHOLD} up",
            **findings.told,
        },
        "left_out": findings.left_out,
        "seconds": findings.seconds,
    }


def _identity(prepared: PreparedSet) -> dict[str, Any]:
    return {
        "name": prepared.name,
        "manifest_sha256": prepared.sha256,
        "pictures": len(prepared),
    }
