"""``mien report``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.report.account.story import Story
    from mien.report.page.render import Chapter


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Run folders, or exported .onnx files."),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    evaluation: Annotated[
        str,
        typer.Option(
            help="Which evaluation to tell of, such as fer2013-test.",
            show_default="the test split of what was learnt from",
        ),
    ] = "",
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="A predictions.npz, run or model file to compare with; may be given several times."
        ),
    ] = None,
    cross: Annotated[
        Path | None, typer.Option(help="A cross.json of mien cross, or its folder.")
    ] = None,
    with_pictures: Annotated[
        bool,
        typer.Option(
            "--with-pictures", help="Show faces of the dataset: such a page must not be published."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the page and its figures.")
    ] = False,
) -> None:
    """Write one page that tells what a model can do, how sure that is, and where it fails.

    It is made from the files of `mien evaluate`, `robustness`, `cross`, `groups` and `errors`;
    what is not there is named with its command. Figures also go to <out>-figures, as PNG and SVG.
    Runs that differ in their seed alone are told as one, others beside each other. Needs
    mien[train].
    """
    from mien.cli.subjects import cross_at, subject_at
    from mien.report.account.story import stories
    from mien.report.page import check, write
    from mien.report.page.several import compared

    require("mien report", "matplotlib")
    check(out, overwrite=overwrite)
    matrix = cross_at(cross)
    found = stories([subject_at(path) for path in dict.fromkeys(runs)], evaluation)
    chapters = [
        _chapter(story, against or [], matrix, with_pictures, len(found) > 1) for story in found
    ]
    page, folder = write(out, chapters, compared(found), overwrite=overwrite)
    typer.echo(f"wrote {page} and its figures in {folder}")
    for missing in dict.fromkeys(one.sentence for one in chapters[0].missing):
        typer.echo(f"not in it: {missing}")


def _chapter(
    story: "Story",
    against: list[Path],
    cross: dict[str, Any] | None,
    with_pictures: bool,
    several: bool,
) -> "Chapter":
    from mien.report.account.against import predictions_at
    from mien.report.account.erring import sheets
    from mien.report.account.whole import told
    from mien.report.page.several import chapter

    others = [predictions_at(path, story) for path in against]
    faces = sheets(story) if with_pictures else []
    return chapter(story, told(story, others, cross), faces, several=several)
