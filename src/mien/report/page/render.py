"""The page itself: no script, no request, each picture inside it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mien
from mien.report.account.pieces import Missing, Picture, Section
from mien.report.templates import templates

_HERE = Path(__file__).parent
_STYLES = ("page.css", "print.css")


@dataclass(frozen=True)
class Chapter:
    """What a page tells of one experiment.

    Attributes:
        name: of the experiment.
        prefix: of ids and of the figures' files; empty where there is one chapter alone.
        summary: its sentences.
        sections: what follows.
        missing: what could not be told.
        faces: pictures with faces of a dataset: caption and data URI; none unless asked for.
    """

    name: str
    prefix: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    missing: tuple[Missing, ...] = ()
    faces: tuple[tuple[str, str], ...] = ()

    def file_name(self, picture: Picture) -> str:
        """Return the name of a picture's file, without suffix."""
        return f"{self.prefix}{picture.name}"


def page(
    chapters: Sequence[Chapter], compared: Sequence[Section], pictures: Mapping[str, bytes]
) -> str:
    """Return the page.

    Args:
        chapters: one a model.
        compared: sections about all of them.
        pictures: name of the file → SVG.
    """
    environment = templates(_HERE)
    environment.filters["kept"] = kept
    return environment.get_template("page.html.j2").render(
        title=" and ".join(chapter.name for chapter in chapters[:3]),
        chapters=chapters,
        compared=compared,
        uris={name: svg_uri(content) for name, content in pictures.items()},
        mien=mien.__version__,
        style="".join((_HERE / name).read_text(encoding="utf-8") for name in _STYLES),
    )


def kept(text: str) -> str:
    """Return a text in which a number and its per cent sign stay on one line."""
    return text.replace(" %", "\u00a0%")


def svg_uri(content: bytes) -> str:
    """Return an SVG file as a data URI."""
    return f"data:image/svg+xml;base64,{b64encode(content).decode('ascii')}"
