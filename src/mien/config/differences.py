"""What differs between the plain values of two experiments."""

from collections.abc import Iterator, Mapping
from typing import Any


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """Yield the dotted key, the old and the new value of everything that differs.

    Sections that stand on both sides are compared key by key. What is not there is None, and so
    differs from everything but None.
    """
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name), now.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for key, *values in differences(old, new):
                yield f"{name}.{key}", values[0], values[1]
        elif old != new:
            yield name, old, new
