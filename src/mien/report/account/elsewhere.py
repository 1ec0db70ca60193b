"""How a model does on other datasets, from other evaluations and from ``cross.json``."""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.report import cross as matrix
from mien.report.account.elsewhere_notes import datasets, models
from mien.report.account.pieces import Missing, Picture, Section, Table, Told
from mien.report.account.story import Story
from mien.report.account.words import (
    interval_of,
    labels,
    number_with_ends,
    with_ends,
)
from mien.report.cross_figure import matrix_figure
from mien.report.cross_lines import Line, lines, outside, taken_out, with_them

TITLE = "On other datasets"
OTHERS = (
    "dataset, split",
    "head",
    "labels",
    "n",
    "official % (95 %)",
    "dedup %",
    "macro-F1 (95 %)",
)
CROSS = (
    *("head", "dataset (labels)", "split", "n", "accuracy % (95 %)", "macro-F1 (95 %)"),
    *("largest class %", "seen, taken out", "with them", "on common rows", "labels outside"),
)


def elsewhere(story: Story, cross: Mapping[str, Any] | None = None) -> Told:
    """Return the section, or what is missing.

    Args:
        story: what is told of.
        cross: content of a ``cross.json`` that was named; None: that of the evaluation.
    """
    result = cross or (story.on.parts.get("cross") if story.on else None)
    name = None if result is None else name_in(result, story)
    others = others_table(story)
    if result is not None and name is not None:
        return Section(
            id="elsewhere",
            title=TITLE,
            text=tuple(sentences(result, name, story.first.heads)),
            tables=(cross_table(result, name, story.first.heads), *others),
            pictures=(_picture(result),),
            notes=(*matrix.notes(result), models(result), *datasets(result, name)),
        )
    if others:
        return Section(id="elsewhere", title=TITLE, tables=tuple(others))
    what = "scores on other datasets, without pictures it has seen"
    why = "" if result is None else "the cross.json that was named does not have this model"
    return Missing(what, "mien cross MODEL --data DATASET…, then --cross", why)


def name_in(result: Mapping[str, Any], story: Story) -> str | None:
    """Return what a matrix calls the model, by its hash; None where it is not in it."""
    whose = {story.first.origin.get("weights_sha256")}
    whose |= {story.on.metrics.get("model_sha256")} if story.on else set()
    found = [one["name"] for one in result["models"] if one["sha256"] in whose - {None, ""}]
    return str(found[0]) if found else None


def of_model(result: Mapping[str, Any], name: str, heads: Sequence[str] = ()) -> list[Line]:
    """Return the cells of a model, head by head in the order of ``heads``."""
    found = [one for one in lines(result) if one.cell["model"] == name]
    order = {head: place for place, head in enumerate(heads)}
    return sorted(found, key=lambda one: order.get(_head(one), len(order)))


def _head(one: Line) -> str:
    return one.row.rpartition(" · ")[2]


def sentences(result: Mapping[str, Any], name: str, heads: Sequence[str] = ()) -> list[str]:
    """Say what a model scores on each dataset that is not its own; its heads in that order."""
    found = []
    for one in of_model(result, name, heads):
        if one.cell["own"] or one.scores is None:
            continue
        who = "it" if len(heads) < 2 else f"head {_head(one)}"
        known = one.cell["seen"] is not None
        learnt = "which it did not learn from" if known else "which it may have learnt from"
        seen = (
            "those that it may have seen could not be taken out"
            if not known
            else f"those that it has seen are taken out: {taken_out(one.cell['seen'])}"
        )
        found.append(
            f"On {one.column}, {learnt}, {who} scores "
            f"{with_ends(one.scores['accuracy'], one.scores['intervals']['accuracy'])} % on "
            f"{one.scores['n']:,} pictures ({seen})."
        )
    return found


def cross_table(result: Mapping[str, Any], name: str, heads: Sequence[str] = ()) -> Table:
    """Return a row for each head and dataset of a matrix."""
    rows = [
        (_head(one), f"{one.column} {one.mark}".strip(), one.cell["split"],
         *_cells(one), taken_out(one.cell["seen"]), with_them(one), _common(one),
         outside(one.whole["left_out"]) or "none")
        for one in of_model(result, name, heads)
    ]  # fmt: skip
    caption = "Datasets, each without the pictures that the model has seen"
    return Table(caption, CROSS, tuple(rows), words=3)


def _cells(one: Line) -> tuple[str, ...]:
    if one.scores is None:
        return "0", "", "", ""
    around = one.scores["intervals"]
    return (
        f"{one.scores['n']:,}",
        with_ends(one.scores["accuracy"], around["accuracy"]),
        number_with_ends(one.scores["macro_f1"], around["macro_f1"]),
        f"{100 * one.scores['largest_class']:.1f}",
    )


def _common(one: Line) -> str:
    if one.common is None:
        return "0"
    share = with_ends(one.common["accuracy"], one.common["intervals"]["accuracy"])
    return f"{share} of {one.common['n']:,}"


def _picture(result: Mapping[str, Any]) -> Picture:
    return Picture(
        "cross",
        "Every model on every dataset: accuracy with interval, macro-F1 and n in each cell, on the "
        "rows that all models have in common; those of this model stand in the table.",
        "Every model on every dataset, on the rows that all have in common.",
        lambda: matrix_figure(result),
    )


def others_table(story: Story) -> list[Table]:
    """Return the first run's other evaluations, each head on its own labels."""
    told = story.on.name if story.on else ""
    rows = []
    for one in story.first.evaluations:
        for head, protocols in one.heads.items() if one.name != told else ():
            for protocol, kinds in protocols.items():
                report, dedup = kinds["official"], kinds.get("dedup")
                rows.append(
                    (f"{one.dataset}, {one.split}", head, labels(protocol), f"{report['n']:,}",
                     with_ends(report["accuracy"], interval_of(report)),
                     with_ends(dedup["accuracy"], None) if dedup else "–",
                     number_with_ends(report["macro_f1"], interval_of(report, "macro_f1")))
                )  # fmt: skip
    caption = "Other evaluations of this model; dedup leaves out copies within that dataset alone"
    return [Table(caption, OTHERS, tuple(rows), words=3)] if rows else []
