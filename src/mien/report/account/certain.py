"""How far a model's probabilities can be believed, as a section."""

from collections.abc import Mapping
from typing import Any

from mien.evaluation.certainty.selective import NOTHING
from mien.report.account.certain_pictures import pictures
from mien.report.account.certain_tables import abstain_tables, errors_table, sets_tables
from mien.report.account.certainty import Certainty, certainties
from mien.report.account.pieces import Missing, Section, Told
from mien.report.account.story import Story
from mien.report.account.subject import Subject
from mien.report.account.words import ends, labels, percent

NOTES = (
    "ECE: mean gap between confidence and share of right answers, 15 bins of equal width (equal "
    "mass: as many rows in each); NLL in nats; Brier 0 (best) to 2",
    "the interval of an ECE lies high: resampling adds noise to each bin",
    "all hold for faces as they are stored; recognize averages three crops of a found face",
)


def certain(story: Story) -> Told:
    """Return the section, or what is missing of it."""
    if story.on is None or not all("calibration" in story.reports(h)[0] for h in story.heads):
        return Missing("calibration", story.first.command("evaluate", story.on))
    each = certainties(story)
    tables = [errors_table(story), *abstain_tables(each), *sets_tables(each)]
    return Section(
        id="certainty",
        title="How far its probabilities can be believed",
        text=tuple(sentence for one in each for sentence in sentences(story, one)),
        tables=tuple(tables),
        pictures=tuple(picture for one in each for picture in pictures(one)),
        notes=(*fitted_words(story.first), *NOTES),
    )


def sentences(story: Story, one: Certainty) -> list[str]:
    """Say how far off the probabilities are, and what the uncertain answer does."""
    report, name = one.report, story.before(one.head)
    off = report["calibration"]["ece"]
    before = report.get("before", {}).get("ece")
    was = f", {percent(before)} before the temperature" if before is not None else ""
    sure, right = report["calibration"]["confidence"], report["accuracy"]
    lean = "too sure" if sure > right else "not sure enough"
    found = [
        f"{name}Confidence and share of right answers differ by {percent(off)} on average "
        f"(ECE, n = {report['n']:,}){was}. Its mean confidence is {percent(sure)}, "
        f"{percent(right)} are right: on the whole it is {lean}." + changed_words(report)
    ]
    if (at := one.at) is not None:
        found.append(uncertain_words(story.called(one.head), at))
    return found


def changed_words(report: Mapping[str, Any]) -> str:
    """Say whether the temperature made ECE and NLL better on the scored rows; empty without one."""
    pairs = {
        score.upper(): (report["before"][score], report["calibration"][score])
        for score in ("ece", "nll")
        if score in report.get("before", {})
    }
    each = [
        f"{score} {'worse' if after > before else 'better'} ({before:.3f} to {after:.3f})"
        for score, (before, after) in pairs.items()
    ]
    return f" Here the temperature made {' and '.join(each)}." if each else ""


def fitted_words(subject: Subject) -> list[str]:
    """Say what each head's probabilities were fitted to, and what its threshold was chosen for."""
    return [_fitted(name, subject.about["heads"][name]) for name in subject.heads]


def _fitted(name: str, head: Mapping[str, Any]) -> str:
    if "fitted_on" not in head:
        return f"head {name}: its probabilities are not calibrated"
    on, uncertain = head["fitted_on"], head.get("uncertain") or {}
    said = (
        f"head {name}: calibrated on {on['dataset']}, {on['split']} split, {labels(on['protocol'])}"
        f", n = {on['n']:,}: temperature {head['temperature']:.3f}"
    )
    if not uncertain.get("below"):
        return f"{said}; no threshold"
    if uncertain["below"] >= NOTHING:
        wanted = percent(uncertain["error"], 0)
        return (
            f"{said}; no threshold keeps the wrong answers at {wanted}: every answer is uncertain"
        )
    return (
        f"{said}; below {percent(uncertain['below'])} an answer is uncertain, chosen there so that "
        f"at most {percent(uncertain['error'], 0)} of the others are wrong"
    )


def uncertain_words(name: str, at: Mapping[str, Any]) -> str:
    """Say what a threshold does on rows that it was not chosen on."""
    if at["below"] >= NOTHING:
        wanted = percent(at["error"], 0)
        return f"{name} marks every answer as uncertain: no threshold kept the wrong at {wanted}."
    if at["wrong"] is None:
        return f"{name} marks every answer here as uncertain: all are below {percent(at['below'])}."
    around = f" (95 % {ends(at['interval'])})" if at["interval"] else ""
    if at["below"] == 0:
        return (
            f"{name} is sure of every answer: no threshold is needed for at most "
            f"{percent(at['error'], 0)} errors. {percent(at['wrong'])} are wrong here{around}."
        )
    rest = percent(1 - at["answered"])
    return (
        f"{name} marks answers below {percent(at['below'])} as uncertain: {rest} of them here. "
        f"The other {percent(at['answered'])} are sure, and {percent(at['wrong'])} of these are "
        f"wrong{around}; at most {percent(at['error'], 0)} were wanted: {verdict(at)}."
    )


def verdict(at: Mapping[str, Any]) -> str:
    """Say whether no more answers are wrong than wanted, as far as the interval tells it."""
    low, high = at["interval"] or (0, 1)
    if high <= at["error"]:
        return "kept"
    return "not kept" if low > at["error"] else "not decided by these pictures"
