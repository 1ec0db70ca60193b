"""``mien data clean``."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.data.audit import face_finder
from mien.cli.data.show import Folder, print_prepared, print_table, progress

if TYPE_CHECKING:
    from mien.datasets.auditing.choose import Choice, Going
    from mien.datasets.auditing.files import Line
    from mien.datasets.prepared import PreparedSet


def clean(
    folder: Folder,
    out: Annotated[Path, typer.Argument(help="The folder to make.")],
    *,
    drop: Annotated[
        str,
        typer.Option(help="Kinds of findings to drop, such as `copy_across_splits,not_a_face`."),
    ],
    findings: Annotated[
        Path | None,
        typer.Option(
            help="The findings.csv of `mien data audit --out`, from which lines may have been "
            "taken out.",
            show_default="audits the dataset first",
        ),
    ] = None,
    keep: Annotated[
        str,
        typer.Option(
            help="Which of copies in several splits stay: those of `test` (else val, else train), "
            "those of the split of the `first`, or `none`; none also drops the first of copies in "
            "one split."
        ),
    ] = "test",
    drop_test: Annotated[
        bool, typer.Option("--drop-test", help="Let test pictures go too; else all of them stay.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and write nothing.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a prepared dataset that stands there.")
    ] = False,
) -> None:
    """Write a dataset without chosen findings.

    Of copies in one split the first stays. Of copies across splits, and of people
    and films in several splits, those in training go, then those in validation. Of
    conflicting groups all go. For every other kind the picture goes. Test pictures
    stay unless --drop-test is given. OUT has removed.csv, which says what went and why.
    """
    from mien.datasets.auditing.choose import Choice, going
    from mien.datasets.clean import clean as write
    from mien.datasets.clean import staying
    from mien.datasets.prepared import PreparedSet
    from mien.datasets.workspace import check_outside

    choice = Choice(_kinds(drop), keep, drop_test)
    check_outside(out, folder)
    opened = PreparedSet.open(folder)
    lines = _lines(opened, findings, choice.kinds)
    gone = going(opened, lines, choice)
    _print_going(opened, gone, choice)
    if dry_run:
        staying(opened, gone)
        count = f"{len(gone.reasons):,} of {len(opened):,} pictures"
        typer.echo(f"dry run, nothing was written: {count} would go")
        return
    with progress() as show:
        summary = write(opened, out, lines, choice, overwrite=overwrite, progress=show)
    print_prepared(summary)


def _kinds(text: str) -> tuple[str, ...]:
    """Return the kinds that a list with commas names, each once.

    Raises:
        UsageError: it names none.
    """
    from mien.datasets.auditing.kinds import KINDS
    from mien.errors import UsageError

    names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not names:
        raise UsageError(f"--drop {text!r}: expected kinds of findings: {', '.join(KINDS)}")
    return names


def _lines(opened: "PreparedSet", findings: Path | None, kinds: Sequence[str]) -> "Sequence[Line]":
    """Read the findings, or find those that are asked for.

    Raises:
        UsageError: a kind that cannot be looked for here.
    """
    from mien.datasets.auditing.files import lines
    from mien.datasets.auditing.findings import find
    from mien.datasets.auditing.reading import read_findings
    from mien.errors import UsageError

    if findings is not None:
        return read_findings(findings, opened, kinds)
    with progress() as show:
        found = find(
            opened,
            near=any(kind.startswith("near_") for kind in kinds),
            has_face=face_finder() if "no_face" in kinds else None,
            progress=show,
        )
    lacking = [f"{kind} ({found.left_out[kind]})" for kind in kinds if kind in found.left_out]
    if lacking:
        raise UsageError(
            f"cannot drop {', '.join(lacking)}: expected kinds that this dataset can have; for "
            "those across datasets audit with --against and --out, and give --findings"
        )
    return list(lines(found))


def _print_going(opened: "PreparedSet", gone: "Going", choice: "Choice") -> None:
    """Print what goes by kind and split, and which test pictures stay."""
    from mien.datasets.source import SPLITS

    table = []
    for kind in choice.kinds:
        rows = [row for row, found in gone.reasons.items() if _of(kind, found)]
        table.append((kind, *_counts(opened, rows, SPLITS)))
    table.append(("all that goes", *_counts(opened, list(gone.reasons), SPLITS)))
    print_table(("goes", *SPLITS, "pictures"), table)
    if gone.spared:
        typer.echo(f"{len(gone.spared):,} test picture(s) stay; --drop-test drops them too")


def _of(kind: str, found: "Iterable[Line]") -> bool:
    return any(line.kind == kind for line in found)


def _counts(opened: "PreparedSet", rows: list[int], splits: Sequence[str]) -> list[str]:
    held = opened.split[rows]
    return [*(f"{int((held == split).sum()):,}" for split in splits), f"{len(rows):,}"]
