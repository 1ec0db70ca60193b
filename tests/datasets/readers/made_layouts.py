"""Small files in published layouts, and what becomes of them."""

import csv
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from made_sources import encoded

from mien.datasets.source import Options, Picture
from mien.datasets.sources import open_source
from mien.datasets.store import prepare


def colour(seed: int, size: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)


def write_pictures(root: Path, files: Iterable[str], seed: int = 0) -> Path:
    for number, file in enumerate(files):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        form = "PNG" if file.lower().endswith(".png") else "JPEG"
        (root / file).write_bytes(encoded(colour(seed + number), form))
    return root


def zipped(path: Path, folder: Path) -> Path:
    """Pack a folder, with its name."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(folder.parent))
    return path


def prepared(
    path: Path, out: Path, options: Options | None = None, **rest: Any
) -> list[dict[str, str]]:
    """Prepare what lies at a path and return the lines of the manifest."""
    with open_source(path, out.parent, options=options) as opened:
        prepare(opened.source, out, files=opened.files, reader=opened.reader, **rest)
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problems(source: Iterable[Picture]) -> dict[str, str]:
    """Return place → problem; every picture has either a problem or pixels."""
    taken = list(source)
    assert all(bool(p.problem) == (p.pixels is None) for p in taken)
    assert len({p.id for p in taken}) == len(taken)
    return {p.where: p.problem for p in taken if p.problem}
