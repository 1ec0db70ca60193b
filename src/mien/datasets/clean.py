"""A prepared dataset without the pictures of chosen findings.

``auditing.choose`` holds the rules of what goes.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.again import READER, Again
from mien.datasets.auditing.choose import Choice, Going, going
from mien.datasets.auditing.files import Line
from mien.datasets.auditing.places import new_dataset
from mien.datasets.prepared import RECORD, REMOVED, PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.source import Progress
from mien.datasets.store import Summary, prepare
from mien.datasets.workspace import check_outside
from mien.errors import DataError


def clean(
    prepared: PreparedSet,
    out: Path,
    lines: Iterable[Line],
    choice: Choice,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Write a dataset without the pictures that go; splits, ids and votes stay as they are.

    Args:
        prepared: the dataset; it is not changed.
        out: the folder to make; ``removed.csv`` in it lists what went, and why.
        lines: findings.
        choice: which of them count, and how.
        overwrite: replace a prepared dataset that stands at ``out``.
        progress: see ``source.Progress``.

    Raises:
        UsageError: ``out`` is the dataset itself, or lies in it.
        DataError: no picture would stay, ``out`` exists, or it cannot be written.
    """
    check_outside(out, prepared.root)
    gone = going(prepared, lines, choice)
    rows = staying(prepared, gone)
    with new_dataset(out, overwrite) as folder:
        source = Again(prepared, rows)
        source.notes = [*source.notes, told(prepared, gone, choice)]
        summary = prepare(
            source,
            folder,
            files=source.files,
            skip_bad=True,
            rule=Rule(way="official"),
            reader=READER,
            progress=progress,
        )
        _write_removed(folder / REMOVED, prepared, gone)
        record = summary.record | _record(prepared, gone, choice)
        runs.write_json(folder / RECORD, record)
    return Summary(out, record, summary.audit)


def staying(prepared: PreparedSet, gone: Going) -> npt.NDArray[np.int64]:
    """Return the lines of the manifest that stay.

    Raises:
        DataError: no readable picture is among them.
    """
    stays = np.ones(len(prepared), bool)
    stays[list(gone.reasons)] = False
    if not (stays & ~prepared.flags["unreadable"]).any():
        raise DataError(
            f"{len(gone.reasons)} of {len(prepared)} pictures would go and none that can be read "
            "would stay: drop fewer kinds"
        )
    return np.flatnonzero(stays)


def told(prepared: PreparedSet, gone: Going, choice: Choice) -> str:
    """Return one sentence on what went."""
    return (
        f"{len(gone.reasons):,} of {len(prepared):,} pictures were removed "
        f"({', '.join(choice.kinds)}); {REMOVED} lists them"
    )


def _record(prepared: PreparedSet, gone: Going, choice: Choice) -> dict[str, Any]:
    kinds = {
        kind: sum(any(line.kind == kind for line in found) for found in gone.reasons.values())
        for kind in choice.kinds
    }
    return {
        "split": prepared.record.get("split", ""),
        "cleaned": {
            "from": {"name": prepared.name, "manifest_sha256": prepared.sha256},
            "keep": choice.keep,
            "drop_test": choice.drop_test,
            "removed": len(gone.reasons),
            "kinds": kinds,
            "test_pictures_spared": len(gone.spared),
        },
    }


def _write_removed(path: Path, prepared: PreparedSet, gone: Going) -> None:
    """Write id, hash, split, label, kinds and others of each picture that went."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "sha256", "split", "label", "kinds", "others"))
        for row, found in gone.reasons.items():
            first = found[0]
            digest = prepared.manifest.hashes[row].decode()
            kinds = dict.fromkeys(line.kind for line in found)
            others = dict.fromkeys(_other(line) for line in found if line.other)
            writer.writerow(
                (first.id, digest, first.split, first.label, " ".join(kinds), " ".join(others))
            )


def _other(line: Line) -> str:
    return f"{line.other_set}:{line.other}" if line.other_set else line.other
