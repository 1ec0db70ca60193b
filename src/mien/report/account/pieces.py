"""What an account is made of: sections with sentences, tables and pictures, and what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts.

    Attributes:
        caption: what it shows; a sentence without its full stop.
        headers: of the columns.
        rows: as many cells each.
        words: how many columns, from the left, hold words; the others hold numbers.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, drawn when it is needed.

    Attributes:
        name: of its file, without suffix.
        alt: what it shows, for who cannot see it.
        caption: what stands below it.
        draw: makes the figure.
    """

    name: str
    alt: str
    caption: str
    draw: Callable[[], "Figure"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an account.

    Attributes:
        id: a word, unique in an account.
        title: its heading.
        text: paragraphs.
        tables, pictures: what follows them.
        notes: what a reader must know of the numbers, in small print.
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """What cannot be told, because a file is not there.

    Attributes:
        what: it would tell.
        why: the file is not used, or empty where it is not there.
        command: that makes it; empty where none does.
    """

    what: str
    command: str = ""
    why: str = ""

    @property
    def sentence(self) -> str:
        """Return it in a line."""
        reason = f" ({self.why})" if self.why else ""
        return f"{self.what}{reason}: {self.command}" if self.command else f"{self.what}{reason}"


Told = Section | Missing
