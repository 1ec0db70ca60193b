"""``mien groups``."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mien.cli.extras import require


def groups(
    model: Annotated[
        Path,
        typer.Argument(help="predictions.npz, a run folder, or an exported .onnx file."),
    ],
    *,
    data: Annotated[
        Path | None, typer.Option(help="Prepared dataset.", show_default="the run's own")
    ] = None,
    split: Annotated[
        Literal["test", "val", "train", "all"],
        typer.Option(help="What to score; a file of predictions has its own."),
    ] = "test",
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of the manifest, or brightness, contrast, sharpness, face_size, yaw, "
            "roll; may be given several times.",
            show_default="subject, origin, source_split where known, and all that are measured",
        ),
    ] = None,
    least: Annotated[
        int, typer.Option(min=2, help="Rows that a group has at least, to be scored.")
    ] = 30,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="beside the model")
    ] = None,
) -> None:
    """Score groups of pictures, and the gap between the best and the worst of them.

    Numbers are cut into quarters. Groups of people are counted, their names never written.
    Writes groups.json, groups.md and a picture for each head. Needs mien[train].
    """
    require("mien groups", "matplotlib")
    from mien.cli.data.show import progress
    from mien.cli.time_left import steps
    from mien.evaluation import places
    from mien.evaluation.asked import predictions_of
    from mien.evaluation.groups.groups import groups as score
    from mien.evaluation.notes import unscored_note
    from mien.runs import write_json

    if out is not None:
        places.require_folder(out)
    predictions, prepared = predictions_of(model, data, split)
    origin = predictions.origin
    folder = out or places.folder(model, origin.dataset, origin.split, origin.dataset_sha256)
    places.require_folder(folder, prepared.root)
    with progress() as show:
        result = score(predictions, prepared, by or (), least=least, progress=steps(show))
    write_json(folder / "groups.json", result)
    _report(result, folder)
    if note := unscored_note(predictions, result["heads"]):
        typer.echo(f"note: {note}")
    typer.echo(f"groups.json, groups.md and pictures: {folder}")


def _report(result: dict[str, Any], folder: Path) -> None:
    from rich.console import Console

    from mien.report import groups as report
    from mien.report.figures import FORMS, save
    from mien.report.groups_figure import groups_figure
    from mien.report.tables import protocol_words
    from mien.runs import write_text

    console = Console()
    for name, head in result["heads"].items():
        console.print(
            f"head {name}, {protocol_words(head['protocol'])} labels, n = {head['n']:,}",
            style="bold",
        )
        for table in report.tables(head):
            console.print(table)
        for note in report.notes(result, head):
            typer.echo(note)
        figure = groups_figure(head)
        for ending in FORMS:
            save(figure, folder / f"groups_{name}.{ending}")
    for line in report.definitions(result):
        typer.echo(line)
    write_text(folder / "groups.md", report.markdown(result))
