"""``mien data split``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.data.show import Folder, print_counts, progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mien.datasets.prepared import PreparedSet
    from mien.datasets.rules import Rule


def split(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="The CSV to write.")],
    *,
    split: Annotated[
        str,
        typer.Option(
            help="halves (of the test pictures), or shares of train/val/test such as 70/15/15.",
            show_default="the dataset's own",
        ),
    ] = "",
    folds: Annotated[
        int, typer.Option(min=0, help="Cross-validation folds of the training pictures instead.")
    ] = 0,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="How often folds are dealt out.", show_default="1")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            help="Keep each `subject` on one side, or only each `picture`.",
            show_default="subject where the dataset knows them",
        ),
    ] = "",
    near: Annotated[
        bool, typer.Option(help="Keep near copies on one side too, where pictures are dealt out.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that stands there.")
    ] = False,
) -> None:
    """Write a split or folds as a file to publish.

    It holds ids and hashes, no pictures.

    The dataset stays as it is. `mien data prepare SOURCE OUT --split FILE` prepares the same
    pictures with the split of a file. Of the pictures that --split or
    --folds deals out, copies and films are never on two sides, nor near copies (but with
    --no-near), nor people who are known (but with --by picture). The dataset's own split is
    written as it is.
    """
    from mien.datasets.prepared import PreparedSet
    from mien.datasets.rules import Rule
    from mien.datasets.split_file import write_split
    from mien.errors import UsageError

    if split and folds:
        raise UsageError("--split and --folds: expected one of the two")
    if repeats and not folds:
        raise UsageError("--repeats: expected together with --folds")
    if by and not (split or folds):
        raise UsageError("--by: expected together with --split or --folds")
    if file.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{file} lies in the dataset, which stays as it is: name a file elsewhere")
    if file.exists() and not overwrite:
        raise UsageError(f"{file} exists: name another file, or add --overwrite")
    rule = Rule.parse(split, by, seed, near=near)
    if rule.way == "file":
        raise UsageError(f"--split {split}: that is a split file already; expected a rule")
    opened = PreparedSet.open(folder)
    columns = _folds(opened, folds, repeats or 1, rule) if folds else _split(opened, rule)
    write_split(file, columns)
    typer.echo(f"wrote {len(columns['id']):,} pictures to {file}")


def _split(opened: "PreparedSet", rule: "Rule") -> "dict[str, npt.NDArray[np.generic]]":
    """Print and return the split of the readable pictures."""
    from mien.datasets.again import known
    from mien.datasets.audit import class_counts
    from mien.datasets.rules import Decided, decide

    own = Decided(opened.split, opened.record.get("split", "as in the dataset"), [])
    with progress() as show:
        decided = decide(known(opened), rule, True, show) if rule.way else own
    taken = opened.where()
    print_counts("split", class_counts(decided.split, opened.labels, ~opened.flags["unreadable"]))
    for note in decided.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"split: {decided.rule}")
    return {**_named(opened, taken), "split": decided.split[taken]}


def _folds(
    opened: "PreparedSet", count: int, repeats: int, rule: "Rule"
) -> "dict[str, npt.NDArray[np.generic]]":
    """Print and return the folds of the training pictures."""
    from mien.datasets.folds import folds_of, sizes

    with progress() as show:
        found = folds_of(opened, count, repeats, rule.by, rule.seed, rule.near, show)
    taken = opened.where("train")
    print_counts("fold", sizes(found, opened.labels))
    columns = {f"fold_{number}": row[taken] for number, row in enumerate(found)}
    return {**_named(opened, taken), **columns}


def _named(
    opened: "PreparedSet", rows: "npt.NDArray[np.int64]"
) -> "dict[str, npt.NDArray[np.generic]]":
    hashes = opened.manifest.hashes[rows].astype(str)
    return {"id": opened.ids[rows], "sha256": hashes}
