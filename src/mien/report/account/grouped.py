"""How groups of pictures differ, from ``groups.json``."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.sampling.significance import holm
from mien.report import groups
from mien.report.account.pieces import Missing, Picture, Section, Table, Told
from mien.report.account.story import Story
from mien.report.account.words import counted, labels
from mien.report.groups_figure import groups_figure

UNLIKELY = 0.05


def grouped(story: Story) -> Told:
    """Return the section, or what is missing; told of the first seed's run."""
    result = story.on.parts.get("groups") if story.on else None
    if result is None:
        return Missing("groups of pictures, and gaps", story.first.command("groups", story.on))
    heads = {name: result["heads"][name] for name in story.in_order(result["heads"])}
    notes = [note for head in heads.values() for note in groups.notes(result, head)]
    return Section(
        id="groups",
        title="Groups of pictures",
        text=tuple(sentence(story.before(name), head) for name, head in heads.items()),
        tables=tuple(table for name, head in heads.items() for table in tables(name, head)),
        pictures=tuple(_picture(name, head) for name, head in heads.items() if _drawn(head)),
        notes=tuple(dict.fromkeys([*notes, *groups.definitions(result)])),
    )


def sentence(before: str, head: Mapping[str, Any]) -> str:
    """Say between which groups the gap is widest, and whether chance could make it.

    The widest of several gaps is no gap that was named before: its p is corrected for all of them
    (Holm 1979).
    """
    every = {column: groups.gap_of(one) for column, one in head["columns"].items()}
    gaps = {column: gap for column, gap in every.items() if gap is not None}
    if not gaps:
        return f"{before}No two groups are large enough to be compared."
    column = max(gaps, key=lambda one: gaps[one]["accuracy"] - gaps[one]["by_chance"]["mean"])
    gap, by = gaps[column], gaps[column]["by_chance"]
    between = (
        f"“{gap['best']}” is answered best, “{gap['worst']}” worst"
        if gap["best"] and gap["worst"]
        else "groups that are not named"
    )
    p = dict(zip(gaps, holm([one["by_chance"]["p"] for one in gaps.values()]), strict=True))[column]
    likely = "chance alone rarely makes" if p < UNLIKELY else "chance alone may make"
    told = f"p = {p:.3f}"
    if len(gaps) > 1:
        told += f" by Holm over the {len(gaps)} ways, {by['p']:.3f} uncorrected"
    around = ""
    if gap["interval"]:
        low, high = (100 * end for end in gap["interval"])
        around = f" (95 % {low:.1f} to {high:.1f})"
    return (
        f"{before}Of {counted(len(gaps), 'way')} to group the pictures the one by {column} differs "
        f"most from chance: {between}, {100 * gap['accuracy']:.1f} points apart{around}; {likely} "
        f"such a gap ({told})."
    )


def tables(name: str, head: Mapping[str, Any]) -> list[Table]:
    """Return the tables of a head: gaps, groups, and the spread over groups that are not named."""
    against = f"head {name}, {labels(head['protocol'])}, n = {head['n']:,}"
    every = (
        (f"Gaps between the best and the worst group, {against}", groups.GAP_HEADERS,
         groups.gap_rows(head), 3),
        (f"Groups, {against}", groups.HEADERS, _named(groups.rows(head)), 2),
        (f"Accuracy in per cent over groups that are not named, {against}",
         groups.SPREAD_HEADERS, groups.spread_rows(head), 1),
    )  # fmt: skip
    return [
        Table(caption, headers, tuple(tuple(row) for row in rows), words)
        for caption, headers, rows, words in every
        if rows
    ]


def _named(rows: list[list[str]]) -> list[list[str]]:
    """Return rows in which each one names its column, not only the first of several."""
    name = ""
    found = []
    for first, *rest in rows:
        name = first or name
        found.append([name, *rest])
    return found


def _drawn(head: Mapping[str, Any]) -> bool:
    return any(column.get("groups") for column in head["columns"].values())


def _picture(name: str, head: Mapping[str, Any]) -> Picture:
    return Picture(
        f"groups_{name}",
        f"Accuracy of head {name} in each group with its interval; the numbers stand in the table.",
        f"Accuracy by group, head {name}.",
        lambda: groups_figure(head),
    )
