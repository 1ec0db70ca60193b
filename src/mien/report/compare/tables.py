"""One table a track: which rows stand together, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mien.emotions import LABEL_SETS
from mien.report.compare.record import Record, Run
from mien.report.compare.rows import Row, Track, rows_of, track_of
from mien.report.compare.words import learnt_by, other_data, set_name

TRACKS = (("fer2013",), ("ferplus",), ("fer2013", "ferplus"))


@dataclass(frozen=True)
class Table:
    """Rows that may be compared: one track and head, one dataset, the same number of pictures.

    Attributes:
        track: what was learnt.
        head: which output was scored.
        protocol: against which labels; empty where nothing was scored.
        data: name of the dataset scored.
        n: official and dedup rows; None where none were scored.
        rows: own data first, then nets that saw other data; in each part the highest official
            accuracy first, runs without scores last.
        tests: differences between rows, see ``tested``.
        untested: rows with scores that are in none of them, and why.
    """

    track: Track
    head: str
    protocol: str
    data: str
    n: tuple[int | None, int | None]
    rows: tuple[Row, ...]
    tests: tuple[Mapping[str, Any], ...] = ()
    untested: tuple[tuple[Row, str], ...] = ()

    @property
    def learnt(self) -> str:
        """The track in words: which labels its rows learnt."""
        return track_title(self.track, [row.record for row in self.rows])

    @property
    def title(self) -> str:
        """The track, and the head where there are several."""
        return self.learnt + (f" (head {self.head})" if len(self.track) > 1 else "")

    @property
    def subtitle(self) -> str:
        """What was scored, and how many pictures."""
        if self.n == (None, None):
            return f"{self.data}: nothing evaluated"
        said = zip(("official", "dedup"), self.n, strict=True)
        sizes = ", ".join(f"{kind} n = {n:,}" for kind, n in said if n)
        return f"{self.data}, test split, against {protocol_words(self.protocol)}: {sizes}"

    @property
    def parts(self) -> list[list[Row]]:
        """The rows of own data, and those of nets that saw other data; no empty part."""
        own = [row for row in self.rows if not other_data(row)]
        return [part for part in (own, [row for row in self.rows if row not in own]) if part]


def tables_of(runs: Sequence[Run]) -> list[Table]:
    """Return the tables of runs, FER-2013's tracks first.

    A run that was not evaluated stands with those of its track, head and dataset. Runs scored on
    another number of pictures have a table of their own.
    """
    found: dict[tuple[Track, str], list[Table]] = {}
    for row in sorted(rows_of(runs), key=lambda row: row.scored is None):
        _place(row, found.setdefault((track_of(row.record), row.head), []))
    every = [
        replace(table, rows=tuple(sorted(table.rows, key=_order)))
        for tables in found.values()
        for table in tables
    ]
    return sorted(every, key=lambda t: (_rank(t.track), t.head, -len(t.rows)))


def _place(row: Row, tables: list[Table]) -> None:
    """Add a row to the table that it belongs to, or to a new one."""
    data = row.scored.name if row.scored else row.record.data.name
    n = (row.official.n if row.official else None, row.dedup.n if row.dedup else None)
    for place, table in enumerate(tables):
        alike = row.scored is None or (table.protocol, table.n) == (row.protocol, n)
        if alike and table.data == data:
            tables[place] = replace(table, rows=(*table.rows, row))
            return
    tables.append(Table(track_of(row.record), row.head, row.protocol, data, n, (row,)))


def _order(row: Row) -> tuple[bool, float, str]:
    accuracy = row.official.accuracy.mean if row.official else -1
    return bool(other_data(row)), -accuracy, row.record.config.name


def _rank(track: Track) -> tuple[int, ...]:
    order = list(LABEL_SETS)
    places = (order.index(name) if name in order else len(order) for name in track)
    return (track not in TRACKS, len(track), *places)


def track_title(track: Track, records: Sequence[Record] = ()) -> str:
    """Return the title of a track.

    Args:
        track: the label sets that were learnt.
        records: the runs, which know whether FER+ was learnt as votes or as plain labels; none:
            as votes.
    """
    voted = "ferplus" in track and (not records or any(map(_voted, records)))
    if voted and len(track) == 1:
        return "FER+ votes"
    if voted and track in TRACKS:
        return "Both: FER-2013 labels and FER+ votes"
    return f"{' and '.join(set_name(name) for name in track)} labels"


def _voted(record: Record) -> bool:
    return learnt_by(record, "ferplus") != f"{set_name('ferplus')} labels"


def protocol_words(protocol: str) -> str:
    """Say against which labels was scored."""
    majority, _, without = protocol.partition("_majority")
    if majority == protocol:
        return f"{set_name(protocol)} labels"
    return f"{set_name(majority)} majority labels{without.replace('_', ' ')}"
