"""Tables of scores, for the terminal and for Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

SCORE_HEADERS = ("labels", "rows", "n", "accuracy % (95 %)", "macro-F1", "unmasked %")

NARROW = {"macro-F1": "macro\nF1", "unmasked %": "un-\nmasked"}
"""Headers that take two lines on the terminal."""

Scores = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""One head's scores, as ``mien.evaluation.scoring.points`` returns them for it."""


def scores_rows(scores: Scores) -> list[list[str]]:
    """Return a row of cells (see ``SCORE_HEADERS``) for each protocol and kind of rows.

    ``unmasked %`` is empty where the head answers with no class that the labels lack.
    """
    return [
        [protocol_words(protocol), kind, *_cells(report)]
        for protocol, reports in scores.items()
        for kind, report in reports.items()
    ]


def protocol_words(protocol: str) -> str:
    """Return the name of a protocol as a reader sees it."""
    known = {"fer2013": "FER-2013", "ferplus": "FER+"}
    first, _, rest = protocol.partition("_")
    words = rest.replace("_without_contempt", ", no contempt").replace("_", " ")
    return f"{known.get(first, first)} {words}".strip()


def decimal(value: float, digits: int = 1) -> str:
    """Return a number with so many decimals, never as a zero with a minus."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def share_words(share: float, interval: Sequence[float] | None) -> str:
    """Return a share in per cent, with its interval where there is one: ``75.00 (30.1–95.4)``."""
    return f"{100 * share:.2f}" + ends_words(interval and [100 * end for end in interval])


def ends_words(interval: Sequence[float] | None, digits: int = 1) -> str:
    """Return an interval as it stands behind its number, `` (30.1–95.4)``; empty without one."""
    if interval is None:
        return ""
    low, high = (f"{end:.{digits}f}" for end in interval)
    return f" ({low}–{high})"


def _cells(report: Mapping[str, Any]) -> list[str]:
    unmasked = report.get("unmasked")
    return [
        f"{report['n']:,}",
        share_words(report["accuracy"], report["interval"]),
        f"{report['macro_f1']:.3f}",
        f"{100 * unmasked['accuracy']:.2f}" if unmasked else "",
    ]


def scores_table(scores: Scores) -> Table:
    """Return one head's scores as a table that ``rich`` prints, 80 signs wide at most."""
    masked = _masked(scores)
    lines = "\n".join([*masked, *_votes(scores)])
    table = Table(
        caption=lines or None,
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
    )
    shown = SCORE_HEADERS if masked else SCORE_HEADERS[:-1]
    for header in shown:
        text = header in ("labels", "rows")
        table.add_column(NARROW.get(header, header), justify="left" if text else "right")
        table.columns[-1].no_wrap = True
    for row in scores_rows(scores):
        table.add_row(*row[: len(shown)])
    return table


def _masked(scores: Scores) -> list[str]:
    """Say what was done about classes that the labels lack, where there are any."""
    reports = [report for kinds in scores.values() for report in kinds.values()]
    masked = sorted({name for report in reports for name in report.get("masked", ())})
    if not masked:
        return []
    names = ", ".join(masked)
    said = f"Labels without {names}: its probability counts as 0; unmasked: it may be the answer."
    emptied = max(report.get("unmasked", {}).get("emptied", 0) for report in reports)
    lost = f"Of {emptied:,} answers nothing is left so: each counts as the first class."
    return [said, lost] if emptied else [said]


def _votes(scores: Scores) -> list[str]:
    """Say what the accuracy against votes is, and how far all the votes lie from the answers."""
    lines = [
        f"{protocol_words(protocol)}, {kind}: {100 * found['agreement']:.1f} % of the votes are "
        f"for the answer ({100 * found['agreement_at_most']:.1f} % at most), KL "
        f"{found['kl']:.3f} nats"
        for protocol, reports in scores.items()
        for kind, report in reports.items()
        if "kl" in (found := report.get("calibration", {})) and protocol.startswith("ferplus_votes")
    ]
    said = (
        "Accuracy on FER+ votes: against the emotion with the most votes. With all the votes that "
        "count (no single ones):"
    )
    return [said, *lines] if lines else []


def markdown_table(headers: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; columns of numbers are set to the right.

    Args:
        headers: one a column.
        rows: as many cells each. A ``|`` and a line break in a cell are escaped.

    Raises:
        ValueError: a row is longer or shorter than the headers.
    """
    lines = [[_cell(value) for value in row] for row in (headers, *rows)]
    columns = list(zip(*lines, strict=True))
    rules = ["---:" if _numeric(column[1:]) else "---" for column in columns]
    return "".join(f"| {' | '.join(line)} |\n" for line in (lines[0], rules, *lines[1:]))


def _cell(value: object) -> str:
    return str(value).replace("|", r"\|").replace("\n", "<br>")


def _numeric(cells: Sequence[str]) -> bool:
    """Tell whether cells hold numbers (or nothing) and at least one of them does."""
    return any(cells) and all(c == "" or _is_number(c) for c in cells)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").removesuffix("%").strip())
    except ValueError:
        return False
    return True
