"""``mien export``."""

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.extras import require_torch


def export(
    run: Annotated[Path, typer.Argument(help="A finished run folder.")],
    out: Annotated[
        Path | None, typer.Option(help="The file to write.", show_default="RUN/<name>.onnx")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Prepared dataset to check on.", show_default="the run's own"),
    ] = None,
) -> None:
    """Write a run as one .onnx file, and check that it answers as the trained network does.

    The file carries class order, preprocessing, provenance, the scores of `mien evaluate` and
    what `mien calibrate` fitted; a run without that is calibrated on the validation split now.
    Needs mien[train].
    """
    require_torch("mien export")
    from mien.cli.calibrate import calibration_lines
    from mien.export.run import export as write

    path = out or run / f"{run.resolve().name}.onnx"
    outcome = write(run, path, data)
    parity = outcome.parity
    typer.echo(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB; largest difference of a logit from the "
        f"network {parity.largest:.1e} on {parity.n} faces, "
        f"same answer on {parity.agreement:.2%}"
    )
    if outcome.anew:
        typer.echo("the run had no calibration.json, so the file was calibrated on validation:")
    typer.echo(calibration_lines(outcome.fitted))
