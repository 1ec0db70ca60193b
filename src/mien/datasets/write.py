"""The second walk: pictures into their folders, lines into the manifest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mien import runs
from mien.datasets import packed
from mien.datasets.audit import audit
from mien.datasets.gather import Gathered, Progress, Row
from mien.datasets.manifest import (
    FILE_NAME,
    FLAGS,
    VOTE_COLUMNS,
    read_manifest,
    write_manifest,
)
from mien.datasets.pictures import encode_png
from mien.datasets.plan import Plan
from mien.datasets.source import Pixels
from mien.emotions import EMOTIONS, FOLDERS


def write(
    folder: Path, label_set: str, gathered: Gathered, plan: Plan, progress: Progress
) -> dict[str, Any]:
    """Write pictures, manifest and packed file into a folder; return the audit."""
    with runs.whole_file(folder / FILE_NAME) as temporary:
        write_manifest(temporary, _lines(folder, label_set, gathered, plan, progress))
    manifest = read_manifest(folder / FILE_NAME)
    packed.keep_spool(gathered.pixels_file, folder / packed.FOLDER)
    stamps = packed.stamp(folder, manifest)
    packed.write_index(folder / packed.FOLDER, runs.sha256(folder / FILE_NAME), stamps)
    return audit(gathered.groups, plan.split, gathered.labels, plan.flags)


def _lines(
    folder: Path, label_set: str, gathered: Gathered, plan: Plan, progress: Progress
) -> Iterator[list[object]]:
    """Write each picture and yield its line of the manifest."""
    total = len(gathered.groups)
    repeated = set(gathered.groups[gathered.groups != np.arange(total)].tolist())
    first_ids: dict[int, str] = {}
    for number, (row, pixels) in enumerate(gathered.walk()):
        group, split = int(gathered.groups[number]), str(plan.split[number])
        emotion = EMOTIONS[gathered.labels[number]] if gathered.labels[number] >= 0 else ""
        if group == number and group in repeated:
            first_ids[group] = row.id
        yield [
            row.id,
            _write_picture(folder, f"{split}/{FOLDERS.get(emotion)}/{row.id}.png", pixels),
            *(split, emotion, label_set, row.where, row.source_split),
            *(*_size(row), row.sha256),
            *(plan.votes[number].tolist() if plan.votes is not None else [""] * len(VOTE_COLUMNS)),
            *(int(plan.flags[name][number]) for name in FLAGS),
            first_ids[group] if group not in (-1, number) else "",
            row.problem,
        ]
        progress("writing", number + 1, total)


def _write_picture(folder: Path, file: str, pixels: Pixels | None) -> str:
    """Write a picture and return its place; empty where there is none."""
    if pixels is None:
        return ""
    place = folder / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(encode_png(pixels))
    return file


def _size(row: Row) -> tuple[int, ...]:
    """Return height, width and channels; zeros where unreadable."""
    return (*row.shape, 1)[:3] if row.shape else (0, 0, 0)
