"""``mien card``."""

from pathlib import Path
from typing import Annotated

import typer

NAME = "MODEL_CARD.md"


def card(
    model: Annotated[Path, typer.Argument(help="A run folder, or an exported .onnx file.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write.", show_default="RUN/MODEL_CARD.md, or .md beside the file"
        ),
    ] = None,
    evaluation: Annotated[
        str,
        typer.Option(
            help="Which evaluation to tell of, such as fer2013-test.",
            show_default="the test split of what was learnt from",
        ),
    ] = "",
    evaluations: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="A file's evaluations.", show_default="<name>-evaluation beside it"
        ),
    ] = None,
    cross: Annotated[
        Path | None, typer.Option(help="A cross.json of mien cross, or its folder.")
    ] = None,
    licence: Annotated[
        str,
        typer.Option(
            help="Of the weights, such as mit.", show_default="that of the card that stands there"
        ),
    ] = "",
    measure_latency: Annotated[
        bool,
        typer.Option(
            "--measure-latency", help="Measure how fast the file answers on this machine first."
        ),
    ] = False,
) -> None:
    """Write the model card, from a model's files: nothing in it is typed by hand.

    MODEL_CARD.md has the form of the Hugging Face hub. What was not measured is named with the
    command that does it. A card that stands there is replaced.
    """
    from mien.cli.subjects import cross_at, subject_at
    from mien.errors import UsageError
    from mien.report.card import card as write
    from mien.report.card import licence_in
    from mien.runs import write_text

    if measure_latency and model.suffix != ".onnx":
        raise UsageError("--measure-latency goes with a model file: mien export writes one")
    matrix = cross_at(cross)
    if measure_latency:
        typer.echo(_latency(model, evaluations))
    subject = subject_at(model, evaluations)
    path = out or (model.with_suffix(".md") if subject.is_file else model / NAME)
    text = write(subject, licence or licence_in(path), matrix, evaluation)
    write_text(path, text)
    typer.echo(f"wrote {path}")
    for one in dict.fromkeys(one.sentence for one in subject.refused):
        typer.echo(f"not in it: {one}")


def _latency(path: Path, folder: Path | None) -> str:
    """Measure a model file, keep the result, and say it in a line."""
    import os

    from mien.inference.latency import measure
    from mien.inference.model import Model
    from mien.report.account.subject import FILES, LATENCY
    from mien.runs import environment, sha256, write_json

    threads = min(2, os.cpu_count() or 1)
    found = measure(Model.open(path, threads=threads))
    values = {
        "model": path.stem,
        "model_sha256": sha256(path),
        "environment": environment("onnxruntime"),
        "threads": threads,
        **found,
    }
    target = (folder or path.with_name(f"{path.stem}{FILES}")) / LATENCY
    write_json(target, values)
    single, batch = found["single"], found["batch"]
    return (
        f"{single['median_ms']:.2f} ms a face, {batch['faces_per_second']:,.0f} faces a second in "
        f"batches of {batch['faces']}, {threads} threads: {target}"
    )
