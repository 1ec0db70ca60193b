"""What was fitted to make a model say how sure it is, and what it does, in lines for a terminal."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.certainty.selective import NOTHING
from mien.evaluation.certainty.temperature import at_the_end
from mien.report.account.words import ends, labels, percent
from mien.report.compare.words import set_name

Found = Mapping[str, Any]


def fitted_words(head: str, entry: Found) -> str:
    """Say what ``calibrate.calibrate`` fitted for a head, and to which pictures."""
    on, errors = entry["fitted_on"], entry["validation"]
    without = " without a copy in training" if on.get("kind") == "dedup" else ""
    before, after = (percent(errors[when]["ece"]) for when in ("before", "after"))
    limit = " (the limit: these pictures do not tell it)"
    ended = limit if at_the_end(entry["temperature"]) else ""
    return (
        f"head {head}: temperature {entry['temperature']:.3f}{ended}, fitted to {on['n']:,} "
        f"validation pictures{without} of {set_name(on['dataset'])}, {labels(on['protocol'])}: "
        f"ECE {before} before and {after} after on these same pictures; "
        f"{sure_words(entry['uncertain'])}"
    )


def scored_words(report: Found) -> list[str]:
    """Say how far off the probabilities are on scored rows, and what the threshold does there.

    Args:
        report: of ``metrics.json``.
    """
    found, before = report["calibration"], report.get("before")
    said = f"on these {report['n']:,} scored pictures: "
    if before:
        said += (
            f"ECE {percent(before['ece'])} before the temperature and {percent(found['ece'])} "
            f"after; NLL {before['nll']:.3f} before and {found['nll']:.3f} after"
        )
    else:
        said += f"ECE {percent(found['ece'])}, NLL {found['nll']:.3f}"
    at = report["selective"].get("at")
    return [said, *([sure_words(at)] if at else [])]


def sure_words(at: Found) -> str:
    """Say how many answers a threshold leaves, and how many of them are wrong.

    Args:
        at: what ``selective.answered`` returned, with ``error``; or ``uncertain`` of what
            ``calibrate.calibrate`` fitted, whose ``bound`` is told too.
    """
    if at["below"] >= NOTHING:
        wanted = percent(at["error"], 0)
        return (
            f"no threshold keeps the wrong answers at {wanted} or below: all are marked uncertain"
        )
    if at["wrong"] is None:
        return f"no answer is sure (≥ {percent(at['below'])}): all are marked uncertain"
    wrong = f"{percent(at['wrong'])} of those are wrong{_reach(at)}"
    if at["answered"] == 1:
        return f"all answers are sure; {wrong}"
    return (
        f"{percent(at['answered'])} of the answers are sure (≥ {percent(at['below'])}); {wrong}; "
        f"the other {percent(1 - at['answered'])} are marked uncertain"
    )


def _reach(at: Found) -> str:
    if "bound" in at:
        return f" (at most {percent(at['bound'])} with {percent(1 - at['doubt'], 0)} certainty)"
    return f" (95 % {ends(at['interval'])})" if at.get("interval") else ""
