"""Robustness in pictures and tables, from ``robustness.json``."""

from mien.report.robustness.figures import curves_figure, draw, drops_figure
from mien.report.robustness.sheet import drawn_sheet, sheet_figure
from mien.report.robustness.table import levels_markdown, markdown, scores_table

__all__ = [
    "curves_figure",
    "draw",
    "drawn_sheet",
    "drops_figure",
    "levels_markdown",
    "markdown",
    "scores_table",
    "sheet_figure",
]
