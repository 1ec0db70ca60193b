"""``mien calibrate``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from mien.cli.extras import require, require_torch


def calibrate(
    model: Annotated[Path, typer.Argument(help="A finished run folder, or a model file (.onnx).")],
    data: Annotated[
        Path | None, typer.Option(help="Prepared dataset.", show_default="the run's own")
    ] = None,
    split: Annotated[str, typer.Option(help="What to fit on: validation, no other.")] = "val",
    out: Annotated[
        Path | None,
        typer.Option(
            help="The model file to write.", show_default="<name>-calibrated.onnx beside it"
        ),
    ] = None,
) -> None:
    """Fit on validation how sure a model may be: temperature, "uncertain" threshold, sets.

    A run keeps the result as calibration.json, which `mien evaluate` and `mien export` use. A
    model file is written anew with it (--out may be the file itself); its network stays the same.
    Needs mien[train].
    """
    from mien.errors import UsageError
    from mien.evaluation.certainty.calibrate import require_validation

    require_validation(split)
    if model.suffix == ".onnx":
        typer.echo(_of_file(model, data, out))
    elif out is not None:
        raise UsageError(f"--out goes with a model file; a run keeps its calibration in {model}")
    else:
        typer.echo(of_run(model, data))


def _of_file(model: Path, data: Path | None, out: Path | None) -> str:
    from mien.errors import UsageError

    require("mien calibrate", "onnx")
    if data is None:
        raise UsageError("a model file needs --data DIR, a prepared dataset to be calibrated on")
    path = out or model.with_name(f"{model.stem}-calibrated.onnx")
    if path.suffix != ".onnx":
        raise UsageError(f"{path}: expected a name that ends in .onnx")
    from mien.evaluation.places import require_file

    require_file(path, data)
    from mien.export.metadata import calibrate_file

    return f"{path}\n{calibration_lines(calibrate_file(model, path, data))}"


def of_run(root: Path, data: Path | None = None) -> str:
    """Calibrate a run, keep the result in its folder, and return what was fitted."""
    require_torch("mien calibrate RUN")
    from mien.evaluation.answering import open_model
    from mien.evaluation.asked import dataset_of, rows_of
    from mien.evaluation.certainty.calibrate import SPLIT, calibrate
    from mien.runs import RunFolder, write_json

    model = open_model(root, calibrated=False)
    prepared = dataset_of(model, data)
    fitted = calibrate(model.on(prepared, rows_of(prepared, SPLIT), SPLIT))
    path = RunFolder(root).calibration
    write_json(path, fitted)
    return f"{path}\n{calibration_lines(fitted)}"


def calibration_lines(fitted: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what was fitted, a line a head."""
    from mien.report.sure import fitted_words

    return "\n".join(fitted_words(head, entry) for head, entry in fitted.items())
