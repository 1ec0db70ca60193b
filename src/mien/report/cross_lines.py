"""The cells of the matrix of models and datasets, from ``cross.json``, and how they are written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mien.report.tables import ends_words, protocol_words, share_words

Result = Mapping[str, Any]
Scores = Mapping[str, Any]

VOTES = ("ferplus_majority", "ferplus_majority_without_contempt")
MARKS = {"own": "‡", "unknown": "†"}


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of the matrix: a head of a model on one kind of labels of a dataset.

    ``scores`` are those without what the model has seen, where that is known; else of all rows.
    ``common`` are those on the rows and classes that all models of the column share; None where
    there are none.
    """

    row: str
    column: str
    cell: Mapping[str, Any]
    scores: Scores | None
    whole: Scores
    common: Scores | None

    @property
    def mark(self) -> str:
        """Return what a reader has to know of this cell, as a sign."""
        unknown = MARKS["unknown"] if self.cell["seen"] is None else ""
        return (MARKS["own"] if self.cell["own"] else "") + unknown


def lines(result: Result) -> list[Line]:
    """Return the cells: all of a model's head, then those of the next one.

    The votes of a dataset are taken with contempt where every head can answer so, else without.
    """
    heads = [head for model in result["models"] for head in model["heads"].values()]
    taken = VOTES[0] if all("contempt" in classes for classes in heads) else VOTES[1]
    found = [one for cell in result["cells"] for one in _lines(cell, taken)]
    order = list(dict.fromkeys(one.row for one in found))
    return sorted(found, key=lambda one: order.index(one.row))


def _lines(cell: Mapping[str, Any], taken: str) -> Iterator[Line]:
    for head, protocols in cell["heads"].items():
        for protocol, kinds in protocols.items():
            if protocol in VOTES and protocol != taken:
                continue
            name = f"{cell['dataset']} ({protocol_words(protocol)})"
            shown = kinds["all"] if cell["seen"] is None else kinds["clean"]
            common = kinds.get("common", shown)
            yield Line(f"{cell['model']} · {head}", name, cell, shown, kinds["all"], common)


def matrix(result: Result) -> tuple[list[str], list[str], dict[tuple[str, str], Line]]:
    """Return rows, columns, and what stands in each place that is taken."""
    found = lines(result)
    rows = list(dict.fromkeys(one.row for one in found))
    columns = list(dict.fromkeys(one.column for one in found))
    return rows, columns, {(one.row, one.column): one for one in found}


def cell_text(one: Line | None, between: str) -> str:
    """Return what stands in a place of the matrix, on common rows, its parts set ``between``."""
    if one is None:
        return ""
    if one.common is None:
        return f"nothing left{one.mark}"
    f1 = f"F1 {one.common['macro_f1']:.3f}"
    return between.join([accuracy(one.common) + one.mark, f1, f"n = {one.common['n']:,}"])


def share(one: Line | None) -> float:
    """Return the accuracy on common rows, which shades a place; 0 where there is none."""
    return 0.0 if one is None or one.common is None else float(one.common["accuracy"])


def count(scores: Scores | None) -> str:
    """Return how many rows were scored."""
    return "0" if scores is None else f"{scores['n']:,}"


def accuracy(scores: Scores | None) -> str:
    """Return the accuracy in per cent, with its interval."""
    if scores is None:
        return ""
    return share_words(scores["accuracy"], scores["intervals"]["accuracy"])


def macro_f1(scores: Scores | None) -> str:
    """Return the macro-F1 with its interval."""
    if scores is None:
        return ""
    return f"{scores['macro_f1']:.3f}" + ends_words(scores["intervals"]["macro_f1"], 3)


def with_them(one: Line) -> str:
    """Return the accuracy on all rows, those that the model has seen among them, and how many."""
    return f"{percent(one.whole['accuracy'])} of {one.whole['n']:,}"


def percent(value: float | None) -> str:
    """Return a share in per cent, empty where there is none."""
    return "" if value is None else f"{100 * value:.2f}"


def taken_out(seen: Mapping[str, int] | None) -> str:
    """Say how many pictures were taken out: copies and near copies."""
    if seen is None:
        return "not known"
    near = sum(count for kind, count in seen.items() if kind.startswith("near_"))
    same = sum(seen.values()) - near
    return f"{same:,} copies, {near:,} near"


def outside(left_out: Mapping[str, int]) -> str:
    """Say how many rows have a label that the head has no name for."""
    return ", ".join(f"{name} {count:,}" for name, count in left_out.items() if count)
