"""Splits and folds: stratified by class, and nothing that belongs together is torn apart.

What belongs together is a *group*: the copies of one picture, the frames of one film, the
pictures of one person. Groups of several pictures are dealt out one after another, larger ones
first, each to the side whose class counts it brings nearest to their targets (by the sum of
squared differences, each over its target). That is the greedy rule of scikit-learn's
``StratifiedGroupKFold``, for sides of any share. Pictures that stand alone then fill each class
to its exact count.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mien.errors import DataError

SEED = 0
VALIDATION = 0.1
"""Share of training that becomes validation where a source has none."""
THREE = (0.8, 0.1, 0.1)
"""Shares of train, val and test where a source has no splits at all."""

MOST_REPEATS = 1000

Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


def joined(*keys: Ints) -> Ints:
    """Return groups in which everything is together that is together in any of the keys.

    Args:
        keys: ``int64 [N]`` each; equal numbers of one key belong together, -1 stands alone.

    Returns:
        ``int64 [N]``: the position of the group's first member.
    """
    groups = np.arange(len(keys[0]), dtype=np.int64)
    dense = [_dense(key) for key in keys]
    while True:
        before = groups
        for key in dense:
            least = np.full(int(key.max(initial=-1)) + 1, len(groups), np.int64)
            np.minimum.at(least, key, groups)
            groups = np.minimum(groups, least[key])
        groups = groups[groups]
        if np.array_equal(before, groups):
            return groups


def _dense(key: Ints) -> Ints:
    """Return a key whose -1 became numbers of their own, all numbers small."""
    alone = np.where(key < 0, key.max(initial=0) + 1 + np.arange(len(key)), key)
    return np.unique(alone, return_inverse=True)[1].astype(np.int64)


def assign(labels: Ints, groups: Ints, shares: Sequence[float], seed: int = SEED) -> Counts:
    """Deal pictures out to sides.

    Args:
        labels: ``int64 [N]``, the class of each picture.
        groups: ``int64 [N]``, equal for pictures that stay together.
        shares: how much of each class each side gets; they sum to 1.
        seed: of the draw.

    Returns:
        ``int64 [N]``: the side of each picture.

    Raises:
        DataError: there are fewer groups than sides that are to get some.
    """
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    wanted = sum(share > 0 for share in shares)
    if len(sizes) < wanted:
        raise DataError(
            f"{len(labels)} picture(s) in {len(sizes)} group(s) that must stay together cannot be "
            f"dealt out to {wanted} sides: expected at least {wanted} groups"
        )
    classes, label = np.unique(labels, return_inverse=True)
    rng = np.random.default_rng(seed)
    targets = _targets(np.bincount(label, minlength=len(classes)), shares)
    table = np.zeros((len(sizes), len(classes)), np.int64)
    np.add.at(table, (group, label), 1)
    side = np.full(len(sizes), -1, np.int64)
    filled = _deal_groups(table, sizes, targets, side, rng)
    _deal_singles(table, sizes, targets - filled, side, rng)
    _fill_empty(sizes, shares, side)
    return np.asarray(side[group])


def _targets(counts: Counts, shares: Sequence[float]) -> Counts:
    """Return how many pictures of each class each side gets, ``int64 [S, K]``.

    Rounded so that sides and classes both have the sums that they should; a side of a class
    that has enough pictures gets at least one.
    """
    borders = np.round(np.outer(np.cumsum([0, *shares]), np.cumsum([0, *counts])) + 1e-9)
    targets = np.maximum(np.diff(np.diff(borders, axis=0), axis=1), 0).astype(np.int64)
    served = np.array(shares) > 0
    for column, count in zip(targets.T, counts, strict=True):
        if count < served.sum():  # fewer than sides: one each, the largest shares first
            column[:] = 0
            column[np.argsort(-np.array(shares), kind="stable")[:count]] = 1
        column[np.argmax(column)] += count - column.sum()
        while count >= served.sum() and (column[served] == 0).any():
            column[np.flatnonzero(served)[np.argmin(column[served])]] += 1
            column[np.argmax(column)] -= 1
    return targets


def _deal_groups(
    table: Counts, sizes: Counts, targets: Counts, side: Counts, rng: np.random.Generator
) -> Counts:
    """Give each group of several pictures its side; return what is filled, ``int64 [S, K]``."""
    filled = np.zeros_like(targets)
    weight = np.where(targets.sum(1, keepdims=True) > 0, 1 / np.maximum(targets, 0.5), np.inf)
    several = rng.permutation(np.flatnonzero(sizes > 1))
    about = np.floor(2 * np.log2(sizes[several]))  # nearly equal sizes come in random order
    for place in several[np.argsort(-about, kind="stable")]:
        row = table[place]
        held = np.flatnonzero(row)
        short = targets[:, held] - filled[:, held]
        change = ((row[held] - short) ** 2 - short**2) * weight[:, held]
        side[place] = np.argmin(change.sum(1))
        filled[side[place]] += row
    return filled


def _deal_singles(
    table: Counts, sizes: Counts, missing: Counts, side: Counts, rng: np.random.Generator
) -> None:
    """Fill each class to its targets with the pictures that stand alone."""
    alone = np.flatnonzero(sizes == 1)
    label = table[alone].argmax(1)
    for place in range(table.shape[1]):
        members = rng.permutation(alone[label == place])
        quota = _scaled(np.maximum(missing[:, place], 0), len(members))
        side[members] = np.repeat(np.arange(len(quota)), quota)


def _fill_empty(sizes: Counts, shares: Sequence[float], side: Counts) -> None:
    """Give a side that got nothing the smallest group of the side with the most groups."""
    for place in np.flatnonzero(np.array(shares) > 0):
        if not (side == place).any():
            richest = np.argmax(np.bincount(side, minlength=len(shares)))
            members = np.flatnonzero(side == richest)
            side[members[np.argmin(sizes[members])]] = place


def _scaled(quota: Counts, total: int) -> Counts:
    """Return quotas that sum to ``total``, in the proportions of ``quota``."""
    if quota.sum() == total:
        return quota
    exact = quota / max(int(quota.sum()), 1) * total
    floor = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - floor), kind="stable")
    floor[order[: total - floor.sum()]] += 1
    return np.asarray(floor)


def folds(
    labels: Ints, groups: Ints, count: int, repeats: int = 1, seed: int = SEED
) -> npt.NDArray[np.int64]:
    """Return the fold of each picture for each repeat, ``int64 [repeats, N]``.

    Every picture is in one fold of each repeat; repeat ``r`` is drawn with ``seed + r``.

    Raises:
        DataError: fewer than two folds, or fewer groups than folds.
    """
    if count < 2 or not 1 <= repeats <= MOST_REPEATS:
        raise DataError(
            f"{count} fold(s), {repeats} time(s): expected 2 or more, 1 to {MOST_REPEATS} times"
        )
    held = len(np.unique(groups))
    if count > held:
        raise DataError(
            f"{len(labels)} picture(s) in {held} group(s) that must stay together "
            f"cannot be dealt out to {count} folds: expected at least {count} groups"
        )
    shares = [1 / count] * count
    return np.stack([assign(labels, groups, shares, seed + r) for r in range(repeats)])


def balanced(labels: Ints, way: str, seed: int = SEED) -> npt.NDArray[np.int64]:
    """Return how many times each picture is taken so that all classes are as large.

    Args:
        labels: ``int64 [N]``, the class of each picture.
        way: ``repeat``: each class grows to the largest, its pictures taken in turn;
            ``drop``: each class shrinks to the smallest.
        seed: decides which pictures are repeated once more, or stay.

    Returns:
        ``int64 [N]``: 0 where a picture is left out.
    """
    classes, label, counts = np.unique(labels, return_inverse=True, return_counts=True)
    times = np.zeros(len(labels), np.int64)
    rng = np.random.default_rng(seed)
    size = int(counts.max(initial=0) if way == "repeat" else counts.min(initial=len(labels)))
    for place in range(len(classes)):
        members = rng.permutation(np.flatnonzero(label == place))
        times[members] = size // len(members)
        times[members[: size % len(members)]] += 1
    return times
