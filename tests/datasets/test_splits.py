import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.datasets.splits import cut


def test_a_tenth_of_each_class_is_chosen():
    labels = np.repeat([0, 1, 2], [100, 50, 7])
    chosen = cut(labels, np.arange(157))
    assert [int(chosen[labels == n].sum()) for n in range(3)] == [10, 5, 1]


def test_the_choice_depends_on_the_seed_alone():
    labels, groups = np.repeat([0, 1], 50), np.arange(100)
    assert np.array_equal(cut(labels, groups), cut(labels, groups))
    assert not np.array_equal(cut(labels, groups), cut(labels, groups, seed=1))


def test_a_class_of_one_picture_stays_in_training():
    assert not cut(np.array([3]), np.array([0])).any()


@given(
    pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30)), min_size=1, max_size=120),
    seed=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_copies_stay_together_and_no_class_gives_more_than_its_share(pairs, seed):
    labels = np.array([label for label, _ in pairs])
    groups = np.array([group for _, group in pairs])
    chosen = cut(labels, groups, seed=seed)
    for group in np.unique(groups):
        assert len(set(chosen[groups == group].tolist())) == 1
    firsts = np.array([labels[np.flatnonzero(groups == g)[0]] for g in groups])
    for label in np.unique(labels):
        target = max(1, round(0.1 * int((labels == label).sum())))
        assert chosen[firsts == label].sum() <= target
