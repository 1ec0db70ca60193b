"""The files of an account of errors: figures and page, from ``errors.json`` and the dataset."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien import runs
from mien.datasets.prepared import PreparedSet
from mien.report.errors import charts, sheets
from mien.report.errors.page import page
from mien.report.figures import save

RECORD, LABELS, PAGE = "errors.json", "label_errors.csv", "errors.html"
COLUMNS = ("rank", "id", "label", "suggested", "of_label", "confidence", "votes")
HARDEST, DOUBTED, PAIRS = 24, 24, 3
"""How many pictures and pairs are drawn; the page shows more."""

Images = dict[str, npt.NDArray[np.uint8]]


def write(
    folder: Path,
    account: Mapping[str, Any],
    flagged: Sequence[Mapping[str, Any]] | None,
    prepared: PreparedSet | None = None,
) -> list[Path]:
    """Write ``errors.json``, ``label_errors.csv``, ``errors.html`` and figures.

    Args:
        folder: where they go; each file is written whole or not at all.
        account: what becomes ``errors.json``, see ``mien.evaluation.errors.account.account``.
        flagged: every picture whose label is doubted; None where nobody looked.
        prepared: the dataset, for its pictures; None leaves out all that shows some.

    Returns:
        The files written, the page first.
    """
    images = _images(account, prepared)
    figures, text = _figures(account, images), page(account, images)
    written = [folder / PAGE, folder / RECORD]
    runs.write_json(folder / RECORD, account)
    if flagged is not None:
        runs.write_text(folder / LABELS, csv_text(flagged))
        written.append(folder / LABELS)
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")
        written.append(folder / f"{name}.png")
    runs.write_text(folder / PAGE, text)
    return written


def csv_text(flagged: Sequence[Mapping[str, Any]]) -> str:
    """Return doubted labels as CSV; votes are words, the largest first, empty without any."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in flagged:
        numbers = [f"{one[key]:.6g}" for key in ("of_label", "confidence")]
        votes = sorted(one.get("votes", {}).items(), key=lambda vote: -vote[1])
        words = "; ".join(f"{name} {n}" for name, n in votes)
        writer.writerow([*(one[key] for key in COLUMNS[:4]), *numbers, words])
    return text.getvalue()


def _images(account: Mapping[str, Any], prepared: PreparedSet | None) -> Images:
    """Return every picture that the account names, by its id."""
    if prepared is None:
        return {}
    places = {name: place for place, name in enumerate(prepared.ids.tolist())}
    return {name: prepared.pixels(places[name]) for name in sorted(_named(account))}


def _named(account: Mapping[str, Any]) -> set[str]:
    shown = list(account["label_errors"].get("first", ()))
    for head in account["heads"].values():
        shown += [*head["hardest"], *head["samples"]["pictures"]]
        kinds = (kind for pair in head["pairs"] for kind in pair.get("examples", ()))
        shown += [one for kind in kinds for one in kind["pictures"]]
    return {one["id"] for one in shown}


def _figures(account: Mapping[str, Any], images: Images) -> dict[str, Any]:
    """Draw everything; name of the file → figure."""
    drawn: dict[str, Any] = {}
    for name, head in account["heads"].items():
        if head["confusions"]:
            drawn[f"confusions_{name}"] = charts.confusions_chart(head["confusions"])
        if images:
            drawn |= _of_head(name, head, images)
    labels = account["label_errors"]
    if labels.get("check") and labels["check"]["base_rate"] is not None:
        drawn["label_errors_check"] = charts.check_chart(labels["check"])
    if first := labels.get("first", [])[:DOUBTED] if images else []:
        title = f"Doubted labels: the first {len(first)} of {labels['flagged']:,}"
        drawn["label_errors"] = sheets.labels_sheet(_of(images, first), first, title)
    return drawn


def _of_head(name: str, head: Mapping[str, Any], images: Images) -> dict[str, Any]:
    drawn: dict[str, Any] = {}
    hardest, samples = head["hardest"][:HARDEST], head["samples"]["pictures"]
    if hardest:
        title = f"Confident and wrong: the first {len(hardest)} of {head['wrong']:,}"
        drawn[f"hardest_{name}"] = sheets.answers_sheet(_of(images, hardest), hardest, title)
    drawn[f"ten_{name}"] = sheets.answers_sheet(
        _of(images, samples), samples, "Right and wrong answers, drawn by lot"
    )
    for rank, pair in enumerate(head["pairs"][:PAIRS], start=1):
        drawn[f"confused_{name}_{rank}"] = sheets.pair_sheet(images, pair)
    return drawn


def _of(images: Images, pictures: Sequence[Mapping[str, Any]]) -> list[npt.NDArray[np.uint8]]:
    return [images[one["id"]] for one in pictures]
