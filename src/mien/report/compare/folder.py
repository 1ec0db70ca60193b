"""The files of a comparison: compare.md, compare.csv and compare.html.

Cross-validations have a CSV of their own, compare_crossval.csv, where there are some.
"""

from collections.abc import Sequence
from pathlib import Path

from mien.errors import UsageError
from mien.report.compare.columns import sheet_of
from mien.report.compare.crossval import Crossed
from mien.report.compare.crossval_sheet import cross_sheet
from mien.report.compare.csv_file import cross_csv_text, csv_text
from mien.report.compare.markdown import markdown
from mien.report.compare.notes import Say
from mien.report.compare.page import page
from mien.report.compare.sheet import Sheet
from mien.report.compare.tables import Table
from mien.runs import write_text

NAMES = ("compare.md", "compare.csv", "compare.html", "compare_crossval.csv")


def sheets_of(tables: Sequence[Table], crossed: Sequence[Crossed], say: Say = str) -> list[Sheet]:
    """Return every table in words, cross-validations last."""
    return [
        *(sheet_of(table, say) for table in tables),
        *([cross_sheet(crossed)] if crossed else []),
    ]


def check_out(out: Path, *, overwrite: bool = False) -> None:
    """Refuse a folder that must not be written.

    Raises:
        UsageError: it is a file, a run's own folder, or has such files already.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: expected a folder to write into, this is a file")
    if (out / "config.yaml").exists():
        raise UsageError(f"{out}: this is a run's own folder; name another with --out")
    there = [name for name in NAMES if (out / name).exists()]
    if there and not overwrite:
        raise UsageError(f"{out / there[0]} exists already: name another --out, or add --overwrite")


def write(out: Path, tables: Sequence[Table], crossed: Sequence[Crossed] = ()) -> list[Path]:
    """Write the tables in each form, each file whole or not at all; return the files."""
    sheets = sheets_of(tables, crossed, folder_name)
    texts = [markdown(sheets), csv_text(tables), page(sheets)]
    if crossed:
        texts.append(cross_csv_text(crossed))
    written = [out / name for name, _ in zip(NAMES, texts, strict=False)]
    for path, text in zip(written, texts, strict=True):
        write_text(path, text)
    return written


def folder_name(path: Path) -> str:
    """Return what files call a run's folder: its name, never where it lies."""
    return path.resolve().name
