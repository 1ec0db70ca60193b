"""``mien evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.predictions import Predictions
    from mien.evaluation.scoring import Scores


def evaluate(
    model: Annotated[
        Path,
        typer.Argument(help="A run folder, an exported .onnx file, or a predictions.npz."),
    ],
    data: Annotated[
        Path | None, typer.Option(help="Prepared dataset.", show_default="the run's own")
    ] = None,
    split: Annotated[
        Literal["test", "val", "train", "all"], typer.Option(help="What to score.")
    ] = "test",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="beside the model")
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=100, max=100_000, help="Of the bootstrap, for the intervals.")
    ] = 1000,
) -> None:
    """Score a model on a prepared dataset: predictions.npz, metrics.json and figures.

    Every number comes from predictions.npz alone, so it can be given again in place of the
    model. Each has a 95 % interval: bootstrap by picture, by person where people are known.
    FER-2013 gets two scores from the same answers: official (every row) and dedup (rows
    without a byte-identical picture in training); with FER+ votes also the majority, plurality
    and vote protocols. A run is calibrated on its validation split first. Needs mien[train].
    """
    require("mien evaluate", "matplotlib")
    from mien.evaluation import places
    from mien.evaluation.certainty.measured import in_sample_note
    from mien.evaluation.notes import unscored_note
    from mien.evaluation.scoring import metrics
    from mien.evaluation.stored import NAME, write_predictions
    from mien.report.evaluation import draw
    from mien.runs import write_json

    if out is not None:
        places.require_folder(out, *([data] if data else []))
    predictions, prepared = _predictions(model, data, split)
    origin = predictions.origin
    folder = out or places.folder(model, origin.dataset, origin.split, origin.dataset_sha256)
    places.require_folder(folder, *([prepared.root] if prepared else []))
    found = metrics(predictions, resamples=resamples)
    if (folder / NAME).resolve() != model.resolve():
        write_predictions(predictions, folder / NAME)
    write_json(folder / "metrics.json", found)
    draw(folder, prepared)
    if model.is_dir():
        _curves(model, folder)
    _show(found["heads"])
    for note in (unscored_note(predictions, found["heads"]), in_sample_note(predictions)):
        if note:
            typer.echo(f"note: {note}")
    typer.echo(f"metrics.json, {NAME} and figures: {folder}")
    if prepared is not None:
        typer.echo("note: samples_*.png show pictures of the dataset; do not publish them")


def _predictions(
    model: Path, data: Path | None, split: str
) -> "tuple[Predictions, PreparedSet | None]":
    """Return the answers, and the dataset with their pictures where it is known."""
    from mien.evaluation.answering import open_model
    from mien.evaluation.asked import dataset_of, loaded, rows_of
    from mien.evaluation.notes import framing_note

    if model.suffix == ".npz":
        return loaded(model, data)
    if (model / "config.yaml").is_file():
        _calibrate(model)
    opened = open_model(model)
    prepared = dataset_of(opened, data)
    if note := framing_note(prepared, opened.faces):
        typer.echo(f"note: {note}")
    return opened.on(prepared, rows_of(prepared, split), split), prepared


def _curves(run: Path, folder: Path) -> None:
    """Draw the learning curves too; scores that are written do not fall with them."""
    from mien.errors import RunError
    from mien.report import learning

    try:
        learning.draw(run, folder / "curves.png")
    except RunError as error:
        typer.echo(f"note: no learning curves: {error}")


def _calibrate(run: Path) -> None:
    """Calibrate a run that is not yet, on the validation split of the data that it learnt from."""
    from mien.cli.calibrate import of_run
    from mien.errors import DataError
    from mien.runs import RunFolder

    if RunFolder(run).calibration.is_file():
        return
    try:
        typer.echo(of_run(run, None))
    except DataError as error:
        typer.echo(f"note: its probabilities are not calibrated: {error}")


def _show(scores: "Scores") -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from mien.evaluation.protocols import own_protocol
    from mien.report.sure import scored_words
    from mien.report.tables import protocol_words, scores_table

    console = Console()
    for head, values in scores.items():
        console.print(f"head {head}", style="bold")
        console.print(scores_table(values))
        own = own_protocol(head, values)
        console.print(f"How far its probabilities can be believed ({protocol_words(own)}):")
        for line in scored_words(values[own]["official"]):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
