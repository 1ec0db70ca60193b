"""The files of a report: the page, and beside it every figure as PNG and SVG."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mien.errors import UsageError
from mien.report.account.pieces import Picture, Section
from mien.report.figures import FORMS, encode
from mien.report.page.render import Chapter, page
from mien.runs import write_text

FIGURES = "-figures"


def figures_folder(out: Path) -> Path:
    """Return the folder of a page's figures."""
    return out.with_name(f"{out.stem}{FIGURES}")


def check(out: Path, *, overwrite: bool = False) -> None:
    """Refuse a page that must not be written, before any work.

    Raises:
        UsageError: it is no ``.html``, stands there already, or its folder of figures holds
            something else than figures.
    """
    folder = figures_folder(out)
    if out.suffix != ".html":
        raise UsageError(f"{out}: expected a file NAME.html to write the report to")
    for path in (out, folder):
        if path.exists() and not overwrite:
            raise UsageError(f"{path} exists already: name another --out, or add --overwrite")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: expected a folder for the figures, this is a file")
    foreign = [p.name for p in folder.glob("*") if p.suffix.removeprefix(".") not in FORMS]
    if foreign:
        raise UsageError(
            f"{folder}: holds {', '.join(sorted(foreign)[:3])}, which no report wrote; name "
            "another --out"
        )


def write(
    out: Path,
    chapters: Sequence[Chapter],
    compared: Sequence[Section] = (),
    *,
    overwrite: bool = False,
) -> list[Path]:
    """Write a report.

    Args:
        out: the page, ``.html``; the figures go to ``<stem>-figures`` beside it.
        chapters: one a model.
        compared: sections about all of them.
        overwrite: replace what stands there.

    Returns:
        The page and its folder of figures.

    Raises:
        UsageError: see ``check``.
    """
    check(out, overwrite=overwrite)
    drawn = _drawn(chapters)
    text = page(chapters, compared, {name: files["svg"] for name, files in drawn.items()})
    _write_figures(figures_folder(out), drawn)
    write_text(out, text)
    return [out, figures_folder(out)]


def _drawn(chapters: Sequence[Chapter]) -> dict[str, dict[str, bytes]]:
    """Draw every picture in each form: name of its file → form → content."""
    found = {}
    for chapter in chapters:
        for one in _pictures(chapter):
            figure = one.draw()
            name = chapter.file_name(one)
            found[name] = {form: encode(figure, form) for form in FORMS}
    return found


def _pictures(chapter: Chapter) -> list[Picture]:
    return [picture for section in chapter.sections for picture in section.pictures]


def _write_figures(folder: Path, drawn: Mapping[str, Mapping[str, bytes]]) -> None:
    """Write a folder of figures in place of what stood there, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as place:
        new = Path(place) / "new"
        new.mkdir()
        for name, files in drawn.items():
            for form, content in files.items():
                (new / f"{name}.{form}").write_bytes(content)
        if folder.exists():
            shutil.move(folder, Path(place) / "old")
        new.replace(folder)
