"""``mien data download``."""

from pathlib import Path
from typing import Annotated

import typer


def download(
    name: Annotated[str, typer.Argument(help="fer2013 or ckplus.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Copy the files to this new folder.", show_default="kagglehub's cache"),
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(min=1, help="Kaggle's number of a version.", show_default="a tried one"),
    ] = None,
) -> None:
    """Download a dataset from Kaggle.

    What lies complete in the cache is used without the network. Others of the
    field must be asked for: docs/data-access.md says how.
    """
    from shlex import quote

    from mien.datasets.download import DOWNLOADS
    from mien.datasets.download import download as get

    got = get(name, out, version, typer.echo)
    known = DOWNLOADS[name]
    typer.echo(f"{known.title}, version {got.version}, {known.page}")
    if got.cached:
        typer.echo("it was complete in the cache: nothing was downloaded")
    typer.echo(f"terms: {known.terms}; its licence stands on that page")
    typer.echo(f"files: {got.folder}")
    typer.echo(f"next: mien data prepare {quote(str(got.folder))} data/{name} --as {known.reader}")
