"""Rows of the tables: the runs of one experiment that differ in their seed, on one dataset.

A row without scores (``dataset`` None) tells of runs that were not evaluated or did not end.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mien.evaluation.protocols import own_protocol
from mien.report.compare.measure import Measure, Score
from mien.report.compare.record import Evaluation, Record, Report, Run, Scored
from mien.report.compare.settings import settings_of

Track = tuple[str, ...]
"""The label sets that a run learnt, in a fixed order."""

OWN = "own"
"""The protocol that scores a head on its own labels."""


@dataclass(frozen=True)
class Row:
    """Runs of one experiment, in the order of their seeds."""

    runs: tuple[Run, ...]
    head: str
    protocol: str
    scored: Scored | None
    official: Score | None
    dedup: Score | None

    @property
    def record(self) -> Record:
        """The first run; what is not said of seeds is the same for all."""
        return self.runs[0].record

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in order."""
        return tuple(run.record.config.seed for run in self.runs)

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs that each run reached."""
        return tuple(run.record.state.epochs for run in self.runs)

    @property
    def parameters(self) -> int | None:
        """Parameters of the network; None where the run does not say."""
        return self.record.network.parameters if self.record.network else None

    @property
    def macs(self) -> int | None:
        """Multiply-accumulates of one picture; None where the run does not say."""
        return self.record.network.macs if self.record.network else None

    @property
    def hours(self) -> Measure:
        """Hours of each run."""
        return Measure(tuple(run.record.state.hours for run in self.runs))

    @property
    def best(self) -> Measure | None:
        """The best validation value of each run; None where one has none yet."""
        found = [run.record.state.best for run in self.runs]
        known = tuple(value for value in found if value is not None)
        return Measure(known) if len(known) == len(found) else None


@dataclass(frozen=True)
class _Entry:
    """One run with one head on one dataset."""

    run: Run
    head: str
    protocol: str
    scored: Scored | None
    reports: tuple[Report | None, Report | None]


def track_of(record: Record) -> Track:
    """Return the label sets that a run learnt, sorted."""
    return tuple(sorted(record.config.data.heads))


def protocols_of(runs: Iterable[Run]) -> list[str]:
    """Return every protocol that any run was scored by on a test split."""
    found = {
        protocol
        for run in runs
        for evaluation in _tests(run.record)
        for reports in evaluation.heads.values()
        for protocol in reports
    }
    return sorted(found)


def rows_of(runs: Sequence[Run], protocol: str = OWN) -> list[Row]:
    """Return the rows of all runs, in the order in which they came.

    Runs come together in a row where settings (but for seed and machine), data and scored data
    are equal and each has another seed; of two with the same seed the later starts a new row.

    Args:
        runs: what to tell of.
        protocol: against which labels heads are scored; ``OWN``: each on its own.
    """
    groups: dict[Any, list[_Entry]] = {}
    seen: dict[Any, int] = {}
    for entry in (e for run in runs for e in _entries(run, protocol)):
        key = _key(entry)
        again = (*key, entry.run.record.config.seed)
        seen[again] = seen.get(again, 0) + 1
        groups.setdefault((*key, seen[again]), []).append(entry)
    return [
        _row(sorted(group, key=lambda e: e.run.record.config.seed)) for group in groups.values()
    ]


def _entries(run: Run, protocol: str) -> Iterator[_Entry]:
    tests = _tests(run.record)
    for head in track_of(run.record):
        found = [e for test in tests if (e := _scored(run, head, protocol, test))]
        yield from found or [_Entry(run, head, protocol, None, (None, None))]


def _tests(record: Record) -> list[Evaluation]:
    return [e for e in record.evaluation.values() if e.data.split == "test"]


def _scored(run: Run, head: str, protocol: str, test: Evaluation) -> _Entry | None:
    protocols = test.heads.get(head, {})
    name = own_protocol(head, protocols) if protocol == OWN and protocols else protocol
    if name not in protocols:
        return None
    kinds = protocols[name]
    return _Entry(run, head, name, test.data, (kinds.get("official"), kinds.get("dedup")))


def _row(group: Sequence[_Entry]) -> Row:
    first = group[0]
    return Row(
        tuple(entry.run for entry in group),
        first.head,
        first.protocol,
        first.scored,
        _score([entry.reports[0] for entry in group]),
        _score([entry.reports[1] for entry in group]),
    )


def _score(reports: Sequence[Report | None]) -> Score | None:
    known = tuple(report for report in reports if report is not None)
    return Score(known) if known and len(known) == len(reports) else None


def _key(entry: _Entry) -> tuple[Any, ...]:
    """Return what runs of one row have in common."""
    record = entry.run.record
    data = json.dumps(record.data.model_dump(mode="json"), sort_keys=True)
    sizes = tuple(report and report.n for report in entry.reports)
    place = (entry.head, entry.protocol, entry.scored and entry.scored.sha256, sizes)
    ended = record.state.status if entry.scored is None else ""
    return (*place, ended, settings_of(record), data)
