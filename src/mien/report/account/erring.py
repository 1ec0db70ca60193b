"""Where a model errs: confusions from ``metrics.json``, a reading and more from ``errors.json``."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mien.evaluation.errors.label_checks import learnt_words
from mien.report.account.pieces import Missing, Picture, Section, Table, Told
from mien.report.account.story import Story
from mien.report.account.words import ends, interval_of, labels, no_interval, percent
from mien.report.errors.charts import confusions_chart
from mien.report.figures import confusion_figure, per_class_figure

MOST = 8
CONFUSIONS = ("label", "answered as", "pictures", "of", "share %", "95 %")
SHEETS = {
    "ten": "Right and wrong answers, drawn by lot",
    "hardest": "Confident and wrong",
    "confused": "Two expressions that are confused",
}
"""Beginning of the name of a picture with faces that ``mien errors`` draws → what it shows."""
LABELS, DOUBTED = "label_errors.png", "Labels that are likely wrong"


def class_pictures(story: Story) -> list[Picture]:
    """Return confusion matrix and scores of each class, a pair for each head."""
    found = []
    for head in story.heads:
        report = story.reports(head)[0]
        against = f"head {head}, {labels(story.own(head))}"
        worst = commonest(report)
        said = (
            f"The commonest confusion: {worst['label']} answered as {worst['answer']}, "
            f"{worst['n']} of {worst['of']}."
            if worst
            else "No answer is wrong."
        )
        found += [
            Picture(
                f"classes_{head}",
                f"Precision, recall and F1 of each expression, {against}; the numbers stand in "
                "the table.",
                f"Precision, recall and F1, {against}.",
                partial(per_class_figure, report),
            ),
            Picture(
                f"confusion_{head}",
                f"Confusion matrix, {against}, n = {report['n']}. {said}",
                f"What is answered for what: share of each label, and counts, {against}.",
                partial(confusion_figure, np.array(report["confusion"]), report["classes"]),
            ),
        ]
    return found


def commonest(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the most frequent wrong answer: ``label``, ``answer``, ``n`` ``of`` so labelled."""
    matrix, names = np.array(report["confusion"]), report["classes"]
    wrong = matrix - np.diag(np.diag(matrix))
    if not wrong.any():
        return None
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return {
        "label": names[row],
        "answer": names[column],
        "n": int(wrong[row, column]),
        "of": int(matrix[row].sum()),
    }


def erring(story: Story) -> Told:
    """Return the section of errors, or what is missing; told of the first seed's run."""
    account = story.on.parts.get("errors") if story.on else None
    if account is None:
        return Missing("errors in words and pictures", story.first.command("errors", story.on))
    heads = {head: account["heads"][head] for head in story.in_order(account["heads"])}
    return Section(
        id="errors",
        title="Where it errs",
        text=tuple(
            f"{story.before(h)}{said}"
            for h, one in heads.items()
            for said in (score_words(story, h, one), *one["reading"][1:])
        ),
        tables=tuple(_confusions(h, one) for h, one in heads.items() if one["confusions"]),
        pictures=tuple(_chart(h, one) for h, one in heads.items() if one["confusions"]),
        notes=tuple(label_words(account["label_errors"], story.first.heads)),
    )


def score_words(story: Story, head: str, one: Mapping[str, Any]) -> str:
    """Say how many answers are the label, with the interval that the scores have.

    The reading's own sentence stands where the evaluation is on other rows.
    """
    reports = story.reports(head, one["protocol"])
    report = reports[0] if reports else {}
    if report.get("n") != one["n"]:
        return str(one["reading"][0])
    n, wrong, around = one["n"], one["wrong"], interval_of(report)
    said = f"95 % interval {ends(around)}" if around else no_interval(report)
    return (
        f"{n - wrong:,} of {n:,} answers are the label ({percent(report['accuracy'])}, {said}); "
        f"{wrong:,} are not."
    )


def _confusions(head: str, one: Mapping[str, Any]) -> Table:
    rows = tuple(
        (way["label"], way["answer"], f"{way['n']:,}", f"{way['of']:,}",
         f"{100 * way['share']:.1f}", ends(way["interval"]))
        for way in one["confusions"][:MOST]
    )  # fmt: skip
    caption = f"Commonest confusions, head {head}, {labels(one['protocol'])}, n = {one['n']:,}"
    return Table(caption, CONFUSIONS, rows, words=2)


def _chart(head: str, one: Mapping[str, Any]) -> Picture:
    confusions: Sequence[Mapping[str, Any]] = one["confusions"]
    return Picture(
        f"confusions_{head}",
        f"The commonest confusions of head {head} as bars; the numbers stand in the table.",
        f"Commonest confusions, head {head}.",
        lambda: confusions_chart(confusions),
    )


def label_words(told: Mapping[str, Any], heads: Sequence[str] = ()) -> list[str]:
    """Say what was found of likely label errors.

    Args:
        told: ``label_errors`` of an account of errors.
        heads: those of the model; one that learnt votes makes the check less than independent.
    """
    if "left_out" in told:
        return [f"likely label errors were not looked for: {told['left_out']}"]
    said = (
        f"likely label errors: {told['flagged']:,} of {told['n']:,} labels are doubted "
        f"({percent(told['share'])}; {told['method']})"
    )
    check = told.get("check") or {}
    lists = [one for one in check.get("lists", ()) if one["precision"] is not None]
    if not lists or check["base_rate"] is None:
        return [said]
    first, every = lists[0], check.get("flagged")
    found = [_judged(first, f"the first {first['length']:,}", first["precision"])]
    if every and every["precision"] is not None:
        found.append(_judged(every, f"all {every['length']:,} doubted", every["precision"]))
    found.append(_judged(check, "all rows, doubted or not,", check["base_rate"]))
    learnt = learnt_words(heads)
    return [
        f"{said}; the FER+ majority is another emotion for {'; for '.join(found)}"
        + (f". Mind that {learnt}" if learnt else "")
    ]


def _judged(one: Mapping[str, Any], rows: str, share: float) -> str:
    """Say how many of the judged labels are wrong; those without a majority are not judged."""
    low, high = (f"{100 * end:.1f}" for end in one["interval"])
    return (
        f"{one['wrong']:,} of the {one['judged']:,} of {rows} that have a FER+ majority "
        f"({percent(share)}, 95 %: {low} to {high})"
    )


def sheets(story: Story) -> list[tuple[str, str]]:
    """Return pictures with faces of the dataset, which ``mien errors`` drew: caption, data URI."""
    folder = story.on.folder if story.on else Path()
    account = story.on.parts.get("errors") if story.on else None
    names = [path.name for path in sorted(folder.glob("*.png"))] if account else []
    heads = list(account["heads"]) if account else []
    wanted = [n for h in heads for kind in SHEETS for n in names if n.startswith(f"{kind}_{h}")]
    wanted += [LABELS] if LABELS in names else []
    return [(_caption(name), _uri(folder / name)) for name in wanted]


def _caption(name: str) -> str:
    """Return what a picture of ``mien errors`` shows, by its name."""
    kind, _, head = name.removesuffix(".png").partition("_")
    return f"{SHEETS[kind]}, head {head}" if kind in SHEETS else DOUBTED


def _uri(path: Path) -> str:
    return f"data:image/png;base64,{b64encode(path.read_bytes()).decode('ascii')}"
