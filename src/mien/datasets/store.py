"""Writing a prepared dataset: picture folders, manifest, audit and record, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mien
from mien import runs
from mien.datasets import packed
from mien.datasets.framing import ALIGN, AS_IT_IS, Framing
from mien.datasets.gather import Gathered, gather
from mien.datasets.manifest import FILE_NAME
from mien.datasets.plan import Plan, plan
from mien.datasets.prepared import RECORD, REMOVED
from mien.datasets.rules import Rule
from mien.datasets.source import SPLITS, Progress, Source, silent
from mien.datasets.votes import read_votes
from mien.datasets.workspace import WHOLE, publish, workspace
from mien.datasets.write import write
from mien.errors import DataError, SourceError, UnreadablePicturesError

AUDIT = "audit.json"
AS_USUAL = Rule()
OWN = {*SPLITS, FILE_NAME, RECORD, AUDIT, REMOVED, packed.FOLDER}
"""What a prepared dataset consists of; ``--overwrite`` deletes nothing else."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was prepared: where it lies, its record (``dataset.json``) and its audit."""

    root: Path
    record: dict[str, Any]
    audit: dict[str, Any]


def prepare(
    source: Source,
    out: Path,
    *,
    votes: Path | None = None,
    files: Sequence[Path] = (),
    skip_bad: bool = False,
    overwrite: bool = False,
    rule: Rule = AS_USUAL,
    framing: Framing = AS_IT_IS,
    reader: str = "",
    progress: Progress | None = None,
) -> Summary:
    """Write a source as a prepared dataset.

    Args:
        source: the pictures.
        out: the folder to make.
        votes: a FER+ votes file to join by row.
        files: the files that the source reads, for the record.
        skip_bad: keep unreadable pictures as flagged lines of the manifest.
        overwrite: replace a prepared dataset that stands at ``out``.
        rule: how to split, and whether to balance training.
        framing: how pictures are cut and scaled.
        reader: which reader took the source for its own, for the record.
        progress: see ``source.Progress``.

    Raises:
        UnreadablePicturesError: pictures cannot be read and ``skip_bad`` is not set.
        SourceError: the source is not what it should be, or has no pictures.
        DataError: the votes do not fit, the split cannot be made, ``out`` exists, or it cannot
            be written.
    """
    if votes is not None and not source.keeps_row_order:
        raise DataError(
            f"votes are joined by row, and this source has lost the rows of fer2013.csv "
            f"({source.layout}): prepare it without votes, or prepare fer2013.csv with them"
        )
    progress = progress or silent
    with workspace(out.parent / f".{out.name}.preparing", out) as work:
        _check_out(out, overwrite)
        whole = work / WHOLE
        whole.mkdir()
        table = read_votes(votes) if votes is not None else None
        gathered = gather(source, work, progress, framing)
        _check(gathered, source, skip_bad)
        planned = plan(gathered, table, rule, source.has_splits, progress)
        audited = write(whole, source, gathered, planned, progress)
        record = _record(source, planned) | {
            "reader": reader,
            "files": [_file(path) for path in files],
            "votes": _file(votes) if votes is not None else None,
            "framing": framing.to_dict() | {"faces": _faces(source, framing)},
            "balance": rule.balance,
        }
        runs.write_json(whole / AUDIT, audited)
        runs.write_json(whole / RECORD, record)
        publish(work, out)
    return Summary(out, record, audited)


def _check_out(out: Path, overwrite: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not ((out / FILE_NAME).is_file() and (out / RECORD).is_file()):
        raise DataError(
            f"{out} exists and is no prepared dataset: expected a new folder; name another"
        )
    if not overwrite:
        raise DataError(f"{out} is prepared already: name another folder, or add --overwrite")
    foreign = sorted({path.name for path in out.iterdir()} - OWN)
    if foreign:
        raise DataError(
            f"{out} holds {foreign[0]}, which is not of the dataset ({len(foreign)} such): move it "
            "away, or name another folder"
        )


def _check(gathered: Gathered, source: Source, skip_bad: bool) -> None:
    if gathered.problems and not skip_bad:
        raise UnreadablePicturesError(gathered.problems, len(gathered.groups))
    if not gathered.readable.any():
        raise SourceError(f"no readable picture in this source ({source.layout})")


def _faces(source: Source, framing: Framing) -> str:
    """Return how faces were cut out; those of a prepared set were before, and stay upright."""
    words = (framing.faces, str(getattr(source, "faces", "")))
    return ALIGN if ALIGN in words else words[0] or words[1]


def _record(source: Source, planned: Plan) -> dict[str, Any]:
    readable = planned.groups >= 0
    return {
        "name": source.name,
        "label_set": source.label_set,
        "layout": source.layout,
        "mien": mien.__version__,
        "split": planned.rule,
        "notes": [*source.notes, *planned.notes],
        "pictures": len(readable),
        "unreadable": int((~readable).sum()),
        "splits": {name: int((readable & (planned.split == name)).sum()) for name in SPLITS},
    }


def _file(path: Path) -> dict[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": runs.sha256(path)}
