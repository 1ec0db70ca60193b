"""Where a model errs, to look at: figures and one page, from ``errors.json``."""

from mien.report.errors.files import write

__all__ = ["write"]
