"""The page of an exploration: one file that asks for nothing from outside."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mien
from mien.report.explore.material import SEED, Material
from mien.report.explore.panels.panel import Panel, present
from mien.report.templates import templates

_HERE = Path(__file__).parent


def page(material: Material, panels: Sequence[Panel], pictures: Mapping[str, bytes]) -> str:
    """Return the page as HTML.

    Args:
        material: what was looked at.
        panels: what is shown and what is not.
        pictures: key of a panel → its PNG.
    """
    return (
        templates(_HERE)
        .get_template("page.html.j2")
        .render(
            name=material.record["name"],
            summary=summary(material),
            facts=facts(material),
            figures=[_shown(panel, pictures[panel.key]) for panel in panels if not panel.missing],
            missing=[panel for panel in panels if panel.missing],
            method=method(material),
        )
    )


def _shown(panel: Panel, png: bytes) -> dict[str, Any]:
    names = ("key", "title", "n", "reading", "alt", "how", "headers", "rows")
    told = {name: getattr(panel, name) for name in names}
    return told | {"base64": b64encode(png).decode("ascii")}


def summary(material: Material) -> str:
    """Return one sentence that says what the dataset is."""
    record, count = material.record, len(material)
    classes = len(present(material.labels))
    parts = [f"{record.get('splits', {}).get(s, 0):,} {s}" for s in record.get("splits", {})]
    return (
        f"{count:,} readable pictures of {classes} {'class' if classes == 1 else 'classes'} "
        f"({', '.join(parts)}), with the labels of {record['label_set']}"
        f"{'' if material.votes is None else ' and FER+ votes'}."
    )


def facts(material: Material) -> list[tuple[str, str]]:
    """Return what the record says of the dataset, line by line; empty ones are left out."""
    record = material.record
    unreadable = material.total - len(material)
    lines = {
        "name": record["name"],
        "labels": record["label_set"],
        "made from": record.get("layout"),
        "files": ", ".join(str(file.get("name")) for file in record.get("files") or ()),
        "votes": (record.get("votes") or {}).get("name"),
        "split": record.get("split"),
        "balanced by": record.get("balance"),
        "pictures": f"{material.total:,}, {unreadable:,} of them unreadable",
        "notes": "; ".join(record.get("notes") or ()),
        "data hash": material.sha256,
        "prepared with": f"mien {record['mien']}" if record.get("mien") else "",
        "explored with": f"mien {mien.__version__}",
    }
    return [(key, str(value)) for key, value in lines.items() if value]


def method(material: Material) -> str:
    """Say which pictures were looked at, and what was done to them."""
    looked, side = len(material.sample), material.measured.side
    which = (
        "every readable picture"
        if looked == len(material)
        else f"a sample of {looked:,} of the {len(material):,} readable pictures, drawn with seed "
        f"{SEED}"
    )
    return (
        f"Counts are of every readable picture, numbers about pixels of {which}. Colour pictures "
        "are turned grey by ITU-R BT.601 luma. Where pictures are compared pixel by pixel they "
        f"are brought to {side} × {side} pixels (Pillow's bilinear filter). The same dataset gives "
        "the same page."
    )
