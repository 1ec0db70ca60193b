"""``mien robustness``."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.answering import Answering
    from mien.evaluation.robustness import Grid
    from mien.evaluation.robustness.running import Rows


def robustness(
    model: Annotated[Path, typer.Argument(help="A run folder, or an exported .onnx file.")],
    data: Annotated[
        Path | None, typer.Option(help="Prepared dataset.", show_default="the run's own")
    ] = None,
    split: Annotated[
        Literal["test", "val", "train", "all"], typer.Option(help="What to score.")
    ] = "test",
    baseline: Annotated[
        Path | None,
        typer.Option(
            help="A model that was scored like this before, or its robustness.json: corruption "
            "errors are also given relative to it."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A corruption; several times for several.", show_default="all 16"),
    ] = None,
    levels: Annotated[str, typer.Option(help="Such as 1,3,5.", show_default="all 5")] = "",
    rows: Annotated[
        int | None, typer.Option(help="Score so many rows, drawn by the seed.", show_default="all")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the corruptions, and of --rows.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="beside the model")
    ] = None,
) -> None:
    """Score a model on pictures made worse: blur, light, noise, frames, masks, 16 in all.

    Writes robustness.json (accuracy and macro-F1 of each corruption at each of five levels, what
    they lose, 95 % intervals), robustness.npz (every answer) and figures as PNG and SVG. A run
    that was cut off goes on when the same command is given again. Needs mien[train].
    """
    from mien.evaluation import places
    from mien.evaluation.answering import open_model
    from mien.evaluation.asked import dataset_of, rows_of
    from mien.evaluation.notes import framing_note
    from mien.evaluation.robustness import Grid, sampled

    require("mien robustness", "matplotlib")
    grid = Grid.of(only or (), levels, seed)
    opened = open_model(model, threads=1)  # each of the two threads of ``run`` has its own
    prepared = dataset_of(opened, data)
    if note := framing_note(prepared, opened.faces):
        typer.echo(f"note: {note}")
    taken = rows_of(prepared, split)
    if rows is not None:
        taken = sampled(taken, rows, seed)
    folder = out or places.folder(model, prepared.name, split, prepared.sha256)
    if out is None and rows is not None:
        folder = folder / f"robustness-{rows}-rows"  # a sample never stands over the whole
    places.require_folder(folder, prepared.root)
    asked = _Asked(opened, prepared, taken, split, grid, rows is not None)
    _score(asked, folder, _baseline(asked, baseline) if baseline else None)
    if out is None and rows is not None:
        typer.echo(
            f"note: a sample of {len(taken):,} rows; mien report and mien card tell of it where "
            "nothing better is there; leave --rows away to score all"
        )


@dataclass(frozen=True)
class _Asked:
    """Whose grid on what: see ``mien.evaluation.robustness.run``."""

    model: "Answering"
    prepared: "PreparedSet"
    rows: "Rows"
    split: str
    grid: "Grid"
    sampled: bool


def _baseline(asked: _Asked, path: Path) -> dict[str, Any]:
    """Return a baseline's numbers; refuse them before any work where they do not fit."""
    from mien.evaluation import robustness as grids
    from mien.evaluation.answers import Origin

    prepared, model = asked.prepared, asked.model
    found = grids.read(_numbers_of(path, f"{prepared.name}-{asked.split}"))
    origin = Origin(
        model.name, model.sha256, prepared.name, prepared.sha256, asked.split, prepared.label_set
    )
    grids.check(grids.header(origin, asked.grid, len(asked.rows), asked.sampled), found)
    return found


def _score(asked: _Asked, folder: Path, baseline: dict[str, Any] | None) -> None:
    from mien.cli.time_left import time_left
    from mien.evaluation import robustness as grids
    from mien.evaluation.notes import unscored_note
    from mien.report.robustness import draw
    from mien.runs import write_json

    words = (asked.model, asked.prepared, asked.rows, asked.split, asked.grid)
    try:
        with time_left() as show:
            answered = grids.run(*words, folder, tell=typer.echo, progress=show)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the same command goes on with the next corruption") from None
    found = grids.result(answered, asked.grid, asked.sampled)
    if baseline is not None:
        found["baseline"] = grids.compare(found, baseline)
    write_json(folder / grids.NUMBERS, found)
    draw(folder, found, baseline)
    _show(found)
    if note := unscored_note(answered.clean, found["heads"]):
        typer.echo(f"note: {note}")
    typer.echo(f"{grids.NUMBERS}, {grids.ANSWERS} and figures: {folder}")


def _numbers_of(baseline: Path, place: str) -> Path:
    """Return the robustness.json that is meant: the file itself, or that of a model."""
    from mien.evaluation import places
    from mien.evaluation.robustness import NUMBERS

    if baseline.suffix == ".json":
        return baseline
    inside = baseline / NUMBERS
    return inside if inside.is_file() else places.beside(baseline) / place / NUMBERS


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console

    from mien.report.robustness import scores_table
    from mien.report.tables import protocol_words

    console = Console()
    against = found.get("baseline", {"heads": {}})
    for head, protocols in found["heads"].items():
        for protocol, kinds in protocols.items():
            relative = against["heads"].get(head, {}).get(protocol, {}).get("official")
            console.print(f"head {head}, {protocol_words(protocol)} labels", style="bold")
            console.print(scores_table(kinds["official"], relative))
            if relative is not None:
                console.print(f"CE: corruption errors as shares of those of {against['model']}")
