"""``mien errors``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.predictions import Predictions

Labels = tuple[dict[str, Any], list[dict[str, Any]]]


def errors(
    answers: Annotated[
        Path,
        typer.Argument(
            help="A predictions.npz, a run folder, an exported .onnx file, or a folder of "
            "mien crossval."
        ),
    ],
    *,
    data: Annotated[
        Path | None,
        typer.Option(help="Prepared dataset, for its pictures.", show_default="the run's own"),
    ] = None,
    split: Annotated[
        Literal["test", "val", "train", "all"],
        typer.Option(help="What a model answers; predictions have their own."),
    ] = "test",
    head: Annotated[str, typer.Option(help="One head alone.", show_default="all")] = "",
    protocol: Annotated[
        str,
        typer.Option(
            help="Labels to score against, such as ferplus_majority.",
            show_default="each head's own",
        ),
    ] = "",
    label_errors: Annotated[
        bool | None,
        typer.Option(help="Look for wrong labels.", show_default="where it can be done"),
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option(
            "--held-out", help="The model did not learn from these pictures, whatever their split."
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="beside the model")
    ] = None,
) -> None:
    """Show where a model errs: hardest pictures, what is taken for what, likely label errors.

    Writes errors.json, errors.html and figures; with mien[clean] also label_errors.csv: labels
    that confident learning doubts, checked against the FER+ votes where there are some.
    Needs mien[train].
    """
    require("mien errors", "matplotlib")
    from mien.evaluation import places
    from mien.evaluation.errors import account as found_errors
    from mien.evaluation.errors.held_out import is_crossval
    from mien.evaluation.notes import unscored_note
    from mien.report.errors import write

    if out is not None:
        places.require_folder(out)
    predictions, prepared = _opened(answers, data, split)
    origin = predictions.origin
    folder = out or places.folder(answers, origin.dataset, origin.split, origin.dataset_sha256)
    places.require_folder(folder, *([prepared.root] if prepared else []))
    heads = found_errors.errors(predictions, [head] if head else [], protocol)
    unseen = held_out or is_crossval(answers)
    labels = _labels(predictions, head, protocol, unseen, label_errors)
    account = found_errors.account(predictions, heads, labels)
    flagged = None if isinstance(labels, str) else labels[1]
    written = write(folder, account, flagged, prepared)
    _show(account)
    if not head and (note := unscored_note(predictions, heads)):
        typer.echo(f"note: {note}")
    typer.echo(f"wrote {written[0]}; errors.json and {len(written) - 2} more files stand beside it")
    if prepared is not None:
        typer.echo(
            "note: the page and its figures show pictures of the dataset; do not publish them"
        )


def _opened(
    answers: Path, data: Path | None, split: str
) -> "tuple[Predictions, PreparedSet | None]":
    """Return answers, and the dataset where it is known."""
    from mien.datasets.prepared import PreparedSet
    from mien.evaluation.asked import loaded, predictions_of
    from mien.evaluation.errors.held_out import is_crossval, of_crossval
    from mien.evaluation.matching import rows_in

    if answers.suffix == ".npz":
        predictions, named = loaded(answers, data)
        if named is None:
            typer.echo("note: predictions hold no picture; name the dataset too (--data DIR)")
        return predictions, named
    if is_crossval(answers):
        predictions, own = of_crossval(answers)
        prepared = PreparedSet.open(data or own)
        rows_in(predictions, prepared)
        return predictions, prepared
    return predictions_of(answers, data, split)


def _labels(
    predictions: "Predictions", head: str, protocol: str, unseen: bool, wanted: bool | None
) -> Labels | str:
    """Return likely label errors, or why nobody looked for them."""
    from mien.errors import DataError, MissingExtraError
    from mien.evaluation.errors.label_errors import label_errors

    if wanted is False:
        return "it was not asked for"
    try:
        return label_errors(predictions, head, protocol, held_out=unseen)
    except (DataError, MissingExtraError) as error:
        if wanted:
            raise
        return str(error)


def _show(account: dict[str, Any]) -> None:
    from mien.report.tables import protocol_words

    for name, head in account["heads"].items():
        typer.echo(f"head {name} against {protocol_words(head['protocol'])} labels")
        for sentence in head["reading"]:
            typer.echo(f"  - {sentence}")
    labels = account["label_errors"]
    if "left_out" in labels:
        typer.echo(f"label errors not looked for: {labels['left_out']}")
        return
    typer.echo(
        f"{labels['flagged']:,} of {labels['n']:,} labels are doubted "
        f"({100 * labels['share']:.0f} %); {labels['copies']:,} pictures with a copy in "
        "training were left out"
    )
    if labels["check"]:
        _show_check(labels["check"])


def _show_check(check: dict[str, Any]) -> None:
    """Print how right the beginnings of the list are."""
    from mien.cli.data.show import print_table
    from mien.evaluation.errors.label_checks import table

    print_table(("doubted labels", "judged by FER+", "majority is another", "95 %"), table(check))
    if check["learnt"]:
        typer.echo(f"note: {check['learnt']}")
