"""What was measured of a model, as parts of its card."""

from collections.abc import Iterator, Mapping
from typing import Any

from mien.evaluation.metrics import wilson_interval
from mien.report.account.certain import fitted_words
from mien.report.account.pieces import Missing, Section, Table, Told
from mien.report.account.story import Story
from mien.report.account.subject import Subject
from mien.report.account.words import ends, labels
from mien.report.card.written import bullets, missing_line, section, table, written

SCORES = ("evaluation", "head", "labels", "rows", "n", "accuracy % (95 %)", "macro-F1")
MEASURED = {
    "certainty": ("Calibration and abstention", "calibration"),
    "robustness": ("Robustness", "robustness"),
    "elsewhere": ("Other datasets", "scores on other datasets"),
    "groups": ("Groups", "groups"),
    "errors": ("Errors", "errors"),
}
"""Section of an account → its heading in a card, and how its ``Missing`` begins."""


def scores(story: Story, account: list[Told]) -> Iterator[str]:
    """Yield the scores: of the evaluation, or else those that a file carries."""
    found = {one.id: one for one in account if isinstance(one, Section)}
    if "scores" not in found:
        missing = next(one for one in account if isinstance(one, Missing))
        carried = list(_carried(story.first.about.get("scores", {})))
        note = "Intervals are Wilson's; what follows from single answers is missing."
        carried_table = Table("Scores that the file carries", SCORES, tuple(carried), words=4)
        body = [table(carried_table), note] if carried else []
        yield section("Evaluation", [*body, missing_line(missing)])
        return
    data = story.on.metrics["data"] if story.on else {}
    said = f"On {data['name']}, split {data['split']}, manifest sha256 {data['sha256']}."
    parts = [said, written(found["scores"], "Scores", 3), written(found["classes"], level=3)]
    yield section("Evaluation", parts)
    yield measured(account, "groups", 3)
    yield measured(account, "errors", 3)


def _carried(scores: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, heads in scores.items():
        for head, protocols in heads.items():
            for protocol, kinds in protocols.items():
                for kind, one in kinds.items():
                    around = wilson_interval(one["accuracy"] * one["n"], one["n"])
                    share = f"{100 * one['accuracy']:.2f} ({ends(around)})"
                    n, f1 = f"{one['n']:,}", f"{one['macro_f1']:.3f}"
                    yield name, head, labels(protocol), kind, n, share, f1


def measured(account: list[Told], name: str, level: int = 2) -> str:
    """Return a section of the account, or the line that names its command."""
    title, begins = MEASURED[name]
    for one in account:
        if isinstance(one, Section) and one.id == name:
            return written(one, title, level)
    for one in account:
        if isinstance(one, Missing) and one.what.startswith(begins):
            return written(one, title, level)
    return section(title, ["Not measured: it rests on an evaluation."], level)


def certain(subject: Subject, account: list[Told]) -> str:
    """Return the section of calibration; what was fitted is told without an evaluation too."""
    told_of = measured(account, "certainty")
    there = any(isinstance(one, Section) and one.id == "certainty" for one in account)
    return told_of if there else f"{told_of}\n\n{bullets(fitted_words(subject))}"
