"""``mien data info``."""

import typer

from mien.cli.data.show import Folder, print_classes


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
    print_classes(class_counts(opened.split, opened.labels, ~opened.flags["unreadable"]))
