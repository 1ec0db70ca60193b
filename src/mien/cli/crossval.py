"""``mien crossval``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mien.cli.extras import require_torch
from mien.errors import UsageError

if TYPE_CHECKING:
    from mien.training.crossval import FoldSettings


def crossval(
    config: Annotated[
        Path | None, typer.Argument(help="An experiment, such as configs/mien.yaml.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Settings, such as train.epochs=5."),
    ] = None,
    *,
    folds: Annotated[
        int | None, typer.Option(min=2, help="How many folds.", show_default="5")
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(
            min=1, max=1000, help="How often all is dealt out and trained.", show_default="1"
        ),
    ] = None,
    by: Annotated[
        Literal["subject", "picture"] | None,
        typer.Option(
            help="Keep each subject in one fold, or only each picture.",
            show_default="subject where the dataset knows them",
        ),
    ] = None,
    near: Annotated[
        bool | None,
        typer.Option(help="Keep near copies in one fold too.", show_default="near"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder.", show_default="runs/<name>-cv<folds>-s<seed>")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with this interrupted folder.")] = None,
) -> None:
    """Cross-validate an experiment over its training pictures; the test split is never read.

    Each fold is a run of its own, which learns from the other folds; its best epoch is chosen on
    the validation split, and it is scored once on the fold held out. The same command, or
    --resume, goes on after an interruption. Writes crossval.json and crossval.md. Needs
    mien[train].
    """
    if (config is None) == (resume is None):
        raise UsageError("give one of the two: an experiment's YAML, or --resume FOLDER")
    settings = (folds, repeats, by, near, out, overrides or None)
    if resume is not None and any(value is not None for value in settings):
        raise UsageError("--resume goes on with the folder's own settings; it takes no others")
    require_torch("mien crossval")
    from mien.training.crossval import FoldSettings

    dealing = FoldSettings(folds or 5, repeats or 1, by or "", near is not False)
    root, result = _crossed(config, overrides or [], dealing, out, resume)
    _show(root, result)


def _crossed(
    config: Path | None,
    overrides: list[str],
    dealing: "FoldSettings",
    out: Path | None,
    resume: Path | None,
) -> tuple[Path, dict[str, Any]]:
    from mien.cli.data.show import progress
    from mien.config import Experiment
    from mien.training.crossval import crossval as cross
    from mien.training.crossval import go_on

    bar = sys.stderr.isatty()
    if resume is not None:
        return resume, go_on(resume, say=typer.echo, bar=bar, searching=progress)
    assert config is not None
    experiment = Experiment.load(config, overrides)
    root = out or Path("runs") / f"{experiment.name}-cv{dealing.folds}-s{experiment.seed}"
    return root, cross(experiment, root, dealing, say=typer.echo, bar=bar, searching=progress)


def _show(root: Path, result: dict[str, Any]) -> None:
    from rich.console import Console

    from mien.report import folds

    console = Console()
    console.print(folds.title(result), style="bold", highlight=False)
    for table in folds.tables(result):
        console.print(table)
    for note in folds.notes(result):
        console.print(note, highlight=False)
    typer.echo(f"crossval.json, crossval.md and a run a fold: {root}")
