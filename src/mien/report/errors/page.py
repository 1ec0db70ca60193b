"""The page: errors in words, tables and pictures; one file without a script or any request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from jinja2 import Environment

import mien
from mien.report.account.words import ends
from mien.report.errors.sheets import votes_text
from mien.report.gallery.cards import data_uri
from mien.report.tables import protocol_words
from mien.report.templates import templates

_HERE = Path(__file__).parent
_STYLES = (_HERE.parent / "gallery" / "page.css", _HERE / "page.css")

CONFUSIONS = 12


def page(account: Mapping[str, Any], images: Mapping[str, npt.NDArray[np.uint8]]) -> str:
    """Return the page of an account of errors.

    Args:
        account: see ``mien.evaluation.errors.account.account``.
        images: id → uint8 [H, W] grey or [H, W, 3] RGB; without any, the page has no pictures.
    """
    values = {
        "account": account,
        "uris": {name: data_uri(pixels) for name, pixels in images.items()},
        "most": CONFUSIONS,
        "mien": mien.__version__,
        "style": "".join(path.read_text(encoding="utf-8") for path in _STYLES),
    }
    return _environment().get_template("page.html.j2").render(values)


def _environment() -> Environment:
    environment = templates(_HERE)
    environment.filters["share"] = lambda share: "" if share is None else f"{100 * share:.1f} %"
    environment.filters["ends"] = ends
    environment.filters["votes"] = lambda one: votes_text(one).replace("\n", ", ")
    environment.filters["protocol"] = protocol_words
    return environment
