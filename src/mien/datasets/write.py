"""The second walk: pictures into their folders, lines into the manifest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mien import runs
from mien.datasets import packed
from mien.datasets.audit import audit
from mien.datasets.gather import Gathered
from mien.datasets.manifest import FILE_NAME, FLAGS, VOTE_COLUMNS, write_manifest
from mien.datasets.pictures import encode_png
from mien.datasets.plan import Plan
from mien.datasets.source import Pixels, Progress, Source
from mien.datasets.spool import Row, size_of
from mien.emotions import EMOTIONS, FOLDERS


def write(
    folder: Path, source: Source, gathered: Gathered, plan: Plan, progress: Progress
) -> dict[str, Any]:
    """Write pictures, manifest and packed file into a folder; return the audit."""
    (folder / packed.FOLDER).mkdir(exist_ok=True)
    stamps = np.zeros((len(plan.index), 2), np.int64)
    with runs.whole_file(folder / FILE_NAME) as temporary:
        write_manifest(temporary, _lines(folder, source, gathered, plan, stamps, progress))
    if _same_order(gathered, plan):
        packed.keep_spool(gathered.pixels_file, folder / packed.FOLDER)
        packed.write_index(folder / packed.FOLDER, runs.sha256(folder / FILE_NAME), stamps)
    return audit(plan.groups, plan.split, plan.labels, plan.flags)


def _same_order(gathered: Gathered, plan: Plan) -> bool:
    """Tell whether the pixels gathered are those of the manifest; else they are packed later."""
    whole = len(plan.index) == len(gathered.groups) and not gathered.renamed
    return whole and bool((plan.index == np.arange(len(plan.index))).all())


def _lines(
    folder: Path,
    source: Source,
    gathered: Gathered,
    plan: Plan,
    stamps: packed.Stamps,
    progress: Progress,
) -> Iterator[list[object]]:
    """Write each picture, note its stamp, and yield its line of the manifest."""
    total = len(plan.index)
    repeated = set(plan.groups[plan.groups != np.arange(total)].tolist())
    first_ids: dict[int, str] = {}
    for line, (row, pixels, copy) in enumerate(_taken(gathered, plan)):
        name = f"{row.id}~{copy}" if copy else row.id
        group, split = int(plan.groups[line]), str(plan.split[line])
        emotion = EMOTIONS[plan.labels[line]] if plan.labels[line] >= 0 else ""
        if group == line and group in repeated:
            first_ids[group] = name
        file = ""
        if pixels is not None:
            file = f"{split}/{FOLDERS[emotion]}/{name}.png"
            stamps[line] = _written(folder / file, pixels)
        votes = plan.votes[line].tolist() if plan.votes is not None else []
        yield [
            name,
            file,
            *(split, emotion, row.label_set or source.label_set, row.where, row.source_split),
            *(row.subject, row.sequence, row.origin or source.name),
            *(*size_of(row.shape), row.sha256),
            *(votes if any(votes) else [""] * len(VOTE_COLUMNS)),
            *(int(plan.flags[name][line]) for name in FLAGS),
            first_ids[group] if group not in (-1, line) else "",
            row.problem,
        ]
        progress("writing", line + 1, total)


def _taken(gathered: Gathered, plan: Plan) -> Iterator[tuple[Row, Pixels | None, int]]:
    """Stream what each line is made of, and which copy of it this is."""
    times = np.bincount(plan.index, minlength=len(gathered.groups))
    for (row, pixels), wanted in zip(gathered.walk(), times, strict=True):
        for copy in range(wanted):
            yield row, pixels, copy


def _written(place: Path, pixels: Pixels) -> tuple[int, int]:
    """Write a picture and return its stamp."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(encode_png(pixels))
    return packed.stamp_of(place)
