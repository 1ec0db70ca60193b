"""``mien export``."""

from pathlib import Path
from typing import Annotated

import typer


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

    The file carries class order, preprocessing, provenance and the scores of `mien evaluate`.
    Needs mien[train].
    """
    from mien.cli.train import require_torch

    require_torch("mien export")
    from mien.export.run import export as write

    path = out or run / f"{run.resolve().name}.onnx"
    outcome = write(run, path, data)
    typer.echo(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB; largest difference of a logit from the "
        f"network {outcome.largest:.1e} on {outcome.n} faces, "
        f"same answer on {outcome.agreement:.2%}"
    )
