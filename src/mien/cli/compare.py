"""``mien compare``."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from mien.errors import RunError, UsageError, several

Sort = Literal[
    "official", "dedup", "macro-f1", "validation", "experiment", "model", "parameters", "macs",
    "epochs", "hours",
]  # fmt: skip


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...", help="Run or crossval folders, or results (.json) of --save."
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Write compare.md, compare.csv and compare.html into this folder."),
    ] = None,
    protocol: Annotated[
        str,
        typer.Option(
            help="Score every head against these labels, such as fer2013, ferplus_majority or "
            "ferplus_majority_without_contempt; own: each against its own."
        ),
    ] = "own",
    sort: Annotated[Sort, typer.Option(help="Best or smallest first.")] = "official",
    save: Annotated[
        Path | None,
        typer.Option(help="Write the one RUN as a small result file, which stands for its folder."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that stand there.")
    ] = False,
) -> None:
    """Compare runs: one table a track, from their files.

    Runs that differ in nothing but seed and machine make one row: mean and standard deviation.
    Scores are those that `mien evaluate RUN` wrote; a run without them is listed.
    """
    from mien.report.compare import folder, result_file
    from mien.report.compare.inputs import gather
    from mien.report.compare.tables import tables_of
    from mien.report.compare.terminal import show

    if save is not None:
        if len(runs) > 1:
            raise UsageError(f"--save writes one run, {len(runs)} were given; name one")
        result_file.check(save, overwrite=overwrite)
    if out is not None:
        folder.check_out(out, overwrite=overwrite)
    given = gather(runs)
    for note in given.notes:
        typer.echo(f"note: {note}", err=True)
    if not given.runs and not given.crossed:
        raise RunError(several(given.refused) if given.refused else "found no run to compare")
    tables = tables_of(given.runs, protocol, sort)
    show(folder.sheets_of(tables, given.crossed))
    if out is not None:
        written = folder.write(out, tables, given.crossed)
        typer.echo(f"wrote {', '.join(str(path) for path in written)}")
    if save is not None:
        result_file.save(save, (given.runs or given.crossed)[0], overwrite=overwrite)
        typer.echo(f"wrote {save}")
    if given.refused:
        typer.echo(f"mien: {several(given.refused)}", err=True)
        raise typer.Exit(1)
