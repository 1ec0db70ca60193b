"""The matrix of models and datasets, from ``cross.json``: as table and Markdown."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from mien.report.cross_lines import (
    MARKS,
    Result,
    accuracy,
    cell_text,
    count,
    lines,
    macro_f1,
    matrix,
    outside,
    percent,
    taken_out,
    with_them,
)
from mien.report.tables import markdown_table

HEADERS = (
    *("model · head", "dataset (labels)", "split", "n", "accuracy % (95 %)", "macro-F1"),
    "with them",
)
COMMON_HEADERS = ("dataset (labels)", "model · head", "n", "accuracy % (95 %)", "macro-F1 (95 %)")
LONG_HEADERS = (
    *("model · head", "dataset (labels)", "split", "classes", "n", "accuracy % (95 %)"),
    *("balanced %", "macro-F1 (95 %)", "largest class %", "seen, taken out", "with them"),
    "labels outside",
)
OWN = (
    "‡ a dataset that the model, or the weights that it started from, learnt from: its test split."
)
UNKNOWN = (
    "† the pictures that the model, or the weights that it started from, learnt from were not at "
    "hand: copies of them could not be taken out."
)
ACROSS = (
    "Each cell is scored on the classes that labels and head share; what else the head answers "
    "with is masked and the rest divided by its sum, and rows with another label are left out. "
    "So cells of one dataset may differ in rows and classes."
)
COMMON = (
    "Common rows: scored of every model, seen by none of them as far as is known, with a label "
    "that every head has; all answer there with the classes that all have. Compare models on these."
)
SEEN = (
    "Copies (same pixels) and near copies (see `mien data audit`) of what a model learnt from or "
    "was chosen by are taken out; `with them` is the accuracy in % on all rows, and their number."
)
INTERVALS = {
    "picture": "95 % intervals: percentile bootstrap, {} resamples of pictures.",
    "subject": "95 % intervals: percentile bootstrap, {} resamples; of people where the dataset "
    "names them (none for fewer than five), of pictures elsewhere.",
}


def short_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``HEADERS``) for each cell of the matrix."""
    return [
        [
            one.row,
            f"{one.column} {one.mark}".strip(),
            one.cell["split"],
            count(one.scores),
            accuracy(one.scores),
            "" if one.scores is None else f"{one.scores['macro_f1']:.3f}",
            with_them(one),
        ]
        for one in lines(result)
    ]


def common_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``COMMON_HEADERS``) for each cell, dataset by dataset."""
    found = lines(result)
    columns = dict.fromkeys(one.column for one in found)
    return [
        [
            column,
            f"{one.row} {one.mark}".strip(),
            count(one.common),
            accuracy(one.common),
            macro_f1(one.common),
        ]
        for column in columns
        for one in found
        if one.column == column
    ]


def long_rows(result: Result) -> list[list[str]]:
    """Return a row of cells (see ``LONG_HEADERS``) for each cell of the matrix."""
    found = []
    for one, short in zip(lines(result), short_rows(result), strict=True):
        scores = one.scores or {}
        found.append(
            [
                *short[:3],
                str(len(scores.get("classes", ()))),
                *short[3:5],
                percent(scores.get("balanced_accuracy")),
                macro_f1(one.scores),
                percent(scores.get("largest_class")),
                taken_out(one.cell["seen"]),
                with_them(one),
                outside(one.whole["left_out"]),
            ]
        )
    return found


def notes(result: Result) -> list[str]:
    """Return what a reader of the matrix has to know."""
    found = lines(result)
    marks = {sign for one in found for sign in one.mark}
    units = {one.whole["unit"] for one in found}
    said = INTERVALS["subject" if "subject" in units else "picture"]
    return [
        *([OWN] if MARKS["own"] in marks else []),
        *([UNKNOWN] if MARKS["unknown"] in marks else []),
        SEEN,
        ACROSS,
        COMMON,
        said.format(f"{result['bootstrap']['resamples']:,}"),
        *(
            f"{model['name']}: {model['learnt_from']['note']}."
            for model in result["models"]
            if model["learnt_from"]["note"]
        ),
        *sorted({f"{cell['note']}." for cell in result["cells"] if cell["note"]}),
    ]


def tables(result: Result) -> list[Table]:
    """Return the matrix as tables that ``rich`` prints, one line a cell; then what to know.

    The first has each cell on its own rows, the second all models on common ones; the second is
    left out where there is nothing to compare.
    """
    found = [_table("Each on its own rows", HEADERS, short_rows(result))]
    if len({one.row for one in lines(result)}) > 1:
        found.append(_table("All on common rows", COMMON_HEADERS, common_rows(result)))
    return found


def _table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    made = Table(
        box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title=title, title_justify="left"
    )
    for place, header in enumerate(headers):
        number = header in ("n", *HEADERS[4:], *COMMON_HEADERS[3:])
        name = header.removesuffix(" (95 %)") if place else header
        made.add_column(name, justify="right" if number else "left", no_wrap=number)
    before = ""
    for row in rows:
        if before and row[0] != before:
            made.add_section()
        made.add_row(*row)
        before = row[0]
    return made


def markdown(result: Result) -> str:
    """Return ``cross.md``: the matrix, then every number of each cell, then the notes."""
    rows, columns, places = matrix(result)
    cells = [
        [name, *(cell_text(places.get((name, column)), ", ") for column in columns)]
        for name in rows
    ]
    parts = [
        "# Every model on every dataset",
        "Accuracy in per cent with its 95 % interval, macro-F1, and the number of pictures: on "
        "the rows that all models have in common.",
        markdown_table(["model · head", *columns], cells).rstrip(),
        "Each model on all rows that it can be scored on:",
        markdown_table(LONG_HEADERS, long_rows(result)).rstrip(),
        *notes(result),
        _what(result),
    ]
    return "\n\n".join(parts) + "\n"


def _what(result: Result) -> str:
    """Say which files these were, by hash."""
    models = [
        f"{one['name']} `{one['sha256'][:12]}`, learnt from "
        f"{one['learnt_from']['name'] or 'what it does not record'}"
        for one in result["models"]
    ]
    sets = [
        f"{one['name']} `{one['sha256'][:12]}`, {one['pictures']:,} pictures"
        for one in result["datasets"]
    ]
    when = result["environment"]["time"]
    return f"Models: {'; '.join(models)}. Datasets: {'; '.join(sets)}. Made {when}."
