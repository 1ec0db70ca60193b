"""Several prepared datasets as one; each picture keeps its origin."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.audit import group_ids
from mien.datasets.auditing.places import new_dataset
from mien.datasets.contents import contents
from mien.datasets.framing import AS_IT_IS, Framing
from mien.datasets.manifest import FILE_NAME, read_manifest
from mien.datasets.merge_rules import Pool, Taken, take
from mien.datasets.merge_source import Merged
from mien.datasets.merge_tables import by_class, left_out, shared
from mien.datasets.prepared import RECORD, PreparedSet
from mien.datasets.rules import Rule
from mien.datasets.source import SPLITS, Progress
from mien.datasets.store import Summary, prepare
from mien.datasets.votes import VOTES
from mien.datasets.workspace import check_outside
from mien.errors import UsageError

Ints = npt.NDArray[np.int64]
READER = "merge"
OWN_SPLITS = Rule("official")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked of a merge: see ``merge_rules.take``."""

    classes: str = "all"
    conflicts: str = "keep"
    labels: str = "published"


AS_PUBLISHED = Choice()


def merge(
    sets: Sequence[PreparedSet],
    out: Path,
    *,
    name: str = "",
    choice: Choice = AS_PUBLISHED,
    rule: Rule = OWN_SPLITS,
    framing: Framing = AS_IT_IS,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Write several prepared datasets as one, whole or not at all.

    The pictures come one set after the other. Ids that several sets have begin with the origin;
    so do all subjects and sequences, which are words of their set. ``dataset.json`` tells under
    ``merged`` what came from where.

    Args:
        sets: two or more different ones.
        out: the folder to make.
        name: of the new dataset; the names of the sets joined where it is empty.
        choice: labels, classes and conflicts.
        rule: how to split; without one, each set's own splits stay.
        framing: how pictures are scaled.
        overwrite: replace a prepared dataset that stands at ``out``.
        progress: see ``source.Progress``.

    Raises:
        UsageError: fewer than two sets, one of them twice, a word that ``choice`` does not have,
            a rule that balances (balance the merged set afterwards), or a folder in a set.
        DataError: they cannot be merged like this, ``out`` exists, or it cannot be written.
    """
    _check(sets, name, rule)
    progress = progress or (lambda doing, done, of: None)
    check_outside(out, *(one.root for one in sets))
    with new_dataset(out, overwrite) as folder:
        pool = _pool(sets, framing, progress)
        taken = take(pool, choice.labels, choice.classes, choice.conflicts)
        source = Merged(sets, pool, taken, name, framing)
        summary = prepare(
            source,
            folder,
            skip_bad=True,
            rule=rule,
            framing=framing,
            reader=READER,
            progress=progress,
        )
        record = summary.record | {"merged": _record(source, pool, taken, choice, folder)}
        if rule == OWN_SPLITS:
            record["split"] = "; ".join(
                f"{name}: {one.record.get('split')}"
                for name, one in zip(source.names, sets, strict=True)
            )
        runs.write_json(folder / RECORD, record)
    return Summary(out, record, summary.audit)


def _check(sets: Sequence[PreparedSet], name: str, rule: Rule) -> None:
    if len({one.root.resolve() for one in sets}) < max(len(sets), 2):
        named = ", ".join(str(one.root) for one in sets) or "none"
        raise UsageError(f"a merge takes two or more different prepared datasets, not {named}")
    if rule.balance:
        raise UsageError(
            "a merge does not balance: prepare the merged dataset again with --balance"
        )
    if not re.fullmatch(r"[A-Za-z0-9._-]*", name):
        raise UsageError(f"name {name!r}: expected letters, digits, dots, dashes and underscores")


def _pool(sets: Sequence[PreparedSet], framing: Framing, progress: Progress) -> Pool:
    votes = [
        one.votes if one.votes is not None else np.zeros((len(one), len(VOTES)), np.int16)
        for one in sets
    ]
    return Pool(
        of=np.repeat(np.arange(len(sets)), [len(one) for one in sets]),
        labels=np.concatenate([one.labels for one in sets]),
        label_sets=np.concatenate([one.manifest.label_sets for one in sets]),
        votes=np.concatenate(votes),
        groups=group_ids(np.concatenate([contents(one, framing, progress) for one in sets])),
    )


def _record(
    source: Merged, pool: Pool, taken: Taken, choice: Choice, folder: Path
) -> dict[str, Any]:
    manifest, rows = read_manifest(folder / FILE_NAME), source.rows
    sets = zip(source.names, source.sets, np.bincount(pool.of[rows]).tolist(), strict=True)
    return {
        "asked": asdict(choice),
        "sets": [
            {
                "name": name,
                "labels": one.label_set,
                "pictures": len(one),
                "taken": count,
                "manifest_sha256": one.sha256,
            }
            for name, one, count in sets
        ],
        "left_out": left_out(taken, pool.of, source.names),
        "by_origin": by_class(manifest.origins, manifest.labels),
        "by_split": by_class(manifest.split, manifest.labels, SPLITS),
        "copies_in_other_colours": _hidden(manifest.hashes, pool.groups[rows]),
        "shared": shared(pool.groups[rows], pool.of[rows], manifest.split, source.names),
        "conflicts": taken.conflicts,
    }


def _hidden(hashes: npt.NDArray[np.bytes_], groups: Ints) -> int:
    """Count pictures that show what another does and are stored in other colours."""
    return len(np.unique(hashes)) - len(np.unique(groups))
