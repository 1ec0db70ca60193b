"""``mien data audit``."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.data.show import Folder, print_audit, print_table, progress

if TYPE_CHECKING:
    from mien.datasets.auditing.findings import Findings
    from mien.datasets.source import Pixels


def audit(
    folder: Folder,
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Write findings.csv, audit.json and gallery.html into this new folder."),
    ] = None,
    near: Annotated[
        bool, typer.Option(help="Look for near copies: coded anew, brighter, moved a little.")
    ] = True,
    faces: Annotated[
        bool, typer.Option("--faces", help="Look for a face in each picture; takes minutes.")
    ] = False,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="Another prepared dataset in which to look for copies; may be given several times."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an audit that stands there.")
    ] = False,
) -> None:
    """Find copies, conflicts, unusable pictures.

    What is found does not change the dataset; `mien data clean` makes one without it.
    """
    from mien.datasets.auditing.files import counts, write_audit
    from mien.datasets.auditing.findings import find
    from mien.datasets.auditing.places import PAGE, new_audit
    from mien.datasets.prepared import PreparedSet
    from mien.datasets.workspace import check_outside
    from mien.report.gallery import write_page

    with ExitStack() as stack:
        if out is not None:
            check_outside(out, folder, *(against or []))
        opened = PreparedSet.open(folder)
        others = [PreparedSet.open(other) for other in against or []]
        place = stack.enter_context(new_audit(out, overwrite)) if out is not None else None
        print_audit(counts(opened))
        with progress() as show:
            found = find(
                opened,
                near=near,
                has_face=face_finder() if faces else None,
                against=others,
                progress=show,
            )
        print_findings(found)
        if place is not None:
            write_audit(place, found)
            write_page(place / PAGE, found)
    if out is not None:
        typer.echo(f"wrote {out / PAGE}: open it in a browser to look at the findings")


def face_finder() -> "Callable[[Pixels], bool]":
    """Return what tells whether a picture shows a face."""
    from mien.inference.detector import Detector
    from mien.inference.framed import faces_in

    detector = Detector()
    return lambda pixels: bool(faces_in(pixels, detector))


def print_findings(found: "Findings") -> None:
    """Print the findings by kind and split, what was not looked for, and the time of each pass."""
    from mien.datasets.auditing.files import tally
    from mien.datasets.source import SPLITS

    counts = {kind: tally(one, found.prepared.split) for kind, one in found.found.items()}
    rows = [
        (
            kind,
            *(f"{n[split]:,}" for split in SPLITS),
            f"{n['pictures']:,}",
            _groups(n),
        )
        for kind, n in counts.items()
        if n["pictures"]
    ]
    if rows:
        print_table(("finding", *SPLITS, "pictures", "groups"), rows)
    none = [kind for kind, n in counts.items() if not n["pictures"]]
    if none:
        typer.echo(f"found none: {', '.join(none)}")
    for kind, why in found.left_out.items():
        typer.echo(f"not looked for: {kind} ({why})")
    for name, seconds in found.seconds.items():
        typer.echo(f"{seconds:.1f} s: {name}")


def _groups(counts: Mapping[str, int]) -> str:
    return f"{counts['groups']:,}" if counts["groups"] else ""
