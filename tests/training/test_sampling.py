from collections.abc import Iterable
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from mien.errors import ConfigError, PreparedDataError  # noqa: E402
from mien.training.sampling import (  # noqa: E402
    InOrder,
    Shuffled,
    Weighted,
    generator,
    row_weights,
)

SAMPLERS = st.sampled_from(["shuffled", "weighted"])


def _sampler(
    name: str, rows: int, batch: int, seed: int = 0, rank: int = 0, world: int = 1
) -> Shuffled | Weighted:
    if name == "shuffled":
        return Shuffled(rows, batch, seed, rank, world)
    return Weighted(torch.arange(1, rows + 1), batch, seed, rank, world)


def _listed(batches: "Iterable[torch.Tensor]") -> list[list[int]]:
    return [batch.tolist() for batch in batches]


def test_the_order_is_torch_s_permutation_of_this_epoch() -> None:
    batches = Shuffled(10, 4, 3)
    batches.set_epoch(2)
    order = torch.randperm(10, generator=generator(3, 2)).tolist()
    assert _listed(batches) == [order[:4], order[4:8]]
    assert generator(3, 1).initial_seed() == 981808652984847667
    assert generator(0).initial_seed() == 6375474604893067239


@settings(deadline=None)
@given(SAMPLERS, st.integers(1, 60), st.integers(1, 20), st.integers(0, 99))
def test_the_order_depends_on_seed_and_epoch_alone(
    name: str, rows: int, batch: int, epoch: int
) -> None:
    first, second = (_sampler(name, rows, batch, seed=4) for _ in range(2))
    list(first)  # what was drawn before does not matter
    for sampler in (first, second):
        sampler.set_epoch(epoch)
    assert _listed(first) == _listed(second) == _listed(first)
    assert len(first) == len(_listed(first)) == max(1, rows // batch)


@pytest.mark.parametrize("name", ["shuffled", "weighted"])
def test_seeds_and_epochs_differ(name: str) -> None:
    orders = set()
    for seed in range(3):
        sampler = _sampler(name, 100, 10, seed)
        for epoch in range(3):
            sampler.set_epoch(epoch)
            orders.add(str(_listed(sampler)))
    assert len(orders) == 9


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 70))
def test_shuffled_shows_no_row_twice(rows: int, batch: int) -> None:
    batches = _listed(Shuffled(rows, batch, 1))
    shown = list(chain(*batches))
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(range(rows))
    assert {len(b) for b in batches} == {min(batch, rows)}


@settings(deadline=None)
@given(SAMPLERS, st.integers(1, 5), st.integers(2, 8), st.integers(0, 60))
def test_processes_share_every_batch_equally(name: str, world: int, each: int, more: int) -> None:
    rows, batch = 2 * world + more, world * each
    ranks = [_listed(_sampler(name, rows, batch, 7, rank, world)) for rank in range(world)]
    alone = _listed(_sampler(name, rows, batch, 7))
    assert len({len(batches) for batches in ranks}) == 1
    for number, shares in enumerate(zip(*ranks, strict=True)):
        assert len({len(share) for share in shares}) == 1
        together = [row for turn in zip(*shares, strict=True) for row in turn]
        whole = alone[number]
        assert together == whole[: len(whole) - len(whole) % world]


@pytest.mark.parametrize("name", ["shuffled", "weighted"])
def test_shares_that_are_not_equal_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"128 cannot .* 3 processes, .*; take 126 or 129"):
        _sampler(name, 1000, 128, world=3)
    with pytest.raises(ConfigError, match=r"4 processes .* share 3 picture\(s\), .* take 1 at"):
        _sampler(name, 3, 8, world=4)
    with pytest.raises(ConfigError, match=r"2 problems:\n.*take 10\n.*take 1 at most"):
        _sampler(name, 3, 2, world=5)


@pytest.mark.parametrize("name", ["shuffled", "weighted"])
def test_one_picture_a_process_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"4 cannot .* at least 2 pictures each; take 8$"):
        _sampler(name, 100, 4, world=4)
    with pytest.raises(ConfigError, match=r"2 processes .* share 3 .* at least 2 each; take 1"):
        _sampler(name, 3, 8, world=2)
    assert _listed(_sampler(name, 1, 2)) == [[0]]
    assert {len(batch) for batch in _sampler(name, 5, 8, world=2)} == {2}


@settings(deadline=None)
@given(st.integers(1, 80), st.integers(2, 20), st.integers(1, 6))
def test_in_order_shows_each_row_once_over_all_processes(rows: int, batch: int, world: int) -> None:
    world = min(world, rows)
    ranks = [_listed(InOrder(rows, batch, rank, world)) for rank in range(world)]
    assert sorted(chain(*chain(*ranks))) == list(range(rows))
    assert len({len(batches) for batches in ranks}) == 1
    for rank, batches in enumerate(ranks):
        assert all(1 <= len(b) <= batch for b in batches)
        assert list(chain(*batches)) == list(range(rank, rows, world))
        assert len(InOrder(rows, batch, rank, world)) == len(batches)


def test_in_order_alone_takes_full_batches() -> None:
    assert _listed(InOrder(5, 2)) == [[0, 1], [2, 3], [4]]
    assert _listed(InOrder(5, 2, 1, 2)) == [[1], [3]]  # as many batches as the other has
    with pytest.raises(ConfigError, match="3 processes"):
        InOrder(2, 512, 0, 3)


def test_rows_are_drawn_as_often_as_they_weigh() -> None:
    weights = torch.tensor([1.0, 2, 0, 5])
    sampler = Weighted(weights.repeat(2500), 100, 0)
    drawn = torch.cat(list(sampler))
    assert len(drawn) == 10_000
    counts = torch.bincount(drawn % 4, minlength=4) / len(drawn)
    assert torch.allclose(counts, weights / 8, atol=0.02)
    assert counts[2] == 0


def test_weighted_draws_every_class_equally_often() -> None:
    labels = torch.tensor([0] * 900 + [1] * 90 + [2] * 10)
    weights = row_weights(torch.eye(4)[labels])  # the last class has no rows
    drawn = torch.cat(list(Weighted(weights, 100, 0)))
    counts = torch.bincount(labels[drawn], minlength=3) / len(drawn)
    assert torch.allclose(counts, torch.full((3,), 1 / 3), atol=0.05)
    other = np.array([1 / 900, 1 / 90, 1 / 10])[labels]
    assert np.allclose(weights, other)


def test_soft_targets_weigh_by_their_shares() -> None:
    targets = torch.tensor([[1.0, 0], [0.5, 0.5], [1, 0], [0, 0]])
    weights = row_weights(targets)  # the classes have 2.5 and 0.5 rows
    soft = 0.5 / 2.5 + 0.5 / 0.5
    expected = [1 / 2.5, soft, 1 / 2.5, (0.8 + soft) / 3]
    assert np.allclose(weights, expected)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 8))
def test_weights_are_those_of_the_classes_that_there_are(seed: int, rows: int, k: int) -> None:
    random = torch.Generator().manual_seed(seed)
    targets = torch.rand(rows, k, generator=random)
    targets = targets / targets.sum(1, keepdim=True)
    targets[1::3] = 0
    weights = row_weights(targets)
    assert (weights > 0).all()
    known = targets.sum(1) > 0
    assert weights[known].sum().item() == pytest.approx(k, rel=1e-5)
    assert torch.allclose(weights[~known], weights[known].mean())
    assert torch.allclose(row_weights(targets[known]), weights[known])


def test_no_target_at_all_is_refused() -> None:
    with pytest.raises(PreparedDataError, match="found none among 3; take shuffled"):
        row_weights(torch.zeros(3, 7))
