"""``mien data merge``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from mien.cli.data.show import print_counts, print_table, progress


def merge(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR DIR...", help="Prepared datasets, two or more.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    name: Annotated[
        str, typer.Option(help="Of the new dataset.", show_default="the sets' names, joined")
    ] = "",
    classes: Annotated[
        str,
        typer.Option(help="all, common (those that every set has), or emotions parted by commas."),
    ] = "all",
    conflicts: Annotated[
        str,
        typer.Option(
            help="Copies with different labels: keep them (flagged), drop them all, keep the "
            "label of the first set, or go by the FER+ votes of all copies where one label has "
            "more than half (keep, drop, first, votes)."
        ),
    ] = "keep",
    labels: Annotated[
        str,
        typer.Option(
            help="published, or ferplus: pictures with votes take the label that has more than "
            "half of them, or are left out."
        ),
    ] = "published",
    split: Annotated[
        str,
        typer.Option(
            help="Deal all pictures out anew: shares of train/val/test such as 70/15/15, or a "
            "published split file.",
            show_default="each set's own",
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            help="Keep each `subject` on one side, or only each `picture`.",
            show_default="subject where the sets know them",
        ),
    ] = "",
    near: Annotated[
        bool, typer.Option(help="Keep near copies on one side too, where pictures are dealt out.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw of splits.")] = 0,
    size: Annotated[
        int, typer.Option(min=0, help="Scale pictures to this side in pixels; 0: as they are.")
    ] = 0,
    grey: Annotated[bool, typer.Option("--grey", help="Write grey pictures.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a prepared dataset that stands there.")
    ] = False,
) -> None:
    """Write several prepared datasets as one.

    Each picture keeps its origin.

    OUT is written whole or not at all. dataset.json tells under `merged` what came from where.
    """
    from mien.datasets.framing import Framing
    from mien.datasets.merge import Choice
    from mien.datasets.merge import merge as write
    from mien.datasets.prepared import PreparedSet
    from mien.datasets.rules import Rule

    rule = Rule.parse(split or "official", by, seed, near=near)
    sets = [PreparedSet.open(folder) for folder in folders]
    with progress() as show:
        summary = write(
            sets,
            out,
            name=name,
            choice=Choice(classes, conflicts, labels),
            rule=rule,
            framing=Framing(size=size, grey=grey),
            overwrite=overwrite,
            progress=show,
        )
    for note in summary.record["notes"]:
        typer.echo(f"note: {note}")
    print_merged(summary.record)
    typer.echo(f"split: {summary.record['split']}")
    typer.echo(f"labels: {summary.record['label_set']}")
    typer.echo(f"merged {summary.record['pictures']:,} pictures in {summary.root}")


def print_merged(record: Mapping[str, Any]) -> None:
    """Print what a merged dataset is made of."""
    from mien.datasets.merge_tables import in_words

    merged = record["merged"]
    print_counts("origin", merged["by_origin"])
    print_counts("split", merged["by_split"])
    header = ("in both sets", "different", "in the first", "in the second", "in two splits")
    rows = [
        (
            " and ".join(pair["sets"]),
            *(f"{n:,}" for n in (pair["groups"], *pair["pictures"], pair["groups_across_splits"])),
        )
        for pair in merged["shared"]
    ]
    print_table(header, rows)
    for line in in_words(merged):
        typer.echo(line)
