"""What a model scores: every protocol, each class, beside what knowing nothing would score."""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.evaluation.sampling.resampling import FEWEST
from mien.report.account.pieces import Section, Table
from mien.report.account.story import Story, over, spanned
from mien.report.account.words import counted, labels, of_class, percent

HEADERS = (
    "head",
    "labels",
    "rows",
    "n",
    "accuracy % (95 %)",
    "macro-F1 (95 %)",
    "balanced accuracy %",
    "top-2 %",
    "AUROC",
)
CLASSES = ("class", "n", "precision % (95 %)", "recall % (95 %)", "F1 (95 %)", "AUROC")
KINDS = (
    "official: every picture of the split that has a label of that kind; dedup: those without a "
    "byte-identical picture in training; both from the same answers"
)


def scores(story: Story) -> Section:
    """Return every score of the evaluation, with the baselines of each head."""
    tables = [scores_table(story), *(baselines_table(story, head) for head in story.heads)]
    return Section(
        id="scores",
        title="What it scores",
        tables=(*tables, *seeds_table(story)),
        notes=(*bootstrap_notes(story), KINDS, *_masked(story)),
    )


def scores_table(story: Story) -> Table:
    """Return a row for each head, protocol and kind of rows."""
    rows = [
        (head, labels(protocol), kind, *_cells(story.reports(head, protocol, kind)))
        for head in story.heads
        for protocol, kinds in (story.on.heads[head].items() if story.on else ())
        for kind in kinds
        if story.reports(head, protocol, kind)
    ]
    return Table("Scores on each set of labels and rows", HEADERS, tuple(rows), words=3)


def _cells(reports: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return (
        f"{reports[0]['n']:,}",
        spanned(reports, "accuracy"),
        spanned(reports, "macro_f1", 3, 1),
        over(reports, "balanced_accuracy"),
        over(reports, "top2"),
        over(reports, "auroc", 3, 1),
    )


def baselines(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody would score who looks at no picture, from the labels alone.

    Keys: ``commonest`` (the class with most labels) and its ``share``: the accuracy of always
    answering it; ``macro_f1`` and ``balanced_accuracy`` of that; ``drawn``: the expected accuracy
    of answers drawn by the shares of the labels; ``even``: of answers drawn evenly, 1 / K.
    """
    support = {name: one["support"] for name, one in report["per_class"].items()}
    n, k = sum(support.values()), len(support)
    commonest = max(support, key=lambda name: support[name])
    share = support[commonest] / n
    there = sum(1 for count in support.values() if count)
    return {
        "commonest": commonest,
        "share": share,
        "macro_f1": 2 * share / (1 + share) / k,
        "balanced_accuracy": 1 / there,
        "drawn": sum((count / n) ** 2 for count in support.values()),
        "even": 1 / k,
    }


def baselines_table(story: Story, head: str) -> Table:
    """Return a head's own score beside those of answers that look at no picture."""
    reports = story.reports(head)
    base = baselines(reports[0])
    name = f"always {base['commonest']}, the commonest label"
    rows = (
        ("this model", over(reports, "accuracy"), over(reports, "balanced_accuracy"),
         over(reports, "macro_f1", 3, 1)),
        (name, *(f"{100 * base[key]:.1f}" for key in ("share", "balanced_accuracy")),
         f"{base['macro_f1']:.3f}"),
        ("drawn by the shares of the labels", f"{100 * base['drawn']:.1f}", "–", "–"),
        ("drawn evenly: chance", f"{100 * base['even']:.1f}", "–", "–"),
    )  # fmt: skip
    caption = f"Head {head} beside knowing nothing ({labels(story.own(head))}, n = "
    headers = ("answers", "accuracy %", "balanced accuracy %", "macro-F1")
    return Table(f"{caption}{reports[0]['n']:,})", headers, rows)


def seeds_table(story: Story) -> list[Table]:
    """Return each run's own scores, where there are several."""
    if len(story.subjects) < 2:
        return []
    found = []
    for head in story.heads:
        both = story.reports(head), story.reports(head, "", "dedup")
        rows = [
            (str(seed), *(spanned(kind[place : place + 1], "accuracy") for kind in both),
             over(both[0][place : place + 1], "macro_f1", 3, 1))
            for place, seed in enumerate(story.seeds)
        ]  # fmt: skip
        headers = ("seed", "official % (95 %)", "dedup % (95 %)", "macro-F1, official")
        found.append(Table(f"Each seed, head {head}", headers, tuple(rows)))
    return found


def classes(story: Story) -> Section:
    """Return what is scored on each class, on the official rows of each head's own labels."""
    return Section(
        id="classes",
        title="Each expression",
        tables=tuple(classes_table(story, head) for head in story.heads),
        notes=(
            "precision: how many of the answers are the label; recall: how many of the label are "
            "answered so; F1: their harmonic mean",
        ),
    )


def classes_table(story: Story, head: str, kind: str = "official") -> Table:
    """Return a row for each class of a head's own labels."""
    reports = story.reports(head, "", kind)
    rows = []
    for name, one in reports[0]["per_class"].items():
        each = [of_class(report, name) for report in reports]
        rows.append(
            (name, f"{one['support']:,}", spanned(each, "precision"), spanned(each, "recall"),
             spanned(each, "f1", 3, 1), over(each, "auroc", 3, 1))
        )  # fmt: skip
    caption = f"Head {head}, {labels(story.own(head))}, {kind} rows, n = {reports[0]['n']:,}"
    return Table(caption, CLASSES, tuple(rows))


def bootstrap_notes(story: Story) -> tuple[str, ...]:
    """Say what the intervals are."""
    boot = story.on.metrics.get("bootstrap") if story.on else None
    seeds = len(story.subjects)
    spread = (f"± is the sample standard deviation over {seeds} seeds",) if seeds > 1 else ()
    if not boot:
        return ("intervals: 95 %, Wilson; evaluate again for those of every score", *spread)
    people = boot["unit"] == "subject"
    by = counted(boot["clusters"], "person", "people") if people else "picture"
    few = f"; scores on fewer than {FEWEST} people have none" if people else ""
    return (
        f"intervals: 95 %, bootstrap by {by}, {boot['resamples']:,} resamples, seed "
        f"{boot['seed']}: what the choice of test pictures leaves open, not another training{few}",
        *spread,
    )


def _masked(story: Story) -> list[str]:
    """Say what was done about classes that only labels or only a head have."""
    found = []
    for head in story.heads:
        for protocol, kinds in story.on.heads[head].items() if story.on else ():
            report = kinds["official"]
            if report.get("masked"):
                alone = percent(report["unmasked"]["accuracy"])
                found.append(
                    f"head {head} on {labels(protocol)}: these lack "
                    f"{', '.join(report['masked'])}, whose probability counts as 0; with it as a "
                    f"possible answer the accuracy is {alone}"
                )
            if report.get("left_out"):
                said = ", ".join(f"{n:,} {name}" for name, n in report["left_out"].items())
                found.append(f"head {head} has no name for, and was not scored on: {said}")
    return found
