"""The ``mien`` command: its groups, and how errors become one line and an exit code."""

import errno
import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from mien import __version__
from mien.cli import data, predictions
from mien.cli.calibrate import calibrate
from mien.cli.card import card
from mien.cli.compare import compare
from mien.cli.cross import cross
from mien.cli.crossval import crossval
from mien.cli.errors import errors
from mien.cli.evaluate import evaluate
from mien.cli.export import export
from mien.cli.groups import groups
from mien.cli.models import models
from mien.cli.predict import predict
from mien.cli.report import report
from mien.cli.robustness import robustness
from mien.cli.train import train
from mien.cli.tune import tune
from mien.errors import MienError


class Commands(TyperGroup):
    """Turns what a command raises into one line on standard error and an exit code.

    0 every input got an answer; 1 the work could not be done, or not for every input; 2 wrong
    use, seen before any work; 130 interrupted.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except MienError as error:
            _stop(str(error), error.exit_code)
        except KeyboardInterrupt as interrupt:
            _stop(f"interrupted; {str(interrupt) or 'nothing half-written was kept'}", 130)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from None
        except OSError as error:
            _stop(_reason(error), 1)


def _stop(message: str, code: int) -> NoReturn:
    print(f"mien: {message}", file=sys.stderr)
    raise SystemExit(code) from None


def _reason(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{where}the disk is full; free some space and run the same command again"
    return f"{where}{(error.strerror or str(error)).lower()}"


app = typer.Typer(
    name="mien",
    cls=Commands,
    help="Recognise facial expressions; prepare data, train, evaluate and export models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: [train] is no markup, and an error is a line, no box
)
app.command()(predict)
app.add_typer(data.app, name="data", help="Get, prepare, audit, clean, split and merge datasets.")
app.command()(train)
app.command()(tune)
app.command()(calibrate)
app.command()(evaluate)
app.add_typer(predictions.app, name="predictions")
app.command()(robustness)
app.command()(groups)
app.command()(errors)
app.command()(cross)
app.command()(crossval)
app.command()(compare)
app.command()(report)
app.command()(card)
app.command()(export)
app.command()(models)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mien {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Recognise facial expressions; prepare data, train, evaluate and export models."""


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads must not spin
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a file's name may hold what a terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    app()
