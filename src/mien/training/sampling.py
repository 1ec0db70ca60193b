"""Which rows a step learns from: orders fixed by the seed, shared out over the processes."""

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Sampler

from mien.errors import ConfigError, PreparedDataError, several


def generator(*numbers: int) -> torch.Generator:
    """Return a random generator that depends on these numbers alone."""
    state = np.random.SeedSequence(numbers).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(state[0]) << 31 ^ int(state[1]))


def row_weights(targets: Tensor) -> Tensor:
    """Return how often each row is drawn, so that every class is drawn equally often.

    A label's weight is 1 / (rows of its class). A soft target's is the mean of its classes'
    weights, each counted by its share; a class's rows are then the sum of its shares. A row
    without a target gets the mean weight of the others: this head cannot say how rare it is, and
    another head may learn from it, so it is drawn as often as without weights.

    Args:
        targets: ``[N, K]``, rows that sum to 1 or, without a target, to 0.

    Returns:
        ``float64 [N]``, all above 0.

    Raises:
        PreparedDataError: no row has a target.
    """
    shares = targets.double()
    mass = shares.sum(0)
    weights = shares @ torch.where(mass > 0, 1 / mass, 0)
    known = shares.sum(1) > 0
    if not known.any():
        raise PreparedDataError(
            f"train.sampler: weighted needs rows with a target for the first head, found none "
            f"among {len(targets)}; take shuffled, or another head first"
        )
    return torch.where(known, weights, weights[known].mean())


class _Epochs(Sampler[Tensor]):
    """Whole batches in an order that depends on (seed, epoch) alone.

    Lightning calls ``set_epoch``, so a resumed run sees what an uninterrupted one sees. Rows
    that do not fill the last batch are left out of that epoch; where all rows together do not
    fill one, they are the only batch.

    Every process works out the same order. Of each batch of ``batch_size`` rows, process
    ``rank`` of ``world`` takes positions ``rank``, ``rank + world`` and so on.

    Args:
        rows: how many there are to learn from.
        batch_size: rows a step, over all processes together.
        seed: of the experiment.
        rank, world: number of this process, counted from 0, and of all.

    Raises:
        ConfigError: several processes cannot have equal shares of a batch, at least two rows
            each (one has no spread, which batch norm needs).
    """

    def __init__(
        self, rows: int, batch_size: int, seed: int, rank: int = 0, world: int = 1
    ) -> None:
        _require_shares(rows, batch_size, world)
        self.rows, self.seed, self.epoch = rows, seed, 0
        self.batch_size = min(batch_size, rows - rows % world)
        self.rank, self.world = rank, world

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.rows // self.batch_size

    def __iter__(self) -> Iterator[Tensor]:
        order = self.order()
        for start in range(len(self)):
            batch = order[start * self.batch_size : (start + 1) * self.batch_size]
            yield batch[self.rank :: self.world]

    @abstractmethod
    def order(self) -> Tensor:
        """Return the rows of this epoch, ``int64 [rows]``, for all processes together."""


class Shuffled(_Epochs):
    """Every row at most once an epoch, in a random order; see ``_Epochs``."""

    def order(self) -> Tensor:
        """Return a permutation of the rows."""
        return torch.randperm(self.rows, generator=generator(self.seed, self.epoch))


class Weighted(_Epochs):
    """Rows drawn with replacement, as many an epoch as there are; see ``_Epochs``.

    Args:
        weights: ``[N]``, how often each row is drawn, relative to the others; N below 2^24,
            the most that torch draws from.
    """

    def __init__(
        self, weights: Tensor, batch_size: int, seed: int, rank: int = 0, world: int = 1
    ) -> None:
        super().__init__(len(weights), batch_size, seed, rank, world)
        self.weights = weights.double()

    def order(self) -> Tensor:
        """Return the draws."""
        random = generator(self.seed, self.epoch)
        return torch.multinomial(self.weights, self.rows, replacement=True, generator=random)


class InOrder(Sampler[Tensor]):
    """Every row once over all processes: this one has rows ``rank``, ``rank + world`` and so on.

    All processes have equally many batches, none empty: where they wait for each other at each
    batch, none waits for ever.

    Args:
        rows: how many there are.
        batch_size: most rows a batch of one process, at least 2 for several processes.
        rank, world: number of this process, counted from 0, and of all.

    Raises:
        ConfigError: there are more processes than rows.
    """

    def __init__(self, rows: int, batch_size: int, rank: int = 0, world: int = 1) -> None:
        if rows < world:
            raise ConfigError(_too_many(rows, world))
        mine = torch.arange(rank, rows, world)
        number = -(-rows // (world * batch_size))
        whole = mine.split(batch_size)
        self.batches = whole if len(whole) == number else mine.tensor_split(number)

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.batches)


def _require_shares(rows: int, batch_size: int, world: int) -> None:
    if world == 1:
        return
    problems, least = [], 2 * world
    if batch_size % world or batch_size < least:
        near = (batch_size // world * world, -(-batch_size // world) * world)
        listed = " or ".join(str(n) for n in near if n >= least) or least
        problems.append(
            f"train.batch_size: {batch_size} cannot be shared equally by {world} processes, at "
            f"least 2 pictures each; take {listed}"
        )
    if rows < least:
        problems.append(_too_many(rows, world, 2))
    if problems:
        raise ConfigError(several(problems))


def _too_many(rows: int, world: int, each: int = 1) -> str:
    return (
        f"machine: {world} processes (devices times nodes) cannot share {rows} picture(s), at "
        f"least {each} each; take {max(1, rows // each)} at most"
    )
