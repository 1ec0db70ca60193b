"""``mien models``."""

from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.extras import require_torch
from mien.errors import ConfigError, UsageError, several

if TYPE_CHECKING:
    from mien.models.listing import Line


def models(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Networks, such as compact or resnet50."),
    ] = None,
    size: Annotated[int, typer.Option(help="Side of the input in pixels.")] = 48,
    channels: Annotated[int, typer.Option(help="Of the input: 1 for grey, 3 for RGB.")] = 1,
    every: Annotated[
        bool, typer.Option("--all", help="Print the name of every net of torchvision, no more.")
    ] = False,
) -> None:
    """List networks with their parameters and multiply-accumulates.

    Without names: mien's own and three of torchvision's. Needs mien[train].
    """
    if names and every:
        raise UsageError("give one of the two: names, or --all")
    require_torch("mien models")
    from mien.models import backbones
    from mien.models.listing import SHOWN, line

    if every:
        typer.echo("\n".join(backbones.names()))
        return
    found = _asked(names, channels, size) if names else [line(n, channels, size) for n in SHOWN]
    _print(found)
    typer.echo(
        f"For one picture of {size}×{size}×{channels} and seven classes. MACs: "
        "multiply-accumulates of convolutions and matrix products, in one pass. "
        "Input: any size, or the one that it is built for (no train.sizes)."
    )


def _asked(names: list[str], channels: int, size: int) -> "list[Line]":
    """Return a line for each name, or refuse all that cannot be built."""
    from mien.models.listing import line

    lines, problems = [], []
    for name in dict.fromkeys(names):
        try:
            lines.append(line(name, channels, size))
        except UsageError as error:
            problems.append(str(error))
            continue
        if lines[-1].refusal:
            problems.append(f"--size: {lines[-1].refusal}")
    if problems:
        raise ConfigError(several(list(dict.fromkeys(problems))))
    return lines


def _print(lines: "list[Line]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("network", no_wrap=True)
    table.add_column("parameters", justify="right", no_wrap=True)
    table.add_column("MACs", justify="right", no_wrap=True)
    table.add_column("input", no_wrap=True)
    table.add_column("what it is", overflow="fold")
    for shown in lines:
        counted = shown.costs
        numbers = (f"{counted.parameters:,}", _millions(counted.macs)) if counted else ("–", "–")
        table.add_row(shown.name, *numbers, str(shown.inputs), shown.what)
    Console().print(table)


def _millions(macs: int) -> str:
    return f"{macs / 1e6:,.1f} M"
