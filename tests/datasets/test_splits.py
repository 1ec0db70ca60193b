import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.datasets.splits import assign, balanced, folds, joined
from mien.errors import DataError

SHARES = (0.7, 0.15, 0.15)


def counts(labels, side, sides=3):
    return [np.bincount(side[labels == n], minlength=sides).tolist() for n in np.unique(labels)]


def test_pictures_that_stand_alone_fill_each_class_to_its_exact_share():
    labels = np.repeat([0, 1, 2], [100, 60, 20])
    side = assign(labels, np.arange(180), SHARES)
    assert counts(labels, side) == [[70, 15, 15], [42, 9, 9], [14, 3, 3]]


def test_every_side_gets_one_of_a_class_that_has_enough():
    labels = np.repeat([0, 1], [100, 3])
    assert counts(labels, assign(labels, np.arange(103), SHARES))[1] == [1, 1, 1]


def test_a_class_of_one_picture_stays_in_training():
    labels = np.array([0] * 30 + [1])
    assert assign(labels, np.arange(31), (0.9, 0.1))[30] == 0


@pytest.mark.parametrize(("count", "sides"), [(1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1])])
def test_a_class_smaller_than_the_sides_goes_to_the_larger_shares(count, sides):
    labels = np.array([0] * 60 + [1] * count)
    assert counts(labels, assign(labels, np.arange(60 + count), (0.8, 0.12, 0.08)))[1] == sides


def test_no_side_stays_empty_where_there_are_enough_groups():
    labels, people = np.zeros(40, int), np.array([0] * 37 + [1, 1, 2])
    assert set(assign(labels, people, SHARES).tolist()) == {0, 1, 2}


def test_the_folder_release_is_cut_into_equal_halves():
    labels = np.repeat(range(7), [958, 111, 1024, 1774, 1247, 831, 1233])
    assert np.bincount(assign(labels, np.arange(7178), (0.5, 0.5))).tolist() == [3589, 3589]


def test_the_draw_depends_on_the_seed_alone():
    labels, groups = np.repeat([0, 1], 50), np.arange(100)
    first = assign(labels, groups, SHARES)
    assert np.array_equal(first, assign(labels, groups, SHARES))
    assert not np.array_equal(first, assign(labels, groups, SHARES, seed=1))


def test_people_of_many_pictures_are_dealt_out_near_to_the_shares():
    rng = np.random.default_rng(0)
    labels, people = rng.integers(0, 8, 3000), rng.integers(0, 300, 3000)
    for train, val, test in counts(labels, assign(labels, people, (0.8, 0.1, 0.1))):
        total = train + val + test
        assert abs(train / total - 0.8) < 0.03
        assert abs(val / total - 0.1) < 0.03


@given(
    pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30)), min_size=1, max_size=120),
    seed=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_no_group_is_torn_apart_and_nothing_is_lost(pairs, seed):
    labels = np.array([label for label, _ in pairs])
    groups = np.array([group for _, group in pairs])
    if len(np.unique(groups)) < 3:
        with pytest.raises(DataError, match="expected at least 3 groups"):
            assign(labels, groups, SHARES, seed)
        return
    side = assign(labels, groups, SHARES, seed)
    assert side.min() >= 0
    assert side.max() <= 2
    for group in np.unique(groups):
        assert len(set(side[groups == group].tolist())) == 1


@given(st.lists(st.integers(0, 6), min_size=3, max_size=200), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_classes_come_within_two_pictures_of_their_shares(classes, seed):
    labels = np.array(classes)
    for row in counts(labels, assign(labels, np.arange(len(labels)), SHARES, seed)):
        for got, share in zip(row, SHARES, strict=True):
            assert abs(got - share * sum(row)) <= 2


def test_what_is_together_in_any_key_is_together():
    people = np.array([0, 0, 1, 1, -1, -1, 2])
    copies = np.array([0, 1, 1, 2, 3, 3, 4])
    assert joined(people, copies).tolist() == [0, 0, 0, 0, 4, 4, 6]


def test_those_that_nobody_knows_stand_alone():
    assert joined(np.array([-1, -1, -1])).tolist() == [0, 1, 2]


def test_a_long_chain_becomes_one_group():
    left, right = np.arange(1000) // 2, (np.arange(1000) + 1) // 2
    assert set(joined(left, right).tolist()) == {0}


def test_every_picture_is_in_one_fold_of_each_repeat():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    found = folds(labels, np.arange(100), 5, repeats=3)
    assert found.shape == (3, 100)
    for repeat in found:
        assert np.bincount(repeat).tolist() == [20] * 5
        assert counts(labels, repeat, 5) == [[10] * 5, [6] * 5, [4] * 5]
    assert not np.array_equal(found[0], found[1])


def test_folds_keep_people_together_and_differ_between_repeats():
    rng = np.random.default_rng(1)
    labels, people = rng.integers(0, 3, 400), np.repeat(np.arange(40), 10)
    found = folds(labels, people, 4, repeats=2)
    for repeat in found:
        assert all(len(set(repeat[people == p].tolist())) == 1 for p in range(40))
    assert not np.array_equal(found[0], found[1])


@pytest.mark.parametrize(("count", "repeats"), [(1, 1), (5, 0), (5, 1)])
def test_folds_that_cannot_be_made_are_refused(count, repeats):
    with pytest.raises(DataError, match="expected"):
        folds(np.zeros(4, int), np.arange(4), count, repeats)


def test_repeating_grows_each_class_to_the_largest():
    labels = np.repeat([0, 1, 2], [7, 3, 1])
    times = balanced(labels, "repeat")
    assert [int(times[labels == n].sum()) for n in range(3)] == [7, 7, 7]
    assert times.min() >= 1
    assert np.ptp(times[labels == 1]) <= 1


def test_dropping_shrinks_each_class_to_the_smallest():
    labels = np.repeat([0, 1, 2], [7, 3, 2])
    times = balanced(labels, "drop")
    assert [int(times[labels == n].sum()) for n in range(3)] == [2, 2, 2]
    assert times.max() == 1
