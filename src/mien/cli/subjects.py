"""The models that ``mien report`` and ``mien card`` tell of."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.report.account.subject import Subject


def subject_at(path: Path, folder: Path | None = None) -> "Subject":
    """Return the model of a run folder or of a file that ``mien export`` wrote.

    Args:
        path: where it is.
        folder: of a file's evaluations; None: beside it.

    Raises:
        RunError: no run, one that has not finished, or a damaged file of it.
        ModelFileError: no model file.
        UsageError: a folder of evaluations was named for a run, or is not there.
    """
    from mien.errors import UsageError
    from mien.report.account.subject import of_file, of_run

    if path.suffix == ".onnx":
        return of_file(path, metadata(path), folder)
    if folder is not None:
        raise UsageError(f"--evaluations goes with a model file; a run has its own: {path}")
    return of_run(path)


def metadata(path: Path) -> dict[str, Any]:
    """Return what a model file says of itself, as ``mien export`` wrote it.

    Raises:
        ModelFileError: missing, damaged, not one of mien's, or written by a newer mien.
    """
    from dataclasses import asdict

    from mien.inference.model import Model

    info = Model.open(path).info
    heads = {
        name: {
            "classes": list(head.classes),
            "temperature": head.temperature,
            **({"fitted_on": dict(head.fitted_on)} if head.fitted_on else {}),
            **_uncertain(head),
            "conformal": {method: dict(levels) for method, levels in head.conformal.items()},
        }
        for name, head in info.heads.items()
    }
    return {
        "name": info.name or path.stem,
        "preprocessing": asdict(info.preprocessing),
        "framing": {"faces": info.faces},
        "heads": heads,
        "answer": info.answer,
        "provenance": dict(info.provenance),
        "scores": dict(info.scores),
    }


def _uncertain(head: Any) -> dict[str, Any]:
    if not head.error:
        return {}
    return {"uncertain": {"below": head.uncertain_below, "error": head.error}}


def cross_at(path: Path | None) -> dict[str, Any] | None:
    """Return the content of a ``cross.json``, named itself or by its folder.

    Raises:
        RunError: it is missing or damaged.
    """
    from mien.errors import RunError
    from mien.runs import read_json

    if path is None:
        return None
    values = read_json(path / "cross.json" if path.is_dir() else path)
    if not {"models", "datasets", "cells", "bootstrap"} <= set(values):
        raise RunError(f"{path}: expected the cross.json of mien cross; run it again")
    return values
