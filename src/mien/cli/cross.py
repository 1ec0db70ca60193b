"""``mien cross``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.evaluation.cross.matrix import Keep


def cross(
    models: Annotated[
        list[Path], typer.Argument(metavar="MODEL...", help="Run folders or exported .onnx files.")
    ],
    *,
    data: Annotated[
        list[Path], typer.Option(help="Prepared dataset to score; may be given several times.")
    ],
    split: Annotated[
        Literal["test", "all"] | None,
        typer.Option(
            help="What to score of datasets that a model did not learn from.",
            show_default="all; test where nobody knows what it learnt from",
        ),
    ] = None,
    trained_on: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="Prepared dataset that a model file learnt from; may be given several times.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("cross"),
) -> None:
    """Score every model on every dataset, on the labels that both have.

    A model's own dataset is scored on its test split, any other one whole. Copies and near
    copies of what a model has seen are taken out and counted. Writes cross.json, cross.md, the
    matrix as cross.png and cross.svg, and the answers of each cell. Needs mien[train].
    """
    require("mien cross", "matplotlib")
    from mien.cli.data.show import progress
    from mien.cli.time_left import steps
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.answering import open_model
    from mien.evaluation.cross.matrix import cross as score
    from mien.evaluation.places import require_folder
    from mien.runs import write_json

    require_folder(out, *data, *(trained_on or []))
    opened = [open_model(path) for path in models]
    sets = [PreparedSet.open(folder) for folder in data]
    learnt = [PreparedSet.open(folder) for folder in trained_on or []]
    with progress() as show:
        result = score(opened, sets, learnt, split=split, keep=_keeper(out), progress=steps(show))
    write_json(out / "cross.json", result)
    _report(result, out)
    typer.echo(f"cross.json, cross.md, pictures and predictions: {out}")


def _keeper(out: Path) -> "Keep":
    """Return what writes a cell's answers, and what each row is to the model."""
    import numpy as np

    from mien.evaluation.places import file_part
    from mien.evaluation.stored import write_predictions
    from mien.runs import whole_file

    def keep(name: str, predictions: Any, codes: Any) -> None:
        begins = file_part(name)
        write_predictions(predictions, out / "predictions" / f"{begins}.npz")
        if codes is None:
            return
        path = out / "predictions" / f"{begins}-seen.npy"
        with whole_file(path) as temporary, temporary.open("wb") as file:
            np.save(file, codes)

    return keep


def _report(result: dict[str, Any], out: Path) -> None:
    from rich.console import Console

    from mien.report import cross as report
    from mien.report.cross_figure import matrix_figure
    from mien.report.figures import FORMS, save
    from mien.runs import write_text

    for table in report.tables(result):
        Console().print(table)
    for note in report.notes(result):
        typer.echo(note)
    write_text(out / "cross.md", report.markdown(result))
    figure = matrix_figure(result)
    for ending in FORMS:
        save(figure, out / f"cross.{ending}")
