"""Sixteen corruptions of a face at five levels each: one table, the same result every time."""

from mien.transforms.corruptions.table import (
    CORRUPTIONS,
    LEVELS,
    VERSION,
    Corruption,
    corrupt,
)

__all__ = ["CORRUPTIONS", "LEVELS", "VERSION", "Corruption", "corrupt"]
