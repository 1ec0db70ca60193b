"""The account in a few sentences, each made from the numbers by a stated rule.

1. What the model is, and with what it answers.
2. What it learnt from: how many pictures of what, what was left out, seed or seeds.
3. What it scores on the official rows of its own labels: the answering head first, then others;
   n, interval, what the interval is of, and the dedup score where there is one.
4. What always answering the commonest label, and chance, would score there.
5. How sure it is over seeds; of one seed that nothing is known of it.
6. The class with the highest and the one with the lowest F1, of those with ``FEW`` pictures or
   more, and the smaller ones by name; of the head that answers, as 7.
7. The commonest confusion.
8. Its calibration error, before and after the temperature; the uncertain answer.
9. What is left on worse pictures, on other datasets, and the widest gap between groups, where
   these were measured: the first sentences of those sections.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mien.report.account.certain import uncertain_words
from mien.report.account.certainty import certainties
from mien.report.account.erring import commonest
from mien.report.account.origin import data_words, input_words, network_words, start_words
from mien.report.account.pieces import Section, Told
from mien.report.account.scores import baselines
from mien.report.account.story import Story, over
from mien.report.account.words import (
    counted,
    ends,
    interval_of,
    labels,
    listed,
    no_interval,
    percent,
)

FEW = 30
DRAWN = "drawn"
"""A dataset of made-up faces."""
AFTER = ("against", "robustness", "elsewhere", "groups")


def summary(story: Story, told: Sequence[Told]) -> list[str]:
    """Return the sentences; see the module.

    Args:
        story: what is told of.
        told: the sections that follow.
    """
    found = [_what(story), _learnt(story)]
    if not story.heads:
        return [*found, "It was not evaluated, so nothing can be said of what it can do."]
    found += [_score(story, head) for head in story.heads]
    found += [_beside(story), _seeds(story), *_classes(story)]
    if len(story.subjects) > 1:
        found.append(f"What follows is told of seed {story.seeds[0]} alone.")
    found += _certain(story)
    sections = {one.id: one for one in told if isinstance(one, Section)}
    return found + [sections[name].text[0] for name in AFTER if name in sections and sections[
        name].text]  # fmt: skip


def _what(story: Story) -> str:
    first = story.first
    classes = first.about["heads"][first.about["answer"]]["classes"]
    return (
        f"{first.name} looks at a face ({input_words(first)}) and says which of "
        f"{len(classes)} expressions people would see in it: {listed(classes)}. Network: "
        f"{network_words(first)}."
    )


def _learnt(story: Story) -> str:
    start = start_words(story.first)
    begun = f" It began with {start}." if start else ""
    made = " These are made-up cartoon faces: scores on them say nothing about photographs."
    seeds = listed(map(str, story.seeds))
    word = "seed" if len(story.seeds) == 1 else "seeds"
    return (
        f"It learnt from {data_words(story.first)} ({word} {seeds}).{begun}"
        f"{made if story.first.data.get('label_set') == DRAWN else ''}"
    )


def _score(story: Story, head: str) -> str:
    """Say what a head scores on its own labels, official and dedup."""
    official, dedup = story.reports(head), story.reports(head, "", "dedup")
    on = story.on
    place = (
        f"{on.dataset}, {'all splits' if on.split == 'all' else on.split + ' split'}" if on else ""
    )
    mean = "on average " if len(official) > 1 else ""
    said = (
        f"{story.before(head)}On {place}, against {labels(story.own(head))}, {mean}"
        f"{over(official, 'accuracy')} % of the answers on {counted(official[0]['n'], 'picture')} "
        f"are the label ({_ends(official, '95 % interval ')}), macro-F1 "
        f"{over(official, 'macro_f1', 3, 1)}"
    )
    if not dedup:
        return f"{said}."
    if dedup[0]["n"] == official[0]["n"]:
        return f"{said}. None of them has a byte-identical copy in training."
    return (
        f"{said}. On the {dedup[0]['n']:,} without a byte-identical copy in training: "
        f"{over(dedup, 'accuracy')} % ({_ends(dedup)})."
    )


def _ends(reports: Sequence[Mapping[str, Any]], before: str = "") -> str:
    around = [one for report in reports if (one := interval_of(report)) is not None]
    if len(around) < len(reports):
        return no_interval(reports[0])
    low, high = (sum(one[end] for one in around) / len(around) for end in (0, 1))
    return before + ends((low, high))


def _beside(story: Story) -> str:
    head = story.heads[0]
    base = baselines(story.reports(head)[0])
    return (
        f"To compare: always answering {base['commonest']}, the commonest label there, would be "
        f"right in {percent(base['share'])}, answering by chance in {percent(base['even'])}."
    )


def _seeds(story: Story) -> str:
    if len(story.subjects) == 1:
        return (
            "It was trained once: the interval tells what other test pictures would change, not "
            "what another seed would."
        )
    spread = over(story.reports(story.heads[0]), "accuracy", 2)
    return f"Over {len(story.subjects)} seeds the accuracy is {spread} % (mean ± sd)."


def _classes(story: Story) -> list[str]:
    """Tell the best and the worst class, and the commonest confusion."""
    head = story.heads[0]
    report = story.reports(head)[0]
    large = {c: one for c, one in report["per_class"].items() if one["support"] >= FEW}
    small = [c for c, one in report["per_class"].items() if one["support"] < FEW]
    found = []
    if len(large) > 1:
        order = sorted(large, key=lambda name: large[name]["f1"])
        found.append(
            f"{story.called(head)} does best on {_class(story, head, order[-1])}, and worst on "
            f"{_class(story, head, order[0])}."
        )
    if small:
        found.append(
            f"Of {listed(small)} there are fewer than {FEW} pictures: too few to judge by."
        )
    if worst := commonest(report):
        share = percent(worst["n"] / worst["of"])
        found.append(
            f"{story.before(head)}The commonest mistake is to answer {worst['answer']} where the "
            f"label is {worst['label']}: {worst['n']:,} of {worst['of']:,} ({share})."
        )
    return found


def _class(story: Story, head: str, name: str) -> str:
    each = [report["per_class"][name] for report in story.reports(head)]
    around = interval_of(each[0], "f1")
    told = f", 95 % {around[0]:.2f}–{around[1]:.2f}" if around and len(each) == 1 else ""
    return f"{name} (F1 {over(each, 'f1', 2, 1)}{told}, n = {each[0]['support']:,})"


def _certain(story: Story) -> list[str]:
    head = story.heads[0]
    report = story.reports(head)[0]
    if "calibration" not in report:
        return []
    off, before = report["calibration"]["ece"], report.get("before", {}).get("ece")
    was = f"; {percent(before)} before they were calibrated" if before is not None else ""
    found = [f"{story.before(head)}Probabilities are off by {percent(off)} on average (ECE{was})."]
    at = certainties(story)[0].at
    return [*found, uncertain_words(story.called(head), at)] if at else found
