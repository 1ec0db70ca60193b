"""The page: one file without a script, a link to elsewhere or any request."""

from pathlib import Path
from typing import Any

import mien
from mien import runs
from mien.datasets.auditing.files import names_of, tally
from mien.datasets.auditing.findings import Findings
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.source import SPLITS
from mien.report.gallery import cards
from mien.report.templates import templates

MOST = 300
"""About how many pictures of a kind are shown."""

_HERE = Path(__file__).parent


def write_page(path: Path, findings: Findings, most: int = MOST) -> None:
    """Write the gallery of an audit.

    Args:
        path: the HTML file to write, whole or not at all.
        findings: what was found.
        most: about how many pictures of a kind to show.
    """
    prepared = findings.prepared
    values = {
        "name": prepared.name,
        "pictures": len(prepared),
        "sha256": prepared.sha256,
        "mien": mien.__version__,
        "splits": SPLITS,
        "sections": [_section(findings, kind, most) for kind in findings.found],
        "left_out": [(KINDS[kind].title, why) for kind, why in findings.left_out.items()],
        "seconds": findings.seconds,
        "against": names_of(findings)[1:],
        "style": (_HERE / "page.css").read_text(encoding="utf-8"),
    }
    runs.write_text(path, templates(_HERE).get_template("page.html.j2").render(values))


def _section(findings: Findings, name: str, most: int) -> dict[str, Any]:
    """Return what the page says and shows of one kind."""
    one = findings.found[name]
    grouped = bool((one.groups >= 0).any())
    counts = tally(one, findings.prepared.split)
    parts = cards.groups(findings, name, most) if grouped else []
    return {
        "kind": KINDS[name],
        "counts": counts,
        "told": findings.told.get(name, ""),
        "groups": parts,
        "cards": [] if grouped else cards.cards(findings, name, most),
        "hidden": counts["groups"] - len(parts) if grouped else max(0, len(one) - most),
        "unit": "group" if grouped else "picture",
    }
