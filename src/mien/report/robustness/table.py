"""Tables of a robustness grid, and of the corruptions' levels."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from mien.report.account.words import FEW, NONE
from mien.report.tables import decimal, markdown_table
from mien.transforms.corruptions import CORRUPTIONS, LEVELS

Report = Mapping[str, Any]
_WRITTEN = {"jpeg": "JPEG", "gaussian": "Gaussian"}


def title(name: str) -> str:
    """Return the name of a corruption as text: ``low_light`` is ``low light``."""
    text = name.replace("_", " ")
    for code, shown in _WRITTEN.items():
        text = text.replace(code, shown)
    return text


def middle_level(report: Report) -> str:
    """Return level 3, or where it was not scored the middle one of those that were."""
    levels = list(report["levels"])
    return "3" if "3" in levels else str(levels[(len(levels) - 1) // 2])


def headers(report: Report, relative: Report | None = None) -> list[str]:
    """Return the headers of ``rows``."""
    levels = [f"level {level}" for level in report["levels"]]
    errors = ["CE", "relative CE"] if relative is not None else []
    return ["corruption", *levels, "mean", "points lost (95 %)", *errors]


def rows(report: Report, relative: Report | None = None) -> list[list[str]]:
    """Return a row of cells for each corruption, and the mean of all.

    Args:
        report: one head's numbers on one protocol and kind of rows.
        relative: its errors relative to a baseline, see ``mien.evaluation.robustness.compare``.
    """
    found = []
    for name, levels in report["cells"].items():
        errors = () if relative is None else tuple(relative["corruptions"][name].values())
        scores = [*levels.values(), report["corruptions"][name]]
        found.append([title(name), *_cells(scores), *(_number(e) for e in errors)])
    errors = () if relative is None else (relative["mce"], relative["relative_mce"])
    scores = [*report["levels"].values(), report["mean"]]
    return [*found, ["mean of all", *_cells(scores), *(_number(e) for e in errors)]]


def _cells(scores: list[Report]) -> list[str]:
    last = scores[-1]
    around = " to ".join(decimal(end) for end in last["drop_interval"] or ()) or NONE
    lost = f"{decimal(last['drop_points'])} ({around})"
    return [*(f"{100 * one['accuracy']:.1f}" for one in scores), lost]


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def caption(report: Report) -> str:
    """Say what the numbers of a table are."""
    clean = 100 * report["clean"]["accuracy"]
    drawn = f"bootstrap by {report['unit']}" if report["mean"]["drop_interval"] else FEW
    return (
        f"Accuracy in per cent, n = {report['n']:,}; clean pictures: {clean:.1f}. Points lost: "
        f"clean minus corrupted, mean over the levels; {drawn}."
    )


def scores_table(report: Report, relative: Report | None = None) -> Table:
    """Return a grid as a table that ``rich`` prints."""
    between = 0 if relative else 1  # so that it fits 80 columns
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, between, 0, 0),
        caption=caption(report),
        caption_justify="left",
    )
    for place, header in enumerate(headers(report, relative)):
        short = header.replace("level ", "").replace("relative", "rel.")
        table.add_column(short, justify="right" if place else "left", no_wrap=True)
    lines = rows(report, relative)
    for row in lines[:-1]:
        table.add_row(*row)
    table.add_section()
    table.add_row(*lines[-1], style="bold")
    return table


def markdown(report: Report, relative: Report | None = None) -> str:
    """Return a grid as a Markdown table with what its numbers are below it."""
    return f"{markdown_table(headers(report, relative), rows(report, relative))}\n{caption(report)}"


def levels_markdown() -> str:
    """Return the table of corruptions and their levels in Markdown, for the documentation."""
    names = ["corruption", "what it is", "strength", *(str(level) for level in LEVELS)]
    lines = [
        [f"`{name}`", one.what, one.unit, *(f"{value:g}" for value in one.levels)]
        for name, one in CORRUPTIONS.items()
    ]
    return markdown_table(names, lines)
