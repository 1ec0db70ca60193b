"""``mien data augment``."""

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.data.show import Folder, print_prepared, progress
from mien.cli.extras import require
from mien.errors import UnknownNameError, UsageError


def augment(
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Argument(help="The folder to make.", show_default="<DIR>-augmented, beside DIR"),
    ] = None,
    *,
    copies: Annotated[
        int, typer.Option(min=0, help="How many augmented copies of each training picture.")
    ] = 0,
    config: Annotated[
        Path | None,
        typer.Option(
            help="An experiment whose `augment` section tells what may change.",
            show_default="that of the weights that ship with mien",
        ),
    ] = None,
    equalise: Annotated[
        str, typer.Option(help="Equalise all pictures first: histogram or clahe.")
    ] = "",
    size: Annotated[
        int, typer.Option(min=0, help="Scale all pictures to this side first; 0: as they are.")
    ] = 0,
    grey: Annotated[bool, typer.Option("--grey", help="Make all pictures grey first.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a prepared dataset that stands there.")
    ] = False,
) -> None:
    """Write augmented copies of the training pictures.

    They join the pictures in a new dataset.

    Validation and test pictures get no copies. OUT is written whole or not at all. Copies need
    mien[train].
    """
    _check(copies, config, equalise, bool(size or grey))
    from mien.config import Experiment
    from mien.datasets.framing import Framing
    from mien.datasets.prepared import PreparedSet
    from mien.transforms.augmented import RECIPE, Augmented
    from mien.transforms.written import write_augmented

    settings = Experiment.load(config).augment if config else RECIPE
    opened, framing = PreparedSet.open(folder), Framing(size=size, grey=grey)
    target = out or folder.resolve().with_name(f"{folder.resolve().name}-augmented")
    source = Augmented(opened, copies, settings, seed, framing, equalise or "none")
    for note in source.notes:
        typer.echo(f"note: {note}")
    with progress() as show:
        summary = write_augmented(source, target, overwrite=overwrite, progress=show)
    print_prepared(summary)
    typer.echo(f"{len(source.parents):,} training pictures got {copies} augmented copies each")


def _check(copies: int, config: Path | None, equalise: str, scaled: bool) -> None:
    """Refuse wrong use before any work.

    Raises:
        UsageError: nothing is asked for, or a config without copies.
        UnknownNameError: an unknown way to equalise.
        MissingExtraError: copies are asked for and torch is not installed.
    """
    if equalise not in ("", "histogram", "clahe"):
        raise UnknownNameError("way to equalise", equalise, ("histogram", "clahe"))
    if not (copies or equalise or scaled):
        raise UsageError(
            "nothing to change: ask for --copies 1 or more, --equalise, --size or --grey"
        )
    if config and not copies:
        raise UsageError("--config tells what changes in copies: ask for --copies 1 or more")
    if copies:
        require("mien data augment", "torch")
