"""How a model's answers differ from another one's on the same pictures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mien.errors import DataError, UsageError
from mien.evaluation.predictions import Predictions
from mien.evaluation.sampling.paired import compare
from mien.evaluation.sampling.sides import corrected
from mien.evaluation.stored import NAME, read_predictions
from mien.report.account.pieces import Section, Table
from mien.report.account.story import Story
from mien.report.account.subject import FILES
from mien.report.account.words import FEW, labels, listed
from mien.report.significance import (
    HEADERS,
    LEVEL,
    p_words,
    signed,
    significance_notes,
    significance_rows,
)

Found = Mapping[str, Any]


def against(story: Story, others: Sequence[Predictions]) -> Section:
    """Return how the first run differs from others, tested on the same pictures.

    Raises:
        UsageError: the first run was not evaluated.
        DataError: its answers were not kept, or another one answered other pictures.
    """
    if story.on is None:
        raise UsageError(f"{story.name} was not evaluated: {story.first.command('evaluate')}")
    ours = story.on.predictions()
    found = corrected([one for other in others for one in _each(story, ours, other)])
    several = len(story.subjects) > 1
    return Section(
        id="against",
        title="Beside other models",
        text=tuple(sentence(one) for one in found),
        tables=(_scores(found), _tests(found)),
        notes=(
            *significance_notes(found),
            *([f"the answers of {story.name} are those of seed {story.seeds[0]}"] * several),
            *dict.fromkeys(one["note"] for one in found if one["note"]),
        ),
    )


def _each(story: Story, ours: Predictions, other: Predictions) -> Iterator[Found]:
    """Yield the difference of each of our heads from another model's that has the same labels."""
    problems = []
    for head in story.heads:
        try:
            found = _compared(ours, other, head)
            sides = {"first": ours, "second": other}
            yield found | {s: found[s] | {"heads": len(m.heads)} for s, m in sides.items()}
        except UsageError as error:  # no head of theirs for these labels
            problems.append(str(error))
    if len(problems) == len(story.heads):
        raise UsageError(problems[0])


def _compared(ours: Predictions, other: Predictions, head: str) -> dict[str, Any]:
    """Return a difference, on the classes that both have where they have not the same."""
    names = (head, None)
    try:
        return {**compare(ours, other, heads=names), "note": ""}
    except DataError as error:
        if "classes" not in str(error):
            raise
    found = compare(ours, other, heads=names, intersect=True)
    note = f"with {found['second']['model']}: on the classes that both have, "
    return {**found, "note": note + ", ".join(found["classes"])}


def sentence(one: Found) -> str:
    """Say which of two is better, by how much, and whether chance could make it."""
    first, second, accuracy = one["first"], one["second"], one["accuracy"]
    around = accuracy["interval"]
    span = f"95 % {' to '.join(signed(end, 1) for end in around)}" if around else FEW
    told, p = one["swap_p_holm"] < LEVEL, p_words(one["swap_p_holm"])
    p = p if p.startswith("<") else f"= {p}"
    verdict = "a difference that chance rarely makes" if told else "chance alone may make that"
    return (
        f"On {labels(one['protocol'])} (n = {one['n']:,}) {_called(first)} scores "
        f"{100 * accuracy['first']:.1f} %, {_called(second)} {100 * accuracy['second']:.1f} %: "
        f"{signed(accuracy['difference'], 1)} points ({span}), {verdict} (p {p})."
    )


def _called(side: Mapping[str, Any]) -> str:
    """Return a model's name, with the head that was compared where it has several."""
    return f"{side['model']}, head {side['head']}," if _several(side) else str(side["model"])


def _several(side: Mapping[str, Any]) -> bool:
    return bool(side.get("heads", 2) > 1)


def _scores(found: Sequence[Found]) -> Table:
    rows = [
        (one[side]["model"], one[side]["head"] if _several(one[side]) else "",
         labels(one["protocol"]), f"{one['n']:,}",
         f"{100 * one['accuracy'][side]:.1f}", f"{one['macro_f1'][side]:.3f}")
        for one in found
        for side in ("first", "second")
    ]  # fmt: skip
    headers = ("model", "head", "labels", "n", "accuracy %", "macro-F1")
    caption = "Scores on the same pictures, official rows"
    return Table(caption, headers, tuple(dict.fromkeys(rows)), words=3)


def _tests(found: Sequence[Found]) -> Table:
    rows = tuple(tuple(row) for row in significance_rows(found))
    return Table("Differences, first minus second", HEADERS, rows, words=2)


def predictions_at(path: Path, story: Story) -> Predictions:
    """Return another model's answers on the pictures that a story is about.

    Args:
        path: ``predictions.npz``, or a run folder or a model file that was evaluated on them.
        story: what is told of.

    Raises:
        UsageError: it was not evaluated on them.
    """
    if path.suffix == ".npz":
        return read_predictions(path)
    file = path.suffix == ".onnx"
    folder = path.with_name(f"{path.stem}{FILES}") if file else path / "evaluation"
    there = sorted(folder.glob(f"*/{NAME}"))
    if not there and not path.exists():
        raise UsageError(f"{path}: no such file or folder; expected {NAME}, a run or a model file")
    wanted = story.on.metrics["data"] if story.on else {}
    for one in there:
        found = read_predictions(one)
        if (found.origin.dataset_sha256, found.origin.split) == (
            wanted.get("sha256"),
            wanted.get("split"),
        ):
            return found
    names = listed(one.parent.name for one in there) or "nothing"
    split = "" if wanted.get("split") == "test" else f" --split {wanted.get('split')}"
    raise UsageError(
        f"{path}: expected its answers on {wanted.get('name')}, {wanted.get('split')} split, of "
        f"the same preparation; found {names}: mien evaluate {path} --data DIR{split}"
    )
