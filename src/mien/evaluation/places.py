"""Where what is found about a model is kept."""

import json
import os
import re
from pathlib import Path

from mien.datasets.manifest import FILE_NAME
from mien.datasets.prepared import RECORD
from mien.errors import DataError, UsageError
from mien.runs import NO_FILE

KEPT = ("metrics.json", "robustness.json", "errors.json", "groups.json")
"""Files that say in ``data.sha256`` of which dataset they are."""
PREPARED = (FILE_NAME, RECORD)
"""Files by which a prepared dataset is known."""


def beside(model: Path) -> Path:
    """Return the folder of all evaluations of a run folder, a model file or predictions."""
    return model / "evaluation" if model.is_dir() else model.parent / f"{model.stem}-evaluation"


def folder(model: Path, dataset: str, split: str, sha256: str) -> Path:
    """Return the folder of one evaluation: not that of another dataset of the same name.

    Args:
        model: see ``beside``; predictions that lie in a folder of evaluations keep theirs.
        dataset: its name.
        split: of it.
        sha256: of its manifest.
    """
    if model.name == "predictions.npz":
        return model.parent
    plain = beside(model) / file_part(f"{dataset}-{split}")
    taken = any(_of_another(plain / name, sha256) for name in KEPT)
    return plain.with_name(f"{plain.name}-{sha256[:8]}") if taken else plain


def file_part(name: str) -> str:
    """Return a name that a file brought as part of a path: it leads to no other folder."""
    return re.sub(r"[/\\:\x00-\x1f]", "_", name)


def require_folder(folder: Path, *datasets: Path) -> None:
    """Refuse a place for results that cannot take them, before any work.

    Args:
        folder: where they shall go; it need not exist.
        datasets: folders that must stay as they are, besides every prepared dataset.

    Raises:
        UsageError: a file stands there, or it is a dataset or lies in one.
        DataError: the system does not let us write there.
    """
    above = (folder.resolve(), *folder.resolve().parents)
    roots = [dataset.resolve() for dataset in datasets]
    for place in above:
        if place in roots or all((place / name).is_file() for name in PREPARED):
            raise UsageError(
                f"{folder} is or lies in {place}, a dataset that must stay as it is: expected a "
                "folder beside it; name another (--out)"
            )
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise UsageError(
            f"{folder}: expected a folder for the results, but {there} is a file; name another "
            "(--out)"
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise DataError(f"{there}: cannot be written to; name another folder (--out)")


def require_file(path: Path, *datasets: Path) -> None:
    """Refuse a file to write that stands for something else, or as ``require_folder`` does."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: {NO_FILE}")
    require_folder(path.parent, *datasets)


def _of_another(path: Path, sha256: str) -> bool:
    try:
        kept: object = json.loads(path.read_text(encoding="utf-8"))["data"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # nothing that could be lost
    return kept != sha256
