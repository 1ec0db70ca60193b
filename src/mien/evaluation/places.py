"""Where what is found about a model is kept."""

import json
from pathlib import Path

KEPT = ("metrics.json", "robustness.json", "errors.json", "groups.json")
"""Files that say in ``data.sha256`` of which dataset they are."""


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
    plain = beside(model) / f"{dataset}-{split}"
    taken = any(_of_another(plain / name, sha256) for name in KEPT)
    return plain.with_name(f"{plain.name}-{sha256[:8]}") if taken else plain


def _of_another(path: Path, sha256: str) -> bool:
    try:
        kept: object = json.loads(path.read_text(encoding="utf-8"))["data"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # nothing that could be lost
    return kept != sha256
