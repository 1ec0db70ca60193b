"""The folder of an exploration: page, figures and their words, whole or not at all."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mien
from mien import runs
from mien.datasets.workspace import WHOLE, publish, workspace
from mien.errors import RunError, UsageError
from mien.report.explore.drawing.style import as_png, styled
from mien.report.explore.material import SEED, Material
from mien.report.explore.page import page
from mien.report.explore.panels.panel import Panel

PAGE, RECORD = "explore.html", "explore.json"


def check_out(out: Path, dataset: Path, overwrite: bool) -> None:
    """Refuse a folder that must not be written.

    Raises:
        UsageError: it is, or lies in, the dataset; or it exists and is not to be replaced, or is
            no exploration, or holds more than that.
    """
    if out.resolve().is_relative_to(dataset.resolve()):
        raise UsageError(
            f"{out} lies in the prepared dataset, which stays as it is: name another folder "
            "with --out"
        )
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    foreign = _foreign(out)
    if foreign:
        raise UsageError(
            f"{out} exists and is no folder that `mien data explore` wrote ({foreign}): name "
            "another with --out"
        )
    if not overwrite:
        raise UsageError(f"{out} exists already: name another with --out, or add --overwrite")


def _foreign(out: Path) -> str:
    """Say what in a folder no exploration wrote; empty where all of it is of one."""
    if not out.is_dir():
        return "it is a file"
    if not (out / PAGE).is_file() or not (out / RECORD).is_file():
        return f"it lacks {PAGE} or {RECORD}"
    own = {PAGE, RECORD, *(f"{key}.png" for key in _keys(out / RECORD))}
    others = sorted(path.name for path in out.iterdir() if path.name not in own)
    return f"it holds {others[0]}" if others else ""


def _keys(record: Path) -> list[str]:
    try:
        return [str(figure["key"]) for figure in runs.read_json(record)["figures"]]
    except (RunError, KeyError, TypeError):
        return []


def write(
    out: Path,
    material: Material,
    panels: Sequence[Panel],
    show: Callable[[str, int, int | None], None],
) -> list[Path]:
    """Write page, figures and record into ``out``, which must have passed ``check_out``.

    Returns:
        The files written: the page first.

    Raises:
        MissingExtraError: matplotlib is not installed.
        DataError: the folder cannot be written; nothing is left there then.
    """
    drawn = [panel for panel in panels if panel.draw is not None and not panel.missing]
    with workspace(work_of(out), out) as work:
        whole = work / WHOLE
        whole.mkdir()
        pictures = {}
        for number, panel in enumerate(drawn, start=1):
            pictures[panel.key] = _png(panel)
            show("drawing", number, len(drawn))
        for key, png in pictures.items():
            with runs.whole_file(whole / f"{key}.png") as temporary:
                temporary.write_bytes(png)
        runs.write_text(whole / PAGE, page(material, panels, pictures))
        runs.write_json(whole / RECORD, record(material, panels))
        publish(work, out)
    return [out / PAGE, *(out / f"{key}.png" for key in pictures)]


def work_of(out: Path) -> Path:
    """Return the hidden folder beside ``out`` in which it is made."""
    return out.parent / f".{out.name}.exploring"


def _png(panel: Panel) -> bytes:
    assert panel.draw is not None
    with styled():
        return as_png(panel.draw())


def record(material: Material, panels: Sequence[Panel]) -> dict[str, Any]:
    """Return what the page says, for programs."""
    looked = len(material.sample)
    return {
        "mien": mien.__version__,
        "data": {"name": material.record["name"], "sha256": material.sha256},
        "pictures": len(material),
        "measured": looked,
        "seed": SEED,
        "figures": [
            {key: getattr(panel, key) for key in ("key", "title", "n", "reading", "how")}
            for panel in panels
            if not panel.missing
        ],
        "left_out": {panel.title: panel.missing for panel in panels if panel.missing},
    }
