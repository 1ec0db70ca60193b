"""The report: one page that holds all there is to say of one or several models."""

from mien.report.page.files import check, write

__all__ = ["check", "write"]
