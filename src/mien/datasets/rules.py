"""How a dataset is split: what can be asked for, and what is done where nothing is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.datasets.gather import Gathered
from mien.datasets.source import SPLITS
from mien.datasets.split_file import read_split
from mien.datasets.splits import SEED, THREE, VALIDATION, assign, joined
from mien.emotions import EMOTIONS
from mien.errors import DataError, UsageError

Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.str_]
WAYS = ("", "official", "halves", "shares", "file")
BALANCES = ("repeat", "drop")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of the splits.

    Attributes:
        way: ``official``: the source's own, nothing cut; ``shares``: all pictures dealt out anew;
            ``halves``: the source's test pictures into halves, for validation and test;
            ``file``: as a published split file says; empty: the source's own, with validation
            (and test) cut where there is none.
        shares: of train, val and test (``shares`` only).
        by: ``subject`` keeps the pictures of a person together, ``picture`` does not; empty:
            by subject where the source knows them.
        seed: of the draw.
        file: the published split.
        balance: ``repeat`` or ``drop`` evens out the classes of training; empty does not.
    """

    way: str = ""
    shares: tuple[float, float, float] = THREE
    by: str = ""
    seed: int = SEED
    file: Path | None = None
    balance: str = ""

    @classmethod
    def parse(cls, text: str, by: str = "", seed: int = SEED, balance: str = "") -> "Rule":
        """Return the rule that ``official``, ``halves``, ``70/15/15`` or a file's name stands for.

        Raises:
            UsageError: none of these.
        """
        if by not in ("", "picture", "subject"):
            raise UsageError(f"split by {by!r}: expected picture or subject")
        if balance not in ("", *BALANCES):
            raise UsageError(f"balance {balance!r}: expected {' or '.join(BALANCES)}")
        if text in ("", "official", "halves"):
            return cls(way=text, by=by, seed=seed, balance=balance)
        if text.count("/") == 2 and all(part.strip() for part in text.split("/")):
            shares = _shares(text)
            if shares is not None:
                return cls("shares", shares, by, seed, None, balance)
        if Path(text).is_file():
            return cls("file", by=by, seed=seed, file=Path(text), balance=balance)
        raise UsageError(
            f"split {text!r}: expected official, halves, three shares that sum to 100 such as "
            "70/15/15, or a split file that exists"
        )


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


def decide(gathered: Gathered, rule: Rule, has_splits: bool, near: Ints | None) -> Decided:
    """Return where each picture goes.

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
        return _dealt(gathered, rule, near, "", SPLITS, rule.shares)
    if rule.way == "halves":
        return _halved(gathered, rule, near)
    train = (gathered.split == "train") & gathered.readable
    if rule.way == "official" or (gathered.split == "val").any() or not train.any():
        return Decided(gathered.split, "as in the source", [])
    return _dealt(gathered, rule, near, "train", ("train", "val"), (1 - VALIDATION, VALIDATION))


def _halved(gathered: Gathered, rule: Rule, near: Ints | None) -> Decided:
    held = [name for name in SPLITS if (gathered.split == name).any()]
    if held != ["train", "test"]:
        raise DataError(
            "halves cuts the test pictures of a source that has no validation into two: expected "
            f"a source with train and test, this one has {', '.join(held) or 'none'}"
        )
    return _dealt(gathered, rule, near, "test", ("val", "test"), (0.5, 0.5))


def _dealt(
    gathered: Gathered,
    rule: Rule,
    near: Ints | None,
    of: str,
    names: tuple[str, ...],
    shares: tuple[float, ...],
) -> Decided:
    """Deal the pictures of one split (of all, where ``of`` is empty) out to others."""
    by = rule.by or ("subject" if (gathered.subjects >= 0).any() else "picture")
    taken = np.flatnonzero(gathered.readable & ((gathered.split == of) if of else True))
    keys = _keys(gathered, by, near)
    labels = gathered.labels[taken]
    try:
        side = assign(labels, joined(*(key[taken] for key in keys)), shares, rule.seed)
    except DataError as error:
        raise DataError(f"this split cannot be made {_words(by, near)}: {error}") from error
    split = gathered.split.astype("U5")
    split[taken] = np.array(names)[side]
    if not of:
        split[~gathered.readable] = names[0]
    told = ", ".join(f"{n} {s:.4g} %" for n, s in zip(names, np.array(shares) * 100, strict=True))
    whole = f"the source's {of}" if of else "all pictures"
    text = f"{told} of {whole}, stratified by class, "
    text += f"{_words(by, near)}, seed {rule.seed}{'; else as in the source' if of else ''}"
    return Decided(split, text, list(_missing(labels, side, names, shares)))


def _keys(gathered: Gathered, by: str, near: Ints | None) -> list[Ints]:
    """Return what belongs together."""
    keys = [gathered.groups, gathered.sequences]
    if near is not None:
        keys.append(near)
    if by == "subject":
        if not (gathered.subjects >= 0).any():
            raise DataError(
                "a split by subject cannot be made: the source does not say who is in a picture; "
                "expected a source with subjects, or split by picture"
            )
        keys.append(gathered.subjects)
    return keys


def _words(by: str, near: Ints | None) -> str:
    kept = "by subject, copies" if by == "subject" else "copies"
    return f"{kept}{' and near copies' if near is not None else ''} and films kept together"


def _missing(
    labels: Ints, side: Ints, names: tuple[str, ...], shares: tuple[float, ...]
) -> list[str]:
    """Say which emotions a side has none of."""
    lines = []
    for place, (name, share) in enumerate(zip(names, shares, strict=True)):
        lacking = np.setdiff1d(labels, labels[side == place])
        if share and len(lacking):
            words = ", ".join(EMOTIONS[n] for n in lacking if n >= 0)
            lines.append(f"{name} has no picture of {words}: too few of it can be kept apart")
    return lines
