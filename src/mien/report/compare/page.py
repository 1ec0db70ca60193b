"""The page: one file that asks for nothing from outside; a click on a heading sorts."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import mien
from mien.report.compare.notes import LEGEND
from mien.report.compare.sheet import Sheet

_HERE = Path(__file__).parent


def page(sheets: Sequence[Sheet]) -> str:
    """Return the sheets as one HTML page; each part of their rows is sorted on its own."""
    script = _text("page.js")
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    text: str = _template().render(
        sheets=sheets,
        legend=LEGEND,
        mien=mien.__version__,
        style=_text("page.css"),
        script=script,
        script_hash=f"sha256-{digest}",
    )
    return text


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
