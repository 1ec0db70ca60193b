"""What cells say of numbers."""

from mien.report.compare.measure import Measure

NONE = "—"


def percent(measure: Measure | None) -> str:
    """Return a share in percent: ``67.65``, or ``67.65 ± 0.31`` over seeds."""
    return decimals(measure, 2, 100)


def decimals(measure: Measure | None, digits: int, times: float = 1) -> str:
    """Return a mean, with the deviation over seeds where there are several."""
    if measure is None:
        return NONE
    text = f"{times * measure.mean:.{digits}f}"
    if measure.spread is None:
        return text
    return f"{text} ± {times * measure.spread:.{digits}f}"


def millions(count: int | None, digits: int = 2) -> str:
    """Return ``1.02 M`` for 1,020,000; counts that would be 0 have more digits."""
    if count is None:
        return NONE
    while 0 < count < 0.5e6 * 10**-digits and digits < 6:
        digits += 1
    return f"{count / 1e6:,.{digits}f} M"


def mac_words(count: int | None) -> str:
    """Return a count of multiply-accumulates."""
    return millions(count, 0 if (count or 0) >= 9.95e6 else 1)
