"""Tables of calibration, of the uncertain answer and of conformal sets."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.certainty.conformal import METHODS
from mien.report.account.certainty import Certainty
from mien.report.account.pieces import Table
from mien.report.account.story import Story
from mien.report.account.words import (
    NONE,
    ends,
    interval_of,
    labels,
    number,
    percent,
    with_ends,
)

ERRORS = (
    *("head", "rows", "n", "temperature", "ECE % before", "ECE % (95 %)", "equal mass %"),
    *("classwise %", "NLL before", "NLL", "Brier"),
)
ABSTAIN = ("head", "uncertain below", "sure", "wrong of these (95 %)", "wanted", "AURC", "n")
SETS = (
    *("head", "method", "wanted", "held", "expected (95 %)", "mean size", "single", "empty"),
    *("q", "n"),
)


def errors_table(story: Story) -> Table:
    """Return the calibration errors of each head on its own labels."""
    rows = []
    for head in story.heads:
        for kind in ("official", "dedup"):
            for report in story.reports(head, "", kind)[:1]:
                rows.append((head, kind, *_errors(report, story, head)))
    own = ", ".join(f"{head} on {labels(story.own(head))}" for head in story.heads)
    return Table(f"Calibration errors ({own})", ERRORS, tuple(rows), words=2)


def _errors(report: Mapping[str, Any], story: Story, head: str) -> tuple[str, ...]:
    found, before = report["calibration"], report.get("before", {})
    divisor = story.on.metrics.get("temperatures", {}).get(head) if story.on else None
    return (
        f"{report['n']:,}",
        number(divisor),
        f"{100 * before['ece']:.1f}" if before else NONE,
        with_ends(found["ece"], interval_of(report, "ece")),
        f"{100 * found['ece_equal_mass']:.1f}",
        f"{100 * found['classwise_ece']:.1f}",
        number(before.get("nll")),
        number(found["nll"]),
        number(found["brier"]),
    )


def abstain_tables(each: list[Certainty]) -> list[Table]:
    """Return what the uncertain answer does, where a threshold was fitted."""
    rows = []
    for one in each:
        at = one.at
        if at is None:
            continue
        rows.append(
            (one.head, percent(at["below"]), percent(at["answered"]),
             with_ends(at["wrong"], at["interval"]) + " %", f"≤ {percent(at['error'], 0)}",
             number((one.selective or {}).get("aurc")), f"{at['n']:,}")
        )  # fmt: skip
    return [Table("The uncertain answer on the scored pictures", ABSTAIN, tuple(rows))][: len(rows)]


def sets_tables(each: list[Certainty]) -> list[Table]:
    """Return what conformal sets do, where they were fitted."""
    rows = [
        (one.head, method.upper(), percent(float(wanted), 0), percent(at["coverage"]),
         f"{ends(at['interval'])} %" if at["interval"] else NONE, f"{at['size']:.2f}",
         percent(at["single"], 0), percent(at.get("empty")),
         number(at["q"]), f"{at['n']:,}")
        for one in each
        for method, levels in one.sets.items()
        for wanted, at in levels.items()
    ]  # fmt: skip
    told = "how often the set of answers holds the label"
    caption = f"Conformal sets: {told}; those to use are {METHODS[0].upper()}'s"
    return [Table(caption, SETS, tuple(rows), words=2)] if rows else []
