"""Rows of the tables: the runs of one experiment that differ in their seed, on one dataset.

A row without scores (``scored`` None) tells of runs that were not evaluated or did not end.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mien.evaluation.protocols import own_protocol
from mien.report.compare.numbers import Measure, Score
from mien.report.compare.record import Evaluation, Record, Report, Run, Scored

Track = tuple[str, ...]
"""The label sets that a run learnt, sorted."""

NOT_DECIDING = {
    "": ("seed", "machine", "tune"),
    "data": ("path",),
    "model": ("weights",),
    "train": ("histograms", "show_faces"),
}
"""Settings that may differ within a row; data and weights are compared by their hash."""


@dataclass(frozen=True)
class Row:
    """Runs of one experiment, in the order of their seeds.

    Attributes:
        runs: one a seed.
        head: which output is told of.
        protocol: against which labels it was scored; empty where it was not.
        scored: which dataset was scored.
        official, dedup: the scores on the two sets of rows.
    """

    runs: tuple[Run, ...]
    head: str
    protocol: str = ""
    scored: Scored | None = None
    official: Score | None = None
    dedup: Score | None = None

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
    def hours(self) -> Measure:
        """Hours of each run."""
        return Measure(tuple(run.record.state.hours for run in self.runs))

    @property
    def best(self) -> Measure | None:
        """The best validation value of each run; None where one has none yet."""
        found = [run.record.state.best for run in self.runs]
        known = tuple(value for value in found if value is not None)
        return Measure(known) if len(known) == len(found) else None


def track_of(record: Record) -> Track:
    """Return the label sets that a run learnt, sorted."""
    return tuple(sorted(record.config.data.heads))


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """Return the rows of all runs, in the order in which they came.

    Runs come together in a row where settings (but for seed and machine), data and scored data
    are equal and each has another seed; of two with the same seed the later starts a new row.
    """
    groups: dict[Any, list[Row]] = {}
    seen: dict[Any, int] = {}
    for row in (row for run in runs for row in _single(run)):
        key = _key(row)
        again = (key, row.seeds)
        seen[again] = seen.get(again, 0) + 1
        groups.setdefault((key, seen[again]), []).append(row)
    return [_merged(sorted(group, key=lambda row: row.seeds)) for group in groups.values()]


def _single(run: Run) -> Iterator[Row]:
    """Return a row for each head of one run on each dataset, or one without scores."""
    for head in track_of(run.record):
        tests = [test for test in run.record.tests if test.heads.get(head)]
        yield from [_scored(run, head, test) for test in tests] or [Row((run,), head)]


def _scored(run: Run, head: str, test: Evaluation) -> Row:
    protocol = own_protocol(head, test.heads[head])
    kinds = {kind: Score((one,)) for kind, one in test.heads[head][protocol].items()}
    return Row((run,), head, protocol, test.data, kinds.get("official"), kinds.get("dedup"))


def _merged(rows: Sequence[Row]) -> Row:
    return replace(
        rows[0],
        runs=tuple(row.runs[0] for row in rows),
        official=_together([row.official for row in rows]),
        dedup=_together([row.dedup for row in rows]),
    )


def _together(scores: Sequence[Score | None]) -> Score | None:
    reports: tuple[Report, ...] = tuple(s.reports[0] for s in scores if s is not None)
    return Score(reports) if reports else None


def _key(row: Row) -> tuple[Any, ...]:
    """Return what runs of one row have in common."""
    record = row.record
    data = json.dumps(record.data.model_dump(mode="json"), sort_keys=True)
    sizes = tuple(score and score.n for score in (row.official, row.dedup))
    scored = (row.protocol, row.scored.sha256) if row.scored else record.state.status
    return row.head, scored, sizes, settings_of(record), data


def settings_of(record: Record) -> str:
    """Return what decides the numbers of a run but its seed, as text that can be compared."""
    values = record.config.model_dump(mode="json")
    for section, names in NOT_DECIDING.items():
        part = values[section] if section else values
        for name in names:
            part.pop(name, None)
    fold = values["data"].get("fold")
    if isinstance(fold, dict):
        fold.pop("file", None)
    return json.dumps(values, sort_keys=True)
