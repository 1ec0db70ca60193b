"""Differences between models as a table: how large, how sure, and whether it could be chance."""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.report.account.words import FEW, labels
from mien.report.fitting import Cells, Fitted
from mien.report.tables import markdown_table

HEADERS = (
    "first",
    "second",
    "n",
    "accuracy, points (95 %)",
    "macro-F1, points (95 %)",
    "only first : second right",
    "p",
    "p, Holm",
    "differ",
)
WORDS = ("first", "second", "differ")
"""Headers of columns that are no numbers."""
SIDES = ("model", "head", "n", "accuracy %", "macro-F1")
KINDS = {"official": "every row", "dedup": "without copies of training pictures"}
KEYS = 2
"""How many columns name a row."""
LEVEL = 0.05
Found = Sequence[Mapping[str, Any]]
"""Differences as ``evaluation.sampling.sides.between`` returns them, both sides named."""


def significance_rows(found: Found) -> list[list[str]]:
    """Return a row of cells (see ``HEADERS``) for each difference, first minus second."""
    return [
        [
            one["first"]["model"],
            one["second"]["model"],
            f"{one['n']:,}",
            _points(one["accuracy"]),
            _points(one["macro_f1"]),
            _discordant(one["mcnemar"]),
            p_words(one["swap_p"]),
            p_words(one["swap_p_holm"]),
            "yes" if one["swap_p_holm"] < LEVEL else "not shown",
        ]
        for one in found
    ]


def significance_fields(found: Found) -> list[dict[str, Any]]:
    """Return a line of plain values for each difference, for CSV; shares, not percent."""
    return [
        {
            "first": one["first"]["model"],
            "second": one["second"]["model"],
            "n": one["n"],
            "unit": one["unit"],
            "clusters": one["clusters"],
            **_numbers("accuracy", one["accuracy"]),
            **_numbers("macro_f1", one["macro_f1"]),
            "only_first_right": one["mcnemar"]["b"] if one["mcnemar"] else None,
            "only_second_right": one["mcnemar"]["c"] if one["mcnemar"] else None,
            "mcnemar_p": one["mcnemar"]["p"] if one["mcnemar"] else None,
            "mcnemar_p_mid": one["mcnemar"]["p_mid"] if one["mcnemar"] else None,
            "swap_p": one["swap_p"],
            "swap_p_holm": one["swap_p_holm"],
            "corrected_for": one["corrected_for"],
            "resamples": one["resamples"],
            "seed": one["seed"],
        }
        for one in found
    ]


def significance_notes(found: Found) -> list[str]:
    """Return what a reader of the table must know."""
    if not found:
        return []
    first = found[0]
    person = first["unit"] == "subject"
    by, several = ("person", "people") if person else ("picture", "pictures")
    single = all(one["mcnemar"] for one in found)
    drawn = (
        f"its interval: paired bootstrap of {first['clusters']:,} {several}, "
        f"{first['resamples']:,} resamples, seed {first['seed']}"
    )
    return [
        "difference: first minus second, in percentage points; "
        + (drawn if first["accuracy"]["interval"] else FEW),
        f"p: exact, that the accuracies differ, by swapping the answers of the two {by} by {by}"
        + (" (McNemar's test)" if single and not person else "")
        + ("" if single else "; several seeds count by their mean, their answers swap together")
        + f"; Holm: {_corrected(found)}; differ: below {LEVEL}",
        "none of this tells what other seeds in training would give",
    ]


def _corrected(found: Found) -> str:
    """Say for how many tests p is corrected."""
    number = found[0]["corrected_for"]
    said = f"corrected for {number} {'pair' if number == 1 else 'pairs'}"
    if number == len(found):
        return said
    return f"{said}, all that could be made, since the first was chosen by its score"


def significance_markdown(found: Found) -> str:
    """Return the table in Markdown."""
    return markdown_table(HEADERS, significance_rows(found))


def compared_markdown(found: Found) -> str:
    """Return what was scored, each side's scores, the differences and the notes in Markdown."""
    parts = [scored_on(found), markdown_table(SIDES, side_rows(found)).rstrip("\n")]
    parts.append(significance_markdown(found).rstrip("\n"))
    parts.append("\n".join(f"- {note}" for note in significance_notes(found)))
    return "\n\n".join(part for part in parts if part) + "\n"


def scored_on(found: Found) -> str:
    """Say on which pictures and against which labels the models were compared."""
    return "; ".join(
        dict.fromkeys(
            f"{one['data']['name']}, {one['data']['split']} split, {labels(one['protocol'])}, "
            f"{one['kind']} rows ({KINDS[one['kind']]}), n = {one['n']:,}, classes: "
            f"{', '.join(one['classes'])}"
            for one in found
        )
    )


def side_rows(found: Found) -> list[list[str]]:
    """Return a row of cells (see ``SIDES``) for each model that was compared."""
    each = {
        (
            one[side]["model"],
            one[side]["head"],
            f"{one['n']:,}",
            f"{100 * one['accuracy'][side]:.2f}",
            f"{one['macro_f1'][side]:.3f}",
        ): None
        for one in found
        for side in ("first", "second")
    }
    return [list(row) for row in each]


def side_columns(found: Found) -> list[Cells]:
    """Return each model's scores column by column."""
    rows = zip(*side_rows(found), strict=True)
    return [
        Cells(header, tuple(cells), header not in ("model", "head"))
        for header, cells in zip(SIDES, rows, strict=True)
    ]


def significance_columns(found: Found) -> list[Cells]:
    """Return the table column by column."""
    rows = significance_rows(found)
    return [
        Cells(header, tuple(row[place] for row in rows), header not in WORDS)
        for place, header in enumerate(HEADERS)
    ]


def significance_table(found: Found) -> Fitted:
    """Return the table as ``rich`` prints it, its notes below it."""
    return Fitted(significance_columns(found), KEYS, significance_notes(found))


def p_words(p: float) -> str:
    """Return a p value: ``0.0312``, or ``<0.0001``."""
    return "<0.0001" if p < 1e-4 else f"{p:.4f}"


def _points(one: Mapping[str, Any]) -> str:
    """Return a difference in percentage points, with its interval, ``(—)`` without one."""
    around = " to ".join(signed(end) for end in one["interval"] or ()) or "—"
    return f"{signed(one['difference'])} ({around})"


def signed(share: float, digits: int = 2) -> str:
    """Return a difference in percentage points with its sign; what rounds to 0 is ``+0.00``."""
    return f"{round(100 * share, digits) + 0.0:+.{digits}f}"


def _discordant(mcnemar: Mapping[str, Any] | None) -> str:
    return f"{mcnemar['b']:,} : {mcnemar['c']:,}" if mcnemar else "—"


def _numbers(name: str, one: Mapping[str, Any]) -> dict[str, float | None]:
    low, high = one["interval"] or (None, None)
    return {
        f"{name}_first": one["first"],
        f"{name}_second": one["second"],
        f"{name}_difference": one["difference"],
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_p": one["p"],
    }
