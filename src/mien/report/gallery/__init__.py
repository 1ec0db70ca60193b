"""The gallery: an audit's findings as one page, to look at each of them."""

from mien.report.gallery.page import write_page

__all__ = ["write_page"]
