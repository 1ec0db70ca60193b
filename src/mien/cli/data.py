"""``mien data``: prepare a published dataset, look at it, audit it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mien.datasets.gather import Progress
    from mien.datasets.source import Source
    from mien.datasets.store import Summary

app = typer.Typer(
    help="Prepare, inspect and audit datasets.", no_args_is_help=True, rich_markup_mode=None
)

DRAWN = "drawn"
Folder = Annotated[Path, typer.Argument(help="A folder that `mien data prepare` wrote.")]


@app.command()
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
    from mien.datasets.store import prepare as write

    with _opened(source, out, count, seed) as (pictures, files, beside):
        typer.echo(f"{source}: {pictures.layout}")
        for note in pictures.notes:
            typer.echo(f"note: {note}")
        used = votes or beside
        if used:
            typer.echo(f"votes: {used.name}")
        with _progress() as progress:
            summary = write(
                pictures,
                out or Path("data") / pictures.name,
                votes=used,
                files=files,
                skip_bad=skip_bad,
                overwrite=overwrite,
                progress=progress,
            )
    _print_prepared(summary)


@app.command()
def audit(folder: Folder) -> None:
    """Count duplicates, copies across splits, conflicting labels and unusable pictures."""
    from mien.datasets.audit import audit as count_all
    from mien.datasets.audit import group_ids
    from mien.datasets.prepared import PreparedSet

    opened = PreparedSet.open(folder)
    _print_audit(
        count_all(group_ids(opened.manifest.hashes), opened.split, opened.labels, opened.flags)
    )


@app.command()
def info(folder: Folder) -> None:
    """Say what a prepared dataset is and where it came from."""
    from mien.datasets.audit import class_counts
    from mien.datasets.prepared import PreparedSet

    opened = PreparedSet.open(folder)
    record = opened.record
    lines = {
        "name": opened.name,
        "labels": opened.label_set,
        "votes": "FER+" if opened.votes is not None else "none",
        "made from": record.get("layout"),
        "files": ", ".join(file["name"] for file in record.get("files", [])),
        "split": record.get("split"),
        "pictures": f"{len(opened):,}, {int(opened.flags['unreadable'].sum()):,} unreadable",
        "shape": "one for all" if opened.uniform else "several",
        "data hash": opened.sha256,
        "mien": record.get("mien"),
    }
    for key, value in lines.items():
        if value:
            typer.echo(f"{key:10} {value}")
    for note in record.get("notes", []):
        typer.echo(f"{'note':10} {note}")
    _print_classes(class_counts(opened.split, opened.labels, ~opened.flags["unreadable"]))


def _opened(
    source: str, out: Path | None, count: int | None, seed: int | None
) -> "AbstractContextManager[tuple[Source, tuple[Path, ...], Path | None]]":
    """Return the source with the files it is read from and the votes found beside it."""
    from mien.errors import UsageError

    given = {k: v for k, v in {"count": count, "seed": seed}.items() if v is not None}
    if source == DRAWN:
        from mien.datasets.drawn import Drawn

        return nullcontext((Drawn(**given), (), None))
    if given:
        raise UsageError(f"--{' and --'.join(given)}: expected with the source drawn only")
    return _opened_files(Path(source), out.parent if out else Path("data"))


@contextmanager
def _opened_files(
    path: Path, beside: Path
) -> "Iterator[tuple[Source, tuple[Path, ...], Path | None]]":
    from mien.datasets.sources import open_source

    with open_source(path, beside) as opened:
        yield opened.source, opened.files, opened.votes


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Show a bar on the error output, where it is a terminal; it goes when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=hidden
    ) as bar:
        tasks: dict[str, Any] = {}

        def show(doing: str, done: int, of: int | None) -> None:
            if doing not in tasks:
                for earlier in tasks.values():  # how much there was to read is known by now
                    bar.update(earlier, total=of, completed=of)
                tasks[doing] = bar.add_task(doing, total=of)
            if done % 100 == 0 or done == of:  # a bar that moves at each picture costs seconds
                bar.update(tasks[doing], completed=done)

        yield show


def _print_prepared(summary: "Summary") -> None:
    _print_audit(summary.audit)
    typer.echo(f"split: {summary.record['split']}")
    typer.echo(f"prepared {summary.record['pictures']:,} pictures in {summary.root}")


def _print_audit(audited: Mapping[str, Any]) -> None:
    _print_classes(audited["classes"])
    counts = {name: value for name, value in audited.items() if isinstance(value, int)}
    _print_table(("audit", ""), [(k.replace("_", " "), f"{v:,}") for k, v in counts.items()])


def _print_classes(counts: Mapping[str, Mapping[str, int]]) -> None:
    rows = [
        (split, *(f"{n:,}" for n in classes.values()), f"{sum(classes.values()):,}")
        for split, classes in counts.items()
    ]
    _print_table(("split", *next(iter(counts.values()), {}), "all"), rows)


def _print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a header: names to the left, numbers to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=0)
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
