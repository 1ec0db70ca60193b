"""One table a track: which rows stand together, in which order, and what is said below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mien.emotions import LABEL_SETS
from mien.errors import UnknownNameError
from mien.report.compare.measure import Measure
from mien.report.compare.names import protocol_words, track_title
from mien.report.compare.record import Run
from mien.report.compare.rows import OWN, Row, Track, protocols_of, rows_of, track_of
from mien.report.compare.words import other_data


@dataclass(frozen=True)
class Table:
    """Rows that may be compared: one track and head, one dataset, the same number of pictures.

    Attributes:
        track: what was learnt.
        head: which output was scored.
        protocol: against which labels.
        data: name of the dataset scored.
        n: official and dedup rows; None where nothing was scored.
        rows: own data first, then nets that saw other data; each part in order.
    """

    track: Track
    head: str
    protocol: str
    data: str
    n: tuple[int | None, int | None]
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """The track, and the head where there are several."""
        head = f" (head {self.head})" if len(self.track) > 1 else ""
        return f"{track_title(self.track)}{head}"

    @property
    def subtitle(self) -> str:
        """What was scored, and how many pictures."""
        if self.n == (None, None):
            return f"{self.data}: nothing evaluated"
        said = zip(("official", "dedup"), self.n, strict=True)
        sizes = ", ".join(f"{kind} n = {n:,}" for kind, n in said if n)
        return f"{self.data}, test split, against {protocol_words(self.protocol)}: {sizes}"


def tables_of(runs: Sequence[Run], protocol: str = OWN, sort: str = "official") -> list[Table]:
    """Return the tables of runs, FER-2013's tracks first.

    A run that was not evaluated stands with those of its track, head and dataset. Runs scored on
    another number of pictures have a table of their own.

    Args:
        runs: what to compare.
        protocol: against which labels every head is scored; ``OWN``: each on its own.
        sort: a key of ``SORTS``.

    Raises:
        UnknownNameError: no run was scored by this protocol.
    """
    known = protocols_of(runs)
    if protocol != OWN and protocol not in known:
        raise UnknownNameError("protocol", protocol, [OWN, *known])
    found: dict[tuple[Track, str], list[Table]] = {}
    for row in sorted(rows_of(runs, protocol), key=lambda row: row.scored is None):
        tables = found.setdefault((track_of(row.record), row.head), [])
        _place(row, tables)
    every = [_ordered(table, sort) for tables in found.values() for table in tables]
    return sorted(every, key=lambda t: (_rank(t.track), t.head, -len(t.rows)))


def _place(row: Row, tables: list[Table]) -> None:
    """Add a row to the table that it belongs to, or to a new one."""
    new = Table(track_of(row.record), row.head, row.protocol, _data(row), _n(row), (row,))
    for place, table in enumerate(tables):
        same = table.data == new.data
        if same and (row.scored is None or (table.protocol, table.n) == (new.protocol, new.n)):
            tables[place] = replace(table, rows=(*table.rows, row))
            return
    tables.append(new)


def _data(row: Row) -> str:
    return row.scored.name if row.scored else row.record.data.name


def _n(row: Row) -> tuple[int | None, int | None]:
    return (row.official.n if row.official else None, row.dedup.n if row.dedup else None)


def _rank(track: Track) -> tuple[int, ...]:
    order = list(LABEL_SETS)
    places = (order.index(name) if name in order else len(order) for name in track)
    return (track not in (("fer2013",), ("ferplus",), ("fer2013", "ferplus")), len(track), *places)


def _ordered(table: Table, sort: str) -> Table:
    value = SORTS[sort]

    def key(row: Row) -> tuple[bool, bool, float | str, str]:
        found = value(row)
        other = bool(other_data(row.record, row.scored))
        return other, found is None, "" if found is None else found, row.record.config.name

    parts: dict[tuple[bool, bool], list[Row]] = {}
    for row in table.rows:
        parts.setdefault(key(row)[:2], []).append(row)
    rows = [row for part in sorted(parts) for row in sorted(parts[part], key=lambda r: key(r)[2:])]
    return replace(table, rows=tuple(rows))


def _fall(measure: Measure | None) -> float | None:
    return None if measure is None else -measure.mean


def _validation(row: Row) -> float | None:
    best = row.best
    if best is None:
        return None
    return best.mean if row.record.state.monitor == "val_loss" else -best.mean


SORTS: dict[str, Callable[[Row], float | str | None]] = {
    "official": lambda row: _fall(row.official.accuracy if row.official else None),
    "dedup": lambda row: _fall(row.dedup.accuracy if row.dedup else None),
    "macro-f1": lambda row: _fall(row.official.macro_f1 if row.official else None),
    "validation": _validation,
    "experiment": lambda row: row.record.config.name,
    "model": lambda row: row.record.config.model.name,
    "parameters": lambda row: row.parameters,
    "macs": lambda row: row.macs,
    "epochs": lambda row: max(row.epochs),
    "hours": lambda row: row.hours.mean,
}
"""What rows can be ordered by: scores begin with the highest, costs with the lowest."""
