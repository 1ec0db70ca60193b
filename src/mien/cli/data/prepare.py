"""``mien data prepare``."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.data.show import print_prepared, progress

if TYPE_CHECKING:
    from mien.datasets.source import Options, Source

DRAWN = "drawn"


def prepare(
    source: Annotated[
        str,
        typer.Argument(
            help="A CSV file, a folder, Parquet files, or a zip or tar of these; or the word "
            "`drawn`, for made-up faces that need no download."
        ),
    ],
    out: Annotated[
        Path | None, typer.Argument(help="The folder to make.", show_default="data/<name>")
    ] = None,
    *,
    votes: Annotated[
        Path | None,
        typer.Option(help="FER+ votes (fer2013new.csv); found by itself beside the source."),
    ] = None,
    skip_bad: Annotated[
        bool,
        typer.Option("--skip-bad", help="Flag unreadable pictures instead of refusing them all."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a prepared dataset that stands there.")
    ] = False,
    take_as: Annotated[
        str,
        typer.Option("--as", help="What SOURCE is, where mien takes it for something else."),
    ] = "",
    peaks: Annotated[
        int, typer.Option(min=1, max=3, help="CK+: how many last frames of a sequence to take.")
    ] = 3,
    neutral: Annotated[
        bool, typer.Option(help="CK+: take the first frame of a sequence as neutral.")
    ] = True,
    columns: Annotated[
        str,
        typer.Option(
            help="Tables: which columns hold what, "
            "`path=file,label=emotion,split=part,subject=person` (the last two if there are any)."
        ),
    ] = "",
    count: Annotated[
        int | None,
        typer.Option(min=1, help="How many faces to draw (drawn only).", show_default="2000"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Which faces to draw (drawn only).", show_default="0"),
    ] = None,
) -> None:
    """Write a published dataset as picture folders with a manifest and an audit.

    OUT is written whole or not at all: {train,val,test}/<emotion>/*.png,
    manifest.csv (one line a picture of the source), audit.json, dataset.json.
    """
    from mien.datasets.source import Options
    from mien.datasets.store import prepare as write

    options = Options(peaks, neutral, _columns(columns))
    with _opened(source, out, take_as, options, count, seed) as (pictures, files, beside):
        typer.echo(f"{source}: {pictures.layout}")
        for note in pictures.notes:
            typer.echo(f"note: {note}")
        used = votes or beside
        if used:
            typer.echo(f"votes: {used.name}")
        with progress() as show:
            summary = write(
                pictures,
                out or Path("data") / pictures.name,
                votes=used,
                files=files,
                skip_bad=skip_bad,
                overwrite=overwrite,
                progress=show,
            )
    print_prepared(summary)


def _columns(text: str) -> dict[str, str]:
    """Return ``path=file,label=emotion`` as a mapping.

    Raises:
        UsageError: something else.
    """
    from mien.errors import UsageError

    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    known = ("path", "label", "split", "subject")
    for name, _, column in pairs:
        if name.strip() not in known or not column.strip():
            raise UsageError(
                f"--columns {text!r}: expected what=column, where what is {', '.join(known)}"
            )
    return {name.strip(): column.strip() for name, _, column in pairs}


def _opened(
    source: str,
    out: Path | None,
    take_as: str,
    options: "Options",
    count: int | None,
    seed: int | None,
) -> "AbstractContextManager[tuple[Source, tuple[Path, ...], Path | None]]":
    """Return the source with the files it is read from and the votes found beside it."""
    from mien.errors import UsageError

    given = {k: v for k, v in {"count": count, "seed": seed}.items() if v is not None}
    if source == DRAWN:
        from mien.datasets.drawn import Drawn

        return nullcontext((Drawn(**given), (), None))
    if given:
        raise UsageError(f"--{' and --'.join(given)}: expected with the source drawn only")
    beside = out.parent if out else Path("data")
    return _opened_files(Path(source), beside, take_as, options)


@contextmanager
def _opened_files(
    path: Path, beside: Path, take_as: str, options: "Options"
) -> "Iterator[tuple[Source, tuple[Path, ...], Path | None]]":
    from mien.datasets.sources import open_source

    with open_source(path, beside, take_as, options) as opened:
        yield opened.source, opened.files, opened.votes
