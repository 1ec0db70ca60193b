"""Tables of counts that the commands share which make new datasets of prepared ones."""

from collections.abc import Mapping

from mien.cli.data.show import print_table


def print_counts(what: str, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Print pictures by something (split, origin, fold) and class."""
    rows = [
        (name, *(f"{n:,}" for n in classes.values()), f"{sum(classes.values()):,}")
        for name, classes in counts.items()
    ]
    print_table((what, *next(iter(counts.values()), {}), "all"), rows)
