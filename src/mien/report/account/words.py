"""Numbers and names as an account writes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mien.evaluation.metrics import wilson_interval
from mien.evaluation.sampling import share
from mien.report.compare.words import set_name

NONE = "–"
FEW = share.FEW
COUNTED = {"accuracy": "n", "recall": "support", "precision": "answers"}
"""A score that is a share of pictures → where a report has their number."""
OWN = ("seven", "eight")
"""Label sets that are names without a judge: whoever made the dataset labelled it."""


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share in per cent: ``62.1 %``; ``>99.9 %`` where only rounding makes it all."""
    if share is None:
        return NONE
    text, least = f"{100 * share:.{digits}f}", 10**-digits
    if share < 1 and float(text) == 100:
        return f">{100 - least:.{digits}f} %"
    return f"<{least:.{digits}f} %" if share > 0 and float(text) == 0 else f"{text} %"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits."""
    return NONE if value is None else f"{value:.{digits}f}"


def ends(interval: Sequence[float] | None, digits: int = 1) -> str:
    """Return the ends of an interval of shares, in per cent: ``60.5–63.7``."""
    if interval is None:
        return NONE
    return "–".join(f"{100 * end:.{digits}f}" for end in interval)


def with_ends(share: float | None, interval: Sequence[float] | None) -> str:
    """Return a share with its interval, as a cell: ``62.1 (60.5–63.7)``."""
    if share is None:
        return NONE
    return f"{100 * share:.1f}" + (f" ({ends(interval)})" if interval else "")


def number_with_ends(value: float | None, interval: Sequence[float] | None) -> str:
    """Return a number with its interval, as a cell: ``0.589 (0.571–0.606)``."""
    if value is None or interval is None:
        return number(value)
    return f"{value:.3f} ({interval[0]:.3f}–{interval[1]:.3f})"


def interval_of(report: Mapping[str, Any], score: str = "accuracy") -> Sequence[float] | None:
    """Return the interval of a score of a report; Wilson's where only accuracy and n are known.

    A bootstrap interval without width (all right, or all wrong) is replaced by Wilson's too, if
    the score is a share of something that is counted (see ``COUNTED``); else it is left out. Not
    so where people were drawn: their pictures are no independent trials, and None is returned.

    Args:
        report: of ``metrics.json``, or what ``of_class`` returned.
        score: its name.
    """
    found = report.get("intervals", {}).get(score)
    if score == "accuracy":
        found = found or report.get("interval")
    if found and found[0] != found[1]:
        return list(found)
    of = report.get(COUNTED.get(score, ""))
    if report.get("unit") == "subject" or not of or (score != "accuracy" and not found):
        return None
    return wilson_interval(report[score] * of, of)


def of_class(report: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the scores of a class, with what ``interval_of`` needs: ``answers``, ``unit``."""
    answers = sum(row[report["classes"].index(name)] for row in report["confusion"])
    return {**report["per_class"][name], "answers": answers, "unit": report.get("unit")}


def no_interval(report: Mapping[str, Any]) -> str:
    """Say why the accuracy of a report has no interval, see ``interval_of``."""
    return share.why_none(report.get("clusters", 0))


def labels(protocol: str) -> str:
    """Return whose labels a protocol scores against: ``FER+ majority labels``."""
    if protocol in OWN:
        return "the dataset's own labels"
    judge, _, rule = protocol.partition("_")
    rule, without, what = rule.partition("without_")
    said = f"{set_name(judge)} {rule.replace('_', ' ')}".strip()
    said += "" if rule.startswith("votes") else " labels"
    return said + (f" {without}{what}".replace("_", " ") if without else "")


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence; empty without any."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(n: int, one: str, several: str = "") -> str:
    """Return ``1 picture`` or ``3,589 pictures``."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"
