"""Scores of groups, from ``groups.json``: as tables, Markdown and picture."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from mien.evaluation.groups.grouping import NO_LANDMARKS, UNKNOWN
from mien.report.tables import decimal, markdown_table, protocol_words

Result = Mapping[str, Any]

HEADERS = ("column", "group", "n", "accuracy % (95 %)", "expected %", "macro-F1")
GAP_HEADERS = ("column", "best", "worst", "gap in points (95 %)", "expected", "by chance", "p")
SPREAD_HEADERS = ("column", "groups scored", "rows", "lowest", "median", "highest", "sd")
NUMBERS = (*HEADERS[2:], *GAP_HEADERS[3:], *SPREAD_HEADERS[1:])
EXPECTED = (
    "Expected: the accuracy if each emotion of a group were recognised as often as in all rows. "
    "Macro-F1 is over the emotions that a group has."
)
GAP = (
    "Gap: accuracy of the best group less that of the worst, of those whose value is known, with "
    "the interval of the difference of these two; expected: the gap that their emotions alone let "
    "expect. By chance: the mean gap (and its 95th percentile) where answers are dealt out to the "
    "groups anew, as if pictures were independent; p is the share of such gaps that is not "
    "smaller. Where a person has several pictures, p is too small: heed the interval. Of many "
    "columns some have a small p by chance."
)
UNITS = {
    "picture": "Intervals: percentile bootstrap by picture.",
    "subject": "Intervals: percentile bootstrap by person; none where a group has fewer than five.",
}


def rows(head: Result) -> list[list[str]]:
    """Return a row of cells (see ``HEADERS``) for each group that was scored, of one head."""
    return [
        [
            name if place == 0 else "",
            one["group"],
            f"{one['n']:,}",
            between(one["accuracy"], one["intervals"]["accuracy"]),
            f"{100 * one['expected_accuracy']:.1f}",
            f"{one['macro_f1']:.3f}",
        ]
        for name, column in head["columns"].items()
        for place, one in enumerate(column.get("groups", ()))
    ]


def gap_rows(head: Result) -> list[list[str]]:
    """Return a row of cells (see ``GAP_HEADERS``) for each column with two scored groups."""
    return [
        [
            name,
            found["best"] or "not told",
            found["worst"] or "not told",
            between(found["accuracy"], found["interval"]),
            decimal(100 * found["expected_accuracy"]),
            f"{100 * found['by_chance']['mean']:.1f} ({100 * found['by_chance']['high']:.1f})",
            f"{found['by_chance']['p']:.3f}",
        ]
        for name, column in head["columns"].items()
        if (found := gap_of(column)) is not None
    ]


def gap_of(column: Result) -> Result | None:
    """Return a column's gap among the groups whose value is known; None where there is none."""
    found: Result | None = column["gap_known"] if _without(column) else column["gap"]
    return found


def _without(column: Result) -> Result | None:
    """Return the group of the rows that have no value, where it was scored."""
    missing = (one for one in column.get("groups", ()) if one["group"] in (UNKNOWN, NO_LANDMARKS))
    return next(missing, None)


def without_value(head: Result) -> list[str]:
    """Say how rows without a value are answered, once for columns that lack it of the same."""
    found: dict[str, list[str]] = {}
    for name, column in head["columns"].items():
        if one := _without(column):
            what = "pictures in which the detector found no face"
            said = (
                f"{what if one['group'] == NO_LANDMARKS else UNKNOWN}: n = {one['n']:,}, "
                f"{between(one['accuracy'], one['intervals']['accuracy'])} % right"
            )
            found.setdefault(said, []).append(name)
    return [
        f"{', '.join(names)}: {said}; all rows {100 * head['accuracy']:.1f} %. They are no part of "
        "a gap."
        for said, names in found.items()
    ]


def spread_rows(head: Result) -> list[list[str]]:
    """Return a row of cells (see ``SPREAD_HEADERS``) for each column whose groups are not told."""
    found = []
    for name, column in head["columns"].items():
        if "spread" not in column:
            continue
        spread = column["spread"] or {}
        values = [spread.get(key) for key in ("lowest", "median", "highest", "sd")]
        of = column["scored"]["groups"] + column["small"]["groups"]
        found.append(
            [
                name,
                f"{column['scored']['groups']:,} of {of:,}",
                f"{column['scored']['rows']:,}",
                *("" if value is None else f"{100 * value:.1f}" for value in values),
            ]
        )
    return found


def notes(result: Result, head: Result) -> list[str]:
    """Return what a reader of a head's tables has to know."""
    found = [EXPECTED, GAP]
    found += without_value(head)
    found += [UNITS[unit] for unit in sorted({c["unit"] for c in head["columns"].values()})]
    for name, column in head["columns"].items():
        small = column["small"]
        if small["groups"]:
            named = f" ({', '.join(small['names'])})" if small["names"] else ""
            many = "groups" if small["groups"] > 1 else "group"
            found.append(
                f"{name}: not scored: {small['groups']:,} {many}{named} of fewer than "
                f"{result['least']} rows, {small['rows']:,} rows in all."
            )
        if column["unknown"]:
            found.append(f"{name}: not known of {column['unknown']:,} rows.")
    return found


def definitions(result: Result) -> list[str]:
    """Say what each measured column is, and where it was cut."""
    found = []
    for name, column in result["columns"].items():
        if column["edges"]:
            edges = ", ".join(f"{edge:.4g}" for edge in column["edges"])
            found.append(f"{name}: {column['how']}; cut at {edges}, quarters of all rows.")
    return found


def tables(head: Result) -> Iterator[Table]:
    """Yield the tables of one head that ``rich`` prints."""
    for headers, found in _tables(head):
        made = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for place, header in enumerate(headers):
            figure = place > 0 and header in NUMBERS
            made.add_column(
                header, justify="right" if figure else "left", overflow="fold", no_wrap=figure
            )
        for number, row in enumerate(found):
            if number and row[0] and headers is HEADERS:
                made.add_section()
            made.add_row(*row)
        yield made


def _tables(head: Result) -> list[tuple[Sequence[str], list[list[str]]]]:
    every = [
        (HEADERS, rows(head)),
        (SPREAD_HEADERS, spread_rows(head)),
        (GAP_HEADERS, gap_rows(head)),
    ]
    return [(headers, found) for headers, found in every if found]


def markdown(result: Result) -> str:
    """Return ``groups.md``."""
    data = result["data"]
    parts = [f"# Groups: {result['model']} on {data['name']}, {data['split']}"]
    for name, head in result["heads"].items():
        labels = protocol_words(head["protocol"])
        share = f"{100 * head['accuracy']:.2f} %"
        parts.append(f"## Head {name}, {labels} labels, n = {head['n']:,}, accuracy {share}")
        parts += [markdown_table(*one).rstrip() for one in _tables(head)]
        parts += notes(result, head)
    what = f"Model `{result['model_sha256'][:12]}`, dataset `{data['sha256'][:12]}`"
    parts += [*definitions(result), f"{what}, made {result['environment']['time']}."]
    return "\n\n".join(parts) + "\n"


def between(value: float, interval: Sequence[float] | None) -> str:
    """Return a share in per cent, with its interval where there is one."""
    text = decimal(100 * value)
    if interval is None:
        return text
    return f"{text} ({decimal(100 * interval[0])} to {decimal(100 * interval[1])})"
