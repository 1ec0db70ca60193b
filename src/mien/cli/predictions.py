"""``mien predictions``: any recogniser's answers, brought into one form and compared."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(no_args_is_help=True, help="Answers of any recogniser: import, compare.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .npz or .csv with probabilities; see --help.")],
    data: Annotated[Path, typer.Option(help="The prepared dataset that was answered.")],
    split: Annotated[
        Literal["test", "val", "train", "all"], typer.Option(help="Which split of it.")
    ] = "test",
    name: Annotated[str, typer.Option(help="Of the recogniser.", show_default="the file's")] = "",
    out: Annotated[
        Path | None, typer.Option(help="File to write.", show_default="NAME-DATASET-SPLIT.npz")
    ] = None,
) -> None:
    """Bring another recogniser's answers into mien's form, to be scored and compared.

    A .npz holds probabilities [N, K], classes [K] and ids [N] or row [N]; a .csv a column id or
    row and a column an emotion. row counts the pictures of the dataset's source from 0. Every
    picture of the split needs an answer; probabilities add up to 1.
    """
    from mien.datasets.prepared import PreparedSet
    from mien.errors import UsageError
    from mien.evaluation.imported import read
    from mien.evaluation.places import file_part, require_file
    from mien.evaluation.stored import write_predictions

    if out is not None and out.suffix != ".npz":
        raise UsageError(f"{out}: expected a name that ends in .npz")
    if out is not None:
        require_file(out, data)
    predictions = read(file, PreparedSet.open(data), split, name)
    origin = predictions.origin
    target = out or Path(file_part(f"{origin.model}-{origin.dataset}-{origin.split}.npz"))
    write_predictions(predictions, target)
    (classes,) = (head.classes for head in predictions.heads.values())
    typer.echo(
        f"{origin.model}: {len(predictions):,} answers with {len(classes)} classes → {target}; "
        f"score them with: mien evaluate {target}"
    )


@app.command()
def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Two or more predictions.npz, finished runs, or model files (.onnx, with --data)."
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Prepared dataset, for runs and model files.", show_default="the run's own"
        ),
    ] = None,
    protocol: Annotated[
        str, typer.Option(help="Against which labels.", show_default="the dataset's own")
    ] = "",
    head: Annotated[
        str, typer.Option(help="Output of those that have several.", show_default="by the labels")
    ] = "",
    rows: Annotated[
        Literal["official", "dedup"], typer.Option(help="All rows, or without copies.")
    ] = "official",
    shared: Annotated[
        bool, typer.Option("--shared-classes", help="Models of other classes: on those they share.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File for the table (.md) or the numbers (.json).")
    ] = None,
) -> None:
    """Test whether models differ on the same pictures: scores, differences, intervals, p.

    Up to six are tested each with each, more of them the first one with each other one: the
    difference in accuracy and macro-F1 with a 95 % interval (paired bootstrap, by person where
    people are known; none for fewer than five people), and an exact test (McNemar's, or by person);
    p is corrected for the number of pairs that are tested (Holm).
    """
    from rich.console import Console

    from mien.errors import UsageError, several
    from mien.evaluation.asked import predictions_of
    from mien.evaluation.places import require_file
    from mien.evaluation.sampling.paired import compare_each
    from mien.evaluation.stored import read_predictions
    from mien.report.fitting import Fitted
    from mien.report.significance import (
        compared_markdown,
        scored_on,
        side_columns,
        significance_table,
    )
    from mien.runs import write_json, write_text

    if len(files) < 2:
        raise UsageError("expected two or more predictions.npz or runs to compare, found one")
    if missing := [f"{path}: no such file or folder" for path in files if not path.exists()]:
        raise UsageError(several(missing))
    if out is not None and out.suffix not in (".md", ".json"):
        raise UsageError(f"{out}: expected a name that ends in .md or .json")
    if out is not None:
        require_file(out)
    each = [
        read_predictions(path) if path.suffix == ".npz" else predictions_of(path, data)[0]
        for path in files
    ]
    found = compare_each(each, head or None, protocol=protocol or None, kind=rows, intersect=shared)
    console = Console()
    console.print(scored_on(found), highlight=False, markup=False)
    for table in (Fitted(side_columns(found)), significance_table(found)):
        console.print(table)
        console.print()
    if out is not None and out.suffix == ".json":
        write_json(out, {"pairs": found})
    elif out is not None:
        write_text(out, compared_markdown(found))
