"""``mien data prepare``."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mien.cli.data.show import print_prepared, progress

if TYPE_CHECKING:
    from mien.datasets.source import Options
    from mien.datasets.sources import Opened
    from mien.inference.framed import FaceFinder

DRAWN = "drawn"


def prepare(
    source: Annotated[
        str,
        typer.Argument(
            help="A CSV file, a folder, Parquet files, or a zip or tar of these; a prepared "
            "dataset, to make another of it; or the word `drawn`, for made-up faces that need no "
            "download."
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
    split: Annotated[
        str,
        typer.Option(
            help="official, halves (of the test pictures), shares of train/val/test such as "
            "70/15/15, or a published split file.",
            show_default="the source's own; 10 % of train cut for val where it has none, "
            "80/10/10 where it has no splits",
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            help="Keep each `subject` on one side, or only each `picture`.",
            show_default="subject where the source knows them",
        ),
    ] = "",
    near: Annotated[
        bool, typer.Option(help="Keep near copies on one side too, where pictures are dealt out.")
    ] = True,
    balance: Annotated[
        str,
        typer.Option(help="Even out the classes of training: `repeat` or `drop` pictures."),
    ] = "",
    size: Annotated[
        int, typer.Option(min=0, help="Scale pictures to this side in pixels; 0: as they are.")
    ] = 0,
    grey: Annotated[bool, typer.Option("--grey", help="Write grey pictures.")] = False,
    faces: Annotated[
        Literal["crop", "align"] | None,
        typer.Option(
            help="Find the face of each picture and cut it out: as it stands, or turned so that "
            "the eyes are level.",
            show_default="pictures, or the source's boxes, as they are",
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(min=1, help="How many faces to draw (drawn only).", show_default="2000"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Of the draw: of splits, or which faces (drawn).", show_default="0"
        ),
    ] = None,
) -> None:
    """Write a source as picture folders with a manifest.

    OUT is written whole or not at all: {train,val,test}/<emotion>/*.png,
    manifest.csv (one line a picture of the source), audit.json, dataset.json.
    """
    from mien.datasets.again import READER
    from mien.datasets.framing import AS_IT_IS, Framing
    from mien.datasets.rules import Rule
    from mien.datasets.source import Options
    from mien.datasets.store import prepare as write
    from mien.datasets.workspace import check_outside

    rule = Rule.parse(split, by, seed or 0, balance, near)
    options = Options(peaks, neutral, _columns(columns))
    finder = _finder(faces)
    framing = Framing(size, grey, finder, faces or "")
    again = rule.changes or framing != AS_IT_IS
    opened = _opened(source, out, take_as, options, count, seed, again)
    with opened as what:
        pictures, place = what.source, out or Path("data") / what.source.name
        if source != DRAWN and Path(source).is_dir():
            check_outside(place, Path(source))
        typer.echo(f"{source}: {pictures.layout}")
        for note in pictures.notes:
            typer.echo(f"note: {note}")
        used = votes or what.votes
        if used:
            typer.echo(f"votes: {used.name}")
        with progress() as show:
            summary = write(
                pictures,
                place,
                votes=used,
                files=what.files,
                skip_bad=skip_bad or what.reader == READER,
                overwrite=overwrite,
                rule=rule.kept if what.reader == READER else rule,
                framing=framing,
                reader=what.reader,
                progress=show,
            )
    print_prepared(summary, pictures.notes)
    if finder is not None:
        typer.echo(f"faces: {finder}")


def _finder(faces: Literal["crop", "align"] | None) -> "FaceFinder | None":
    """Return what cuts faces out, where that is asked for."""
    if faces is None:
        return None
    from mien.inference.framed import FaceFinder

    return FaceFinder(faces)


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
    again: bool,
) -> "AbstractContextManager[Opened]":
    """Open the source that is named, or the drawn faces."""
    from mien.datasets.drawn import Drawn
    from mien.datasets.source import Options
    from mien.datasets.sources import Opened, open_source
    from mien.errors import UsageError

    if source != DRAWN:
        if count is not None:
            raise UsageError("--count: expected with the source drawn only")
        beside = out.parent if out else Path("data")
        return open_source(Path(source), beside, take_as, options, again)
    if take_as or options != Options():
        raise UsageError("--as, --peaks, --neutral, --columns: not expected with drawn faces")
    given = {k: v for k, v in {"count": count, "seed": seed}.items() if v is not None}
    return nullcontext(Opened(Drawn(**given), DRAWN, (), None))
