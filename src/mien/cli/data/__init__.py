"""``mien data``: prepare published datasets, look at them, audit them. One file a command."""

import typer

from mien.cli.data.audit import audit
from mien.cli.data.augment import augment
from mien.cli.data.clean import clean
from mien.cli.data.download import download
from mien.cli.data.explore import explore
from mien.cli.data.info import info
from mien.cli.data.merge import merge
from mien.cli.data.prepare import prepare
from mien.cli.data.split import split

app = typer.Typer(
    help="Get, prepare, audit, clean, split and merge datasets.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for command in (download, prepare, info, audit, clean, merge, split, augment, explore):
    app.command()(command)
