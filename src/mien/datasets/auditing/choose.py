"""Which pictures go when findings are dropped.

What goes:

- of copies and near copies in one split all but the first of their group that does not go for
  another reason;
- of copies and near copies across splits, and of people and films in several splits, those in
  training, then those in validation: test over val over train;
- of ``conflicting`` and ``near_conflicting`` groups everything;
- of all other kinds the picture itself.

Test pictures stay unless they are asked for.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from mien.datasets.auditing.files import Line
from mien.datasets.auditing.kinds import ACROSS, KINDS, WITHIN
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import SPLITS
from mien.errors import UnknownNameError

KEEP = ("test", "first", "none")
"""Which pictures of a group of copies stay: those of test, else val, else train; those of the
split of its first picture; or none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to go.

    Attributes:
        kinds: names of ``KINDS``.
        keep: one of ``KEEP``.
        drop_test: whether test pictures may go too.

    Raises:
        UnknownNameError: another kind or another thing to keep; the choices are listed.
    """

    kinds: tuple[str, ...]
    keep: str = "test"
    drop_test: bool = False

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind not in KINDS:
                raise UnknownNameError("kind of finding", kind, KINDS)
        if self.keep not in KEEP:
            raise UnknownNameError("thing to keep", self.keep, KEEP)


@dataclass(frozen=True, slots=True)
class Going:
    """Pictures that go.

    Attributes:
        reasons: line of the manifest → the findings that it goes for.
        spared: lines of test pictures that stay because test is not touched.
    """

    reasons: dict[int, list[Line]]
    spared: frozenset[int]


def going(prepared: PreparedSet, lines: Iterable[Line], choice: Choice) -> Going:
    """Decide which pictures go.

    Args:
        prepared: the dataset.
        lines: its findings, of any kinds.
        choice: which of them count, and how.
    """
    places = {name: row for row, name in enumerate(prepared.ids.tolist())}
    by_kind: dict[str, list[Line]] = {kind: [] for kind in choice.kinds}
    for line in lines:
        if line.kind in by_kind:
            by_kind[line.kind].append(line)
    reasons: dict[int, list[Line]] = {}
    spared = set()
    for kind in sorted(by_kind, key=_order):
        taken = {line.id for found in reasons.values() for line in found}
        for line in _gone(kind, by_kind[kind], choice.keep, taken):
            if line.split == "test" and not choice.drop_test:
                spared.add(places[line.id])
            else:
                reasons.setdefault(places[line.id], []).append(line)
    return Going(dict(sorted(reasons.items())), frozenset(spared))


def _order(kind: str) -> tuple[bool, int]:
    """Copies in one split come last: the first that stays is the first of what is left."""
    return kind in WITHIN, list(KINDS).index(kind)


def _gone(kind: str, lines: Sequence[Line], keep: str, taken: Set[str]) -> list[Line]:
    """Return the findings whose picture goes.

    Args:
        kind: of all these findings.
        lines: in the manifest's order.
        keep: one of ``KEEP``.
        taken: ids of pictures that go anyway.
    """
    if keep == "none" or kind not in (*WITHIN, *ACROSS):
        return list(lines)
    if kind in ACROSS and keep == "test":
        return [line for line in lines if _rank(line.other_split) > _rank(line.split)]
    first: dict[tuple[str, ...], Line] = {}
    if kind in WITHIN:
        for line in lines:
            if line.id not in taken:
                first.setdefault((line.group, line.split), line)
        return [line for line in lines if first.get((line.group, line.split)) is not line]
    for line in lines:
        first.setdefault((line.group,), line)
    return [line for line in lines if line.split != first[(line.group,)].split]


def _rank(split: str) -> int:
    return SPLITS.index(split) if split else -1
