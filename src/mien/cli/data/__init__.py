"""``mien data``: prepare published datasets, look at them, audit them. One file a command."""

import typer

from mien.cli.data.audit import audit
from mien.cli.data.info import info
from mien.cli.data.prepare import prepare

app = typer.Typer(
    help="Prepare, inspect and audit datasets.", no_args_is_help=True, rich_markup_mode=None
)
for command in (prepare, info, audit):
    app.command()(command)
