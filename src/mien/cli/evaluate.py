"""``mien evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mien.errors import MissingExtraError

if TYPE_CHECKING:
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.answers import Answers


def evaluate(
    model: Annotated[Path, typer.Argument(help="A run folder, or an exported .onnx file.")],
    data: Annotated[
        Path | None, typer.Option(help="Prepared dataset.", show_default="the run's own")
    ] = None,
    split: Annotated[Literal["test", "val", "train"], typer.Option(help="What to score.")] = "test",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="beside the model")
    ] = None,
) -> None:
    """Score a model on a prepared dataset: metrics.json, predictions.npz and figures.

    FER-2013 gets two scores from the same answers: official (every row) and dedup (rows
    without a byte-identical picture in training); with FER+ votes also the majority protocol.
    Needs mien[train].
    """
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise MissingExtraError("mien evaluate", "train")
    from mien.report.evaluation import draw
    from mien.runs import environment, write_json

    answers, prepared, beside = _answers(model, data, split)
    folder = out or _folder(beside, prepared, split)
    scores = answers.scores()
    answers.save(folder / "predictions.npz")
    write_json(
        folder / "metrics.json",
        {
            "model": model.name,
            "data": {"name": prepared.name, "sha256": prepared.sha256, "split": split},
            "environment": environment("torch", "onnxruntime"),
            "heads": scores,
        },
    )
    draw(folder, prepared, model if model.is_dir() else None)
    _show(scores)
    typer.echo(f"metrics.json, predictions.npz and figures: {folder}")


def _folder(beside: Path, prepared: "PreparedSet", split: str) -> Path:
    """Return where the results go: not over those of another dataset of the same name."""
    import json

    plain = beside / f"{prepared.name}-{split}"
    try:
        before = json.loads((plain / "metrics.json").read_text(encoding="utf-8"))
        same = before["data"]["sha256"] == prepared.sha256
    except (OSError, ValueError, KeyError, TypeError):
        same = True  # nothing that could be lost
    return plain if same else plain.with_name(f"{plain.name}-{prepared.sha256[:8]}")


def _answers(model: Path, data: Path | None, split: str) -> tuple["Answers", "PreparedSet", Path]:
    from mien.datasets.prepared import PreparedSet
    from mien.errors import UsageError
    from mien.evaluation.answers import Answers, of_model, rows_of

    if model.suffix == ".onnx":
        from mien.inference.model import Model

        opened = Model.open(model)
        if data is None:
            raise UsageError("a model file needs --data DIR, a prepared dataset to be scored on")
        prepared = PreparedSet.open(data)
        rows = rows_of(prepared, split)
        _note(prepared, opened.info.faces)
        beside = model.parent / f"{model.stem}-evaluation"
        return Answers.of(prepared, rows, of_model(opened, prepared, rows)), prepared, beside
    from mien.cli.train import require_torch

    require_torch("mien evaluate RUN")
    from mien.datasets.framing import faces_of
    from mien.runs import read_json
    from mien.training.finished import of_run, open_run

    run, experiment, network = open_run(model)
    prepared = PreparedSet.open(data or experiment.data.path)
    rows = rows_of(prepared, split)
    _note(prepared, faces_of(read_json(run.data)))
    logits = of_run(network, experiment, prepared, rows)
    return Answers.of(prepared, rows, logits), prepared, run.root / "evaluation"


def _note(prepared: "PreparedSet", faces: str) -> None:
    from mien.evaluation.answers import framing_note

    note = framing_note(prepared, faces)
    if note:
        typer.echo(f"note: {note}")


def _show(scores: dict[str, Any]) -> None:
    from rich.console import Console

    from mien.report.tables import scores_table

    console = Console()
    for head, values in scores.items():
        console.print(f"head {head}", style="bold")
        console.print(scores_table(values))
