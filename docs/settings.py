"""Make the page of all settings: ``python docs/settings.py`` writes docs/settings.md.

Names, defaults and choices come from the classes of ``mien.config``, the words from their
docstrings. A test checks that the page is that of the code.
"""

import re
from inspect import cleandoc
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import yaml

from mien.config import Experiment
from mien.config.studies import Tune

PAGE = Path(__file__).with_name("settings.md")
HEAD = """# Every setting of an experiment

Made from the code by `docs/settings.py`. A setting that a YAML file does not name has its default.
On the command line: `mien train configs/lenet.yaml train.epochs=5 optimizer.lr=0.01`.
"""
TOP = {
    "name": "of the experiment; the run's folder is runs/<name>-s<seed>",
    "seed": "of weights, order, augmentation, dropout",
}


def page() -> str:
    """Return the page as Markdown."""
    given = Experiment(name="example")
    parts = [HEAD, _table("", [(name, getattr(given, name), TOP[name], str) for name in TOP])]
    for section in Experiment.model_fields:
        if section in TOP:
            continue
        kind = Tune if section == "tune" else type(getattr(given, section))
        parts.append(_section(section, kind, getattr(given, section)))
    return "\n".join(parts)


def _section(section: str, kind: type, given: Any) -> str:
    about, told = _words(kind)
    fields = getattr(kind, "model_fields", None) or getattr(kind, "__dataclass_fields__")  # noqa: B009
    hints = get_type_hints(kind)
    rows = []
    for name in fields:
        if name.startswith("_"):
            continue
        default = getattr(given, name) if given is not None else fields[name].get_default()
        rows.append((f"{section}.{name}", default, told.get(name, ""), hints[name]))
    return f"## {section}\n\n{about}\n\n{_table(section, rows)}"


def _table(section: str, rows: list[tuple[str, Any, str, Any]]) -> str:
    lines = ["| setting | default | choices | meaning |", "|---|---|---|---|"]
    for name, default, words, hint in rows:
        cells = (f"`{name}`", _value(name, default), _choices(hint), words)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _value(name: str, value: Any) -> str:
    if name in ("name", "tune.space"):
        return "must be given"
    if isinstance(value, Path):
        return f"`{value}`"
    plain = list(value) if isinstance(value, tuple) else value
    return f"`{yaml.safe_dump(plain, default_flow_style=True).replace('...', '').strip()}`"


def _choices(hint: Any) -> str:
    names = get_args(hint) if get_origin(hint) is Literal else ()
    return ", ".join(f"`{name}`" for name in names)


def _words(kind: type) -> tuple[str, dict[str, str]]:
    """Return what a class says of itself, and of each attribute; one text for several names."""
    text = cleandoc(kind.__doc__ or "").replace("``", "`")
    about, _, listed = text.partition("\n\nAttributes:\n")
    told: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \S)", listed):
        names, _, words = entry.strip().partition(":")
        told |= dict.fromkeys(names.split(", "), " ".join(words.split()))
    return " ".join(about.split()), told


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
