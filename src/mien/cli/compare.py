"""``mien compare``."""

from pathlib import Path
from typing import Annotated

import typer

from mien.errors import RunError, UsageError, several


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Run folders, or results (.json) of --save."),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Write compare.md, compare.csv and compare.html into this folder."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="Write the one RUN as a small result file, which stands for its folder."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that stand there.")
    ] = False,
) -> None:
    """Compare runs: one table a track, from their files, the best first.

    Runs that differ in nothing but seed and machine make one row: mean and standard deviation.
    Scores are those that `mien evaluate RUN` wrote; a run without them is listed.
    """
    from mien.report.compare import files
    from mien.report.compare.forms import show
    from mien.report.compare.inputs import gather
    from mien.report.compare.tables import tables_of
    from mien.report.compare.tested import with_tests

    if save is not None:
        if len(runs) > 1:
            raise UsageError(f"--save writes one run, {len(runs)} were given; name one")
        files.check_result(save, overwrite=overwrite)
    if out is not None:
        files.check_out(out, overwrite=overwrite)
    given = gather(runs)
    for note in given.notes:
        typer.echo(f"note: {note}", err=True)
    if not given.runs:
        raise RunError(several(given.refused) if given.refused else "found no run to compare")
    tables = with_tests(tables_of(given.runs))
    show(tables)
    if out is not None:
        typer.echo(f"wrote {', '.join(str(path) for path in files.write(out, tables))}")
    if save is not None:
        files.save(save, given.runs[0], overwrite=overwrite)
        typer.echo(f"wrote {save}")
    if given.refused:
        typer.echo(f"mien: {several(given.refused)}", err=True)
        raise typer.Exit(1)
