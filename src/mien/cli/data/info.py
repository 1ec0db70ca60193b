"""``mien data info``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from mien.cli.data.show import Folder, print_counts, print_table

if TYPE_CHECKING:
    from mien.datasets.prepared import PreparedSet


def info(folder: Folder) -> None:
    """Say what a dataset is; compare published counts."""
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
        "balance": f"training evened out by {record['balance']}" if record.get("balance") else "",
        "framing": ", ".join(f"{k} {v}" for k, v in record["framing"].items() if v),
        "shape": "one for all" if opened.uniform else "several",
        "data hash": opened.sha256,
        "mien": record.get("mien"),
    }
    for key, value in lines.items():
        if value:
            typer.echo(f"{key:10} {value}")
    for note in record.get("notes", []):
        typer.echo(f"{'note':10} {note}")
    print_counts("split", class_counts(opened.split, opened.labels, ~opened.flags["unreadable"]))
    _print_published(opened)


def _print_published(opened: "PreparedSet") -> None:
    """Print the source's counts beside the published ones, where there are any."""
    from mien.datasets.published import counted, differences, form_of

    manifest, reader = opened.manifest, opened.record.get("reader", "")
    form = form_of(reader, manifest.source_splits)
    if form is None:
        return
    if opened.record.get("balance"):
        typer.echo("training was evened out, so counts are not compared with the published ones")
        return
    counts = (manifest.source_splits, opened.labels, ~opened.flags["unreadable"])
    _print_beside(form.counts, counted(form, *counts, manifest.sequences), form.films)
    found = differences(reader, *counts, manifest.sequences, manifest.subjects)
    if not found:
        typer.echo(f"counts equal the published ones: {form.what} ({form.where})")
        return
    typer.echo(f"{len(found)} count(s) differ from the published ones: {form.what} ({form.where})")
    for line in found:
        typer.echo(f"  {line}")


def _print_beside(
    published: Mapping[str, Mapping[str, int]], came: Mapping[str, Mapping[str, int]], films: bool
) -> None:
    """Print a line for each split of the source, and the published one below it."""
    from mien.emotions import EMOTIONS

    rows = []
    for split, counts in came.items():
        for name, row in ((split, counts), ("published", published.get(split, {}))):
            if row:
                cells = [f"{row.get(emotion, 0):,}" for emotion in EMOTIONS]
                rows.append((name, *cells, f"{sum(row.values()):,}"))
    print_table(("films" if films else "source's split", *EMOTIONS, "all"), rows)
