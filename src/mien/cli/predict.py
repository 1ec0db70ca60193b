"""``mien predict``: the expressions of the faces in pictures."""

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mien.inference.info import Head
    from mien.inference.recognizer import Recognizer
    from mien.inference.sinks import Result

STANDARD_OUTPUT = Path("-")


def predict(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATHS…", readable=False, help="Pictures, or folders to search for pictures."
        ),
    ],
    json: Annotated[
        Path | None,
        typer.Option("--json", readable=False, help="Write the answers as JSON (- to print it)."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", readable=False, help="Write the answers as CSV, a row a face (- to print it)."
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", readable=False, help="Write the pictures with boxes and labels into DIR."
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A model of mien export.", show_default="shipped weights")
    ] = None,
    detector: Annotated[
        Path | None, typer.Option(help="Another YuNet file.", show_default="the one installed")
    ] = None,
    min_score: Annotated[
        float,
        typer.Option(min=0.01, max=1.0, help="Leave out faces that the detector scores lower."),
    ] = 0.7,
) -> None:
    """Recognise the facial expressions in pictures.

    Exits with 0 when every picture got an answer (no face is an answer), with 1 when some could
    not be read: each of those has a row with its reason.
    """
    from mien.inference.recognizer import load
    from mien.inference.sinks import to_csv, to_json
    from mien.inference.sources import find_pictures

    pictures = find_pictures(paths)
    _check_outputs(pictures, json, csv, annotate, model, detector)
    recognizer = load(model, detector=detector, min_score=min_score)
    results = _answer(recognizer, pictures, annotate)
    for target, write in ((json, to_json), (csv, to_csv)):
        if target is not None:
            _put(target, write(results))
    if STANDARD_OUTPUT not in (json, csv):
        _print_table(results, recognizer.model.head)
    unread = sum(result.status == "error" for result in results)
    if unread:
        typer.echo(f"mien: {unread} of {len(results)} pictures could not be read", err=True)
        raise typer.Exit(1)


def _check_outputs(
    pictures: list[Path],
    json: Path | None,
    csv: Path | None,
    annotate: Path | None,
    model: Path | None,
    detector: Path | None,
) -> None:
    """Refuse wrong use before any work; all that is wrong is said at once."""
    from mien.errors import UsageError, several
    from mien.runs import NO_FILE

    wanted = {"a model of mien export": model, "a YuNet file": detector}
    problems = [
        f"{path}: {_no_file(path)}; expected {what}"
        for what, path in wanted.items()
        if path and not path.is_file()
    ]
    if json and csv and json.resolve() == csv.resolve():
        problems.append(f"--json and --csv both go to {json}; name two files")
    for target in (json, csv):
        if target and target != STANDARD_OUTPUT:
            problems += _unwritable(target.parent)
            if target.exists() and not target.is_file():
                problems.append(f"{target}: {NO_FILE}")
            if target.exists() and any(p.exists() and target.samefile(p) for p in pictures):
                problems.append(f"{target}: this is one of the pictures; name another file")
    if annotate:
        problems += _unwritable(annotate)
    if problems:
        raise UsageError(several(list(dict.fromkeys(problems))))


def _no_file(path: Path) -> str:
    """Say what stands where a file was expected."""
    if (path / "config.yaml").is_file():
        return f"this is a run folder, make a model file of it first (mien export {path})"
    return "this is a folder" if path.is_dir() else "no such file"


def _unwritable(folder: Path) -> list[str]:
    """Return why nothing can be written into a folder, which need not exist yet."""
    import os

    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not there.is_dir():
        return [f"{folder}: expected a folder to write into, but {there} is a file"]
    if not os.access(there, os.W_OK | os.X_OK):
        return [f"{folder}: expected a folder to write into; {there} may not be written to"]
    return []


def _answer(recognizer: "Recognizer", pictures: list[Path], folder: Path | None) -> "list[Result]":
    """Return one result a picture; an unreadable one has its reason."""
    from mien.errors import ImageError
    from mien.inference.sinks import Result, annotated_path
    from mien.inference.sources import read_picture

    results = []
    written = {p.absolute() for p in pictures}
    for path in pictures:
        try:
            pixels = read_picture(path)
        except ImageError as error:
            results.append(Result(str(path), error=str(error).removeprefix(f"{path}: ")))
            continue
        faces = recognizer.recognize(pixels, colour_order="RGB")
        results.append(Result(str(path), faces))
        if folder:
            from PIL import Image

            from mien.inference.draw import annotate
            from mien.runs import whole_file

            target = annotated_path(folder, path, written)
            with whole_file(target) as temporary:
                form = "JPEG" if target.suffix == ".jpg" else "PNG"
                encoded = BytesIO()  # given a file, Pillow overlooks a disk that fills up
                Image.fromarray(annotate(pixels, faces)).save(encoded, form, quality=92)
                temporary.write_bytes(encoded.getvalue())
            written.add(target)
            typer.echo(f"wrote {target}", err=True)
    return results


def _put(target: Path, text: str) -> None:
    from mien.runs import write_text

    if target == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        write_text(target, text)
        typer.echo(f"wrote {target}", err=True)


def _short(path: str) -> str:
    """Return a path as seen from here, where that is shorter."""
    try:
        return min(path, os.path.relpath(path), key=len)
    except (OSError, ValueError):  # a working folder that is gone; another drive
        return path


def _print_table(results: "list[Result]", head: "Head") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from mien.shares import rounded

    table = Table("file", "face", "emotion", "confidence", "box")
    table.columns[0].overflow = table.columns[2].overflow = "fold"
    table.columns[3].justify = "right"
    for result in results:
        file = Text(_short(result.file))  # not markup: a name may hold brackets
        if not result.faces:
            table.add_row(file, "", Text(result.error or "no face"))
        for number, face in enumerate(result.faces, 1):
            box = "{} {} {}x{}".format(*face.box)
            emotion = f"{face.emotion}{' ?' if face.uncertain else ''}"
            table.add_row(file, str(number), emotion, rounded(face.confidence), box)
    Console().print(table)
    if any(face.uncertain for result in results for face in result.faces):
        typer.echo(f"?: uncertain{_doubt(head)}")


def _doubt(head: "Head") -> str:
    """Say what an uncertain answer is, and what the others promise."""
    wanted = f"{100 * head.error:.0f} %"
    if head.uncertain_below >= 1:
        return f": no threshold keeps the model's wrong answers at {wanted}, all are marked"
    agreed = (
        " that most taggers agree on," if "majority" in head.fitted_on.get("protocol", "") else ""
    )
    return (
        f", below {100 * head.uncertain_below:.0f} %; of the model's other answers at most "
        f"{wanted} should be wrong, on pictures{agreed} like those it was calibrated on"
    )
