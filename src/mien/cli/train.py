"""``mien train``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.extras import require_torch
from mien.errors import UsageError

if TYPE_CHECKING:
    from mien.runs import RunFolder


def train(
    config: Annotated[
        Path | None, typer.Argument(help="An experiment, such as configs/mien.yaml.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Settings, such as train.epochs=5."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Run folder.", show_default="runs/<name>-s<seed>")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with this interrupted run folder.")
    ] = None,
) -> None:
    """Train a model from a YAML experiment; the test split is never read.

    The run folder holds the resolved configuration, a metrics table, the best weights, a
    checkpoint to resume from, learning curves with a sentence that reads them, and TensorBoard
    logs (`tensorboard --logdir runs`). Needs mien[train].
    """
    if resume and (config or out or overrides):
        raise UsageError("--resume goes on with the run's own settings; it takes no others")
    if config is None and resume is None:
        raise UsageError("give one of the two: an experiment's YAML, or --resume RUN")
    require_torch("mien train")
    from mien.config import Experiment
    from mien.training.fit import fit
    from mien.training.fit import resume as go_on
    from mien.training.processes import is_first

    bar = sys.stderr.isatty() and is_first()
    if resume is not None:
        run = go_on(resume, say=typer.echo, bar=bar)
    else:
        assert config is not None
        experiment = Experiment.load(config, overrides or [])
        folder = out or Path("runs") / f"{experiment.name}-s{experiment.seed}"
        if experiment.tune is not None and is_first():
            typer.echo("note: one run; the section tune is left aside, mien tune searches it")
        run = fit(experiment, folder, say=typer.echo, bar=bar)
    if is_first():
        _tell(run)


def _tell(run: "RunFolder") -> None:
    state = run.read_state()
    best = f"best epoch {state['best_epoch'] + 1} ({state['monitor']} {state['best']:.4f})"
    typer.echo(f"{best}; run: {run.root}; curves.png shows the course")
