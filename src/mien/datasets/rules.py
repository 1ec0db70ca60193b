"""How a dataset is split: what can be asked for, and what is done where nothing is."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.gather import Gathered
from mien.datasets.source import SPLITS, Progress
from mien.datasets.split_file import read_split
from mien.datasets.splits import SEED, THREE, VALIDATION, assign, joined
from mien.datasets.together import kept, require_subjects, together
from mien.emotions import EMOTIONS
from mien.errors import DataError, UsageError

Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]
BALANCES = ("repeat", "drop")
AS_IN_SOURCE = "as in the source"
TOO_FEW = "too few of it can be kept apart"
"""How a note ends that holds for one split only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of the splits.

    Attributes:
        way: ``official``: the source's own, nothing cut; ``shares``: all pictures dealt out anew;
            ``halves``: the source's test pictures into halves, for validation and test;
            ``file``: as a published split file says; empty: the source's own, with validation cut
            from training where there is none, and 80/10/10 where there are no splits at all.
        shares: of train, val and test (``shares`` only).
        by: ``subject`` keeps the pictures of a person together, ``picture`` does not; empty:
            by subject where the source knows them.
        seed: of the draw.
        file: the published split.
        balance: ``repeat`` or ``drop`` evens out the classes of training; empty does not.
        near: whether pictures that are dealt out are first searched for near copies, which then
            stay together.
    """

    way: str = ""
    shares: tuple[float, float, float] = THREE
    by: str = ""
    seed: int = SEED
    file: Path | None = None
    balance: str = ""
    near: bool = True

    @property
    def kept(self) -> "Rule":
        """The same for a set that was split before: where no way is asked for, nothing is cut."""
        return replace(self, way=self.way or "official")

    @property
    def changes(self) -> bool:
        """Whether it makes another set of one that has its splits."""
        return self.way not in ("", "official") or bool(self.balance)

    @classmethod
    def parse(
        cls, text: str, by: str = "", seed: int = SEED, balance: str = "", near: bool = True
    ) -> "Rule":
        """Return the rule that ``official``, ``halves``, ``70/15/15`` or a file's name stands for.

        Raises:
            UsageError: none of these, or ``by`` where nothing is dealt out.
        """
        if by not in ("", "picture", "subject"):
            raise UsageError(f"split by {by!r}: expected picture or subject")
        if balance not in ("", *BALANCES):
            raise UsageError(f"balance {balance!r}: expected {' or '.join(BALANCES)}")
        if text in ("", "official", "halves"):
            return cls(way=text, by=_unless_fixed(text, by), seed=seed, balance=balance, near=near)
        if text.count("/") == 2 and all(part.strip() for part in text.split("/")):
            shares = _shares(text)
            if shares is not None:
                return cls("shares", shares, by, seed, None, balance, near)
        if Path(text).is_file():
            _unless_fixed("file", by)
            return cls("file", seed=seed, file=Path(text), balance=balance, near=near)
        raise UsageError(
            f"split {text!r}: expected official, halves, three shares that sum to 100 such as "
            "70/15/15, or a split file that exists"
        )


def _unless_fixed(way: str, by: str) -> str:
    if by and way in ("official", "file"):
        raise UsageError(
            f"by {by} tells how pictures are dealt out, and "
            f"{'a split file' if way == 'file' else 'official'} deals out none: leave one of the "
            "two out"
        )
    return by


def _shares(text: str) -> tuple[float, float, float] | None:
    try:
        train, val, test = (float(part) for part in text.split("/"))
    except ValueError:
        return None
    total = train + val + test
    if (
        min(train, val, test) < 0
        or train <= 0
        or not (abs(total - 100) < 1e-6 or abs(total - 1) < 1e-6)
    ):
        raise UsageError(
            f"split {text}: expected three shares from 0 that sum to 100, the first above 0"
        )
    return train / total, val / total, test / total


@dataclass(frozen=True, slots=True)
class Decided:
    """The split of each picture, how it came about, and what to know about it."""

    split: Text
    rule: str
    notes: list[str]


def decide(
    gathered: Gathered, rule: Rule, has_splits: bool, progress: Progress | None = None
) -> Decided:
    """Return where each picture goes.

    Args:
        gathered: the pictures.
        rule: what is asked for.
        has_splits: whether the source says which picture is in which split.
        progress: told of the search for near copies.

    Raises:
        DataError: such a split cannot be made; the message says why.
    """
    if rule.way == "official" and not has_splits:
        raise DataError(
            "this source has no splits of its own: expected shares such as 80/10/10 (or leave "
            "--split out)"
        )
    if rule.way == "file" and rule.file is not None:
        return Decided(read_split(rule.file, gathered), f"as in {rule.file.name}", [])
    if rule.way == "shares" or not (rule.way or has_splits):
        return _dealt(gathered, rule, progress, "", SPLITS, rule.shares)
    if rule.way == "halves":
        return _halved(gathered, rule, progress)
    train = (gathered.split == "train") & gathered.readable
    if rule.way == "official" or (gathered.split == "val").any() or not train.any():
        _refuse_by(gathered, rule)
        return Decided(gathered.split, AS_IN_SOURCE, [])
    return _dealt(gathered, rule, progress, "train", ("train", "val"), (1 - VALIDATION, VALIDATION))


def _refuse_by(gathered: Gathered, rule: Rule) -> None:
    """Refuse to keep the source's splits where a way to deal them out was asked for."""
    if not rule.by:
        return
    require_subjects(gathered, rule.by)
    raise DataError(
        f"by {rule.by} tells how pictures are dealt out, and this source's own splits are kept: "
        "leave it out, or ask for shares such as --split 80/10/10"
    )


def _halved(gathered: Gathered, rule: Rule, progress: Progress | None) -> Decided:
    held = [name for name in SPLITS if (gathered.readable & (gathered.split == name)).any()]
    if held != ["train", "test"]:
        raise DataError(
            "halves cuts the test pictures of a source that has no validation into two: expected "
            f"a source with train and test, this one has {', '.join(held) or 'none'}"
        )
    return _dealt(gathered, rule, progress, "test", ("val", "test"), (0.5, 0.5))


def _dealt(
    gathered: Gathered,
    rule: Rule,
    progress: Progress | None,
    of: str,
    names: tuple[str, ...],
    shares: tuple[float, ...],
) -> Decided:
    """Deal the pictures of one split (of all, where ``of`` is empty) out to others."""
    taken = np.flatnonzero(gathered.readable & ((gathered.split == of) if of else True))
    keys = together(gathered, taken, rule.by, rule.near, progress)
    labels, words = gathered.labels[taken], kept(gathered, rule.by, rule.near)
    try:
        side = assign(labels, joined(*(key[taken] for key in keys)), shares, rule.seed)
    except DataError as error:
        raise DataError(f"this split ({words}) cannot be made: {error}") from error
    split = gathered.split.astype("U5")
    split[taken] = np.array(names)[side]
    if not of:
        split[~gathered.readable] = names[0]
    told = ", ".join(f"{n} {s:.4g} %" for n, s in zip(names, np.array(shares) * 100, strict=True))
    whole = f"the source's {of}" if of else "all pictures"
    text = f"{told} of {whole}, stratified by class, "
    text += f"{words}, seed {rule.seed}{'; else as in the source' if of else ''}"
    return Decided(split, text, list(_missing(labels, side, names, shares)))


def _missing(
    labels: Ints, side: Ints, names: tuple[str, ...], shares: tuple[float, ...]
) -> list[str]:
    """Say which emotions a side has none of."""
    lines = []
    for place, (name, share) in enumerate(zip(names, shares, strict=True)):
        lacking = np.setdiff1d(labels[labels >= 0], labels[side == place])
        if share and len(lacking):
            words = ", ".join(EMOTIONS[n] for n in lacking)
            lines.append(f"{name} has no picture of {words}: {TOO_FEW}")
    return lines
