"""The table of a cross-validation, from its ``crossval.json``: for the terminal and Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from mien.report.tables import markdown_table

HEADERS = ("fold", "n", "accuracy % (95 %)", "macro-F1", "best epoch", "hours")
CLASS_HEADERS = ("class", "n", "recall %", "precision %", "F1")
OTHER_HEADERS = ("head", "labels", "n", "accuracy %", "macro-F1", "pooled %")

SPREAD = (
    "± is the standard deviation of the folds' scores (n - 1). Folds share most of the pictures "
    "that they learn from, so it is no standard error of the mean, and says nothing about other "
    "datasets (Bengio & Grandvalet 2004, JMLR 5:1089-1105)."
)
POOLED = (
    "Pooled: all pictures held out, each answered by the run that did not learn it, with a "
    "95 % Wilson interval; hours are those of all their runs."
)

Result = Mapping[str, Any]


def fold_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``HEADERS``) a fold, then mean ± spread, then pooled scores."""
    head, protocol = result["main"]["head"], result["main"]["protocol"]
    several = result["dealing"]["repeats"] > 1
    rows = []
    for one in result["folds"]:
        name = f"{one['repeat']}.{one['fold']}" if several else str(one["fold"])
        report = _official(one, head, protocol)
        rows.append([name, *_scored(report), f"{one['best_epoch'] + 1}", f"{one['hours']:.2f}"])
    summed = result["summary"][head][protocol]
    means = [mean(summed["accuracy"], 100, 2), mean(summed["macro_f1"], 1, 3)]
    rows.append(["mean ± sd", "", *means, "", ""])
    for one in result["pooled"]:
        name = f"pooled {one['repeat']}" if several else "pooled"
        hours = sum(f["hours"] for f in result["folds"] if f["repeat"] == one["repeat"])
        rows.append([name, *_scored(_official(one, head, protocol)), "", f"{hours:.2f}"])
    return rows


def _official(one: Result, head: str, protocol: str) -> Result | None:
    report: Result | None = one["heads"][head].get(protocol, {}).get("official")
    return report


def _scored(report: Result | None) -> list[str]:
    if report is None:
        return ["0", "", ""]
    low, high = (100 * end for end in report["interval"])
    share = f"{100 * report['accuracy']:.2f} ({low:.1f}–{high:.1f})"
    return [f"{report['n']:,}", share, f"{report['macro_f1']:.3f}"]


def mean(spread: Mapping[str, Any], scale: float, digits: int) -> str:
    """Return ``mean ± sd`` of a ``spread``, times ``scale``; "" where there is none."""
    if spread["mean"] is None:
        return ""
    text = f"{scale * spread['mean']:.{digits}f}"
    return text if spread["sd"] is None else f"{text} ± {scale * spread['sd']:.{digits}f}"


def class_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``CLASS_HEADERS``) a class: mean ± spread over the folds."""
    main = result["summary"][result["main"]["head"]][result["main"]["protocol"]]
    return [
        [
            name,
            f"{one['support']:,}",
            mean(one["recall"], 100, 1),
            mean(one["precision"], 100, 1),
            mean(one["f1"], 1, 3),
        ]
        for name, one in main["per_class"].items()
    ]


def other_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``OTHER_HEADERS``) for each head and other set of labels."""
    rows = []
    for head, protocols in result["summary"].items():
        for name, one in protocols.items():
            if {"head": head, "protocol": name} == result["main"]:
                continue
            shares = [_official(part, head, name) for part in result["pooled"]]
            text = ", ".join(f"{100 * r['accuracy']:.2f}" for r in shares if r is not None)
            scores = [mean(one["accuracy"], 100, 2), mean(one["macro_f1"], 1, 3), text]
            rows.append([head, name.replace("_", " "), f"{one['n']:,}", *scores])
    return rows


def title(result: Result) -> str:
    """Say what was cross-validated on what."""
    dealing, times = result["dealing"], result["dealing"]["repeats"]
    again = f", {times} times" if times > 1 else ""
    head, protocol = result["main"]["head"], result["main"]["protocol"]
    return (
        f"{result['config']['name']}: {dealing['folds']} folds{again} of {result['n']:,} training "
        f"pictures of {result['dataset']['name']} ({result['kept']}); head {head} on "
        f"{protocol.replace('_', ' ')} labels"
    )


def notes(result: Result) -> list[str]:
    """Return what a reader of the tables has to know, a sentence or two each."""
    return [SPREAD, POOLED, *(f"{note}." for note in result["notes"])]


def _tables(result: Result) -> list[tuple[Sequence[str], list[list[str]]]]:
    found = [
        (HEADERS, fold_rows(result)),
        (CLASS_HEADERS, class_rows(result)),
        (OTHER_HEADERS, other_rows(result)),
    ]
    return [(headers, rows) for headers, rows in found if rows]


def tables(result: Result) -> list[Table]:
    """Return the tables that ``rich`` prints."""
    found = []
    for headers, rows in _tables(result):
        table = Table()
        for header in headers:
            text = header in ("fold", "class", "head", "labels")
            table.add_column(
                header, justify="left" if text else "right", no_wrap=header != "labels"
            )
        for place, row in enumerate(rows, 1):
            last = headers is HEADERS and place == len(result["folds"])
            table.add_row(*row, end_section=last)
        found.append(table)
    return found


def markdown(result: Result) -> str:
    """Return ``crossval.md``."""
    parts = [f"# {title(result)}", *(markdown_table(*one).rstrip() for one in _tables(result))]
    return "\n\n".join([*parts, *notes(result)]) + "\n"
