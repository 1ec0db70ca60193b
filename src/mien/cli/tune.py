"""``mien tune``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mien.cli.extras import require, require_torch
from mien.errors import RunError


def tune(
    config: Annotated[
        Path, typer.Argument(help="An experiment with a section tune: (configs/tune_fer2013.yaml).")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Settings, such as train.epochs=5."),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(min=1, help="Trials in the whole study.", show_default="tune.trials"),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that share the study on this machine.")
    ] = 1,
    storage: Annotated[
        str | None,
        typer.Option(
            help="Database of the study, which other machines may share: an SQLAlchemy URL.",
            show_default="sqlite:///OUT/study.db",
        ),
    ] = None,
    study: Annotated[
        str | None,
        typer.Option(help="Name of the study in the database.", show_default="the config's name"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Study folder.", show_default="runs/<name>-tune")
    ] = None,
) -> None:
    """Search for the best settings of an experiment; the test split is never read.

    Each trial is a run of its own, compared by train.monitor on the validation split. The same
    command goes on with a study, here or on another machine with the same --storage. The best
    settings are written as best.yaml, for mien train. Needs mien[train].
    """
    require_torch("mien tune")
    require("mien tune", "optuna")
    from mien.config import Experiment
    from mien.training.tuning.plan import plan
    from mien.training.tuning.study import tune as search
    from mien.training.tuning.summary import closing, missing

    made = plan(Experiment.load(config, overrides or []), out, trials, storage, study)
    bar = sys.stderr.isatty()
    try:
        found = search(made, count=workers, say=typer.echo, bar=bar)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the same command goes on with the study") from None
    for line in closing(found, made.out):
        typer.echo(line)
    if missing(found):
        raise RunError(f"{made.out}: {missing(found)} trials are missing; run the command again")
