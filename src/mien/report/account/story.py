"""What one account is about: an experiment, its runs with their seeds, and one evaluation of each.

Scores of several seeds are told as mean ± sample standard deviation, with the mean of their
intervals: all are scored on the same pictures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from mien.errors import UsageError
from mien.evaluation.protocols import own_protocol
from mien.report.account.evaluated import Evaluated
from mien.report.account.subject import Subject
from mien.report.account.words import interval_of
from mien.report.compare.numbers import Measure, decimals
from mien.report.compare.reading import of_folder
from mien.report.compare.rows import settings_of

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """An experiment.

    Attributes:
        subjects: its runs, in the order of their seeds.
        evaluated: the evaluation of each that is told of; none where one has none.
    """

    subjects: tuple[Subject, ...]
    evaluated: tuple[Evaluated, ...]

    @property
    def first(self) -> Subject:
        """The run with the lowest seed: what is told of one run alone is told of it."""
        return self.subjects[0]

    @property
    def name(self) -> str:
        """The name of the experiment."""
        return self.first.name

    @property
    def on(self) -> Evaluated | None:
        """The evaluation of the first run."""
        return self.evaluated[0] if self.evaluated else None

    @property
    def seeds(self) -> tuple[Any, ...]:
        """The seeds, in order."""
        return tuple(subject.origin.get("seed") for subject in self.subjects)

    @property
    def heads(self) -> list[str]:
        """The heads that were scored, the one that answers first."""
        there = self.on.heads if self.on else {}
        return [head for head in self.first.heads if there.get(head)]

    def in_order(self, heads: Iterable[str]) -> list[str]:
        """Return heads of another artefact, the one that answers first."""
        order = list(self.first.heads)
        return sorted(heads, key=lambda head: order.index(head) if head in order else len(order))

    def called(self, head: str) -> str:
        """Return what a head is called at the beginning of a sentence: only one needs no name."""
        return "It" if len(self.first.heads) == 1 else f"Head {head}"

    def before(self, head: str) -> str:
        """Return what stands before a sentence about a head."""
        return "" if len(self.first.heads) == 1 else f"Head {head}: "

    def own(self, head: str) -> str:
        """Return the protocol of a head's own labels."""
        return own_protocol(head, self.on.heads[head]) if self.on else head

    def reports(self, head: str, protocol: str = "", kind: str = "official") -> list[Report]:
        """Return a report of each run; empty where one was not scored so."""
        wanted = protocol or self.own(head)
        found = [one.heads.get(head, {}).get(wanted, {}).get(kind) for one in self.evaluated]
        return [] if None in found else found


def choose(subject: Subject, name: str = "") -> Evaluated | None:
    """Return the evaluation that is told of.

    Args:
        subject: a model.
        name: of its folder, such as ``fer2013-test``; empty takes the test split of the data
            that it learnt from, else another test split, else the first; None without any.

    Raises:
        UsageError: there is none of that name.
    """
    found = subject.evaluations
    if name:
        for one in found:
            if one.name == name:
                return one
        there = ", ".join(one.name for one in found) or "none"
        raise UsageError(f"{subject.path}: no evaluation {name}; there are: {there}")
    return min(found, key=lambda e: (e.split != "test", not e.is_on(subject.data)), default=None)


def stories(subjects: Sequence[Subject], name: str = "") -> list[Story]:
    """Return the experiments of some models, runs that differ in their seed alone together.

    Raises:
        UsageError: a model has no evaluation of that name.
    """
    groups: dict[Any, list[tuple[Subject, Evaluated | None]]] = {}
    for subject in subjects:
        chosen = choose(subject, name)
        key = _key(subject, chosen)
        group = groups.setdefault(key, [])
        if subject.origin.get("seed") in [other.origin.get("seed") for other, _ in group]:
            group = groups.setdefault((key, subject.path), [])
        group.append((subject, chosen))
    return [_story(group) for group in groups.values()]


def _key(subject: Subject, chosen: Evaluated | None) -> Any:
    """Return what runs of one experiment have in common; a model file stands alone."""
    if subject.is_file:
        return subject.path
    data = chosen.metrics["data"] if chosen else {}
    settings = settings_of(of_folder(subject.path).record)
    return settings, subject.data.get("sha256"), data.get("sha256"), data.get("split")


def _story(group: Sequence[tuple[Subject, Evaluated | None]]) -> Story:
    ordered = sorted(group, key=lambda one: one[0].origin.get("seed") or 0)
    known = tuple(evaluated for _, evaluated in ordered if evaluated is not None)
    whole = known if len(known) == len(ordered) else ()
    return Story(tuple(subject for subject, _ in ordered), whole)


def over(reports: Sequence[Report], key: str, digits: int = 1, times: float = 100) -> str:
    """Return a score over seeds: ``62.1``, or ``62.1 ± 0.4``; ``—`` where it is not known."""
    values = [report.get(key) for report in reports]
    known = tuple(value for value in values if value is not None)
    whole = len(known) == len(values) and len(known) > 0
    return decimals(Measure(known) if whole else None, digits, times)


def spanned(reports: Sequence[Report], key: str, digits: int = 1, times: float = 100) -> str:
    """Return a score over seeds with its interval, as a cell: ``62.1 ± 0.4 (60.6–63.6)``."""
    around = [interval_of(report, key) for report in reports]
    text = over(reports, key, digits, times)
    if not around or None in around:
        return text
    low, high = (fmean(times * one[end] for one in around if one) for end in (0, 1))
    return f"{text} ({low:.{digits}f}–{high:.{digits}f})"
